"""What a base said when it refused to write: as it is shown to the company's people.

It names customers, sums and stock, so it goes into `SourceRefusedError.words` and nowhere else.
"""

from __future__ import annotations

import re

from connectors.error_shapes import ErrorBody

LONGEST = 1_000
# `{Документ.ЗаказКлиента.МодульОбъекта(212)}:` and `{(3, 23)}:` tell a programmer where, and nobody else anything.
PLACE = re.compile(r"\{[^{}\n]{0,200}\(\d[\d, ]*\)\}:?\s*")
# What the platform puts around the sentence of the one who refused.
FRAME = re.compile(
    r"(?:по причине|by reason)\s*:?|(?:Ошибка при вызове метода контекста|Error calling context method) \(\w+\):?|"
    r"ВызватьИсключение.*|Raise.*|Произошла внутренняя ошибка OData сервиса:?|[A-Za-z]{2}",
    re.I,
)
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def words(found: ErrorBody) -> str:
    """Its sentences, each once, without the places in its modules; all of them where nothing else was said."""
    lines = [PLACE.sub("", UNSEEN.sub("", line)).strip() for line in found.text.splitlines()]
    said = list(dict.fromkeys(line for line in lines if line not in ("", found.code)))
    telling = [line for line in said if not FRAME.fullmatch(line)]
    text = "\n".join(telling or said)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

"""Characters that JSON can carry and XML 1.0 cannot: one of them in one record stops a whole exchange package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.error_shapes import without_bom

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ESCAPED = re.compile(
    rb"\\u(?:00(?:0[0-8bcefBCEF]|1[0-9a-fA-F])|[dD][89a-fA-F]|[fF]{3}[eEfF])|\\[bf]|\xef\xbf[\xbe\xbf]"
)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Where one stands: the record's place in the answer and its key, the path of the field, the character."""

    place: int
    record_id: str
    path: str
    character: str

    @property
    def name(self) -> str:
        return f"U+{ord(self.character):04X}"


def find(body: bytes, key: str) -> list[Forbidden]:
    """Give every record of a JSON answer that has one; `key` is the property that identifies a record."""
    if ESCAPED.search(body) is None:
        return []
    answer = msgspec.json.decode(without_bom(body), strict=False)
    rows = answer.get("value", []) if isinstance(answer, dict) else []
    found: list[Forbidden] = []
    for place, row in enumerate(rows):
        first = next(_inside(row, ""), None)
        if first is not None:
            found.append(Forbidden(place, str(row.get(key, "")), *first))
    return found


def _inside(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        hit = FORBIDDEN.search(value)
        if hit:
            yield path, hit.group()
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _inside(inner, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _inside(inner, path)

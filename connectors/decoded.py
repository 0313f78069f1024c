"""What decoding gives, and how it says that a record or a whole answer is not of the declared form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.error_shapes import looks_like_error, looks_like_html
from connectors.wire_types import attribute
from schemas.errors import SourceContractError
from schemas.source import WireRow

PLACE = re.compile(r"\[\.\.\.\]|\[\d+\]")
MISSING = re.compile(r"missing required field `(.+?)`")
WHERE = re.compile(r" - at `(?:key in )?\$\.?(.*?)`$")


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A record that is not of the declared form: `place` in the page, its key if readable, the field, why."""

    place: int
    record_id: str
    path: str
    reason: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """`places[i]` is the place in the page of `rows[i]`."""

    rows: list[Any]
    places: Sequence[int]
    rejected: list[Undecodable]


def undecodable(place: int, record_id: str, error: Exception) -> Undecodable:
    """A decoding error as a rejection: names and types only, msgspec keeps values out of its messages."""
    text = str(error)
    where = WHERE.search(text)
    path = PLACE.sub("[]", where[1]) if where else ""
    missing = MISSING.search(text)
    if missing:
        path = f"{path}.{missing[1]}" if path else missing[1]
    return Undecodable(place, record_id, path, WHERE.sub("", text), missing is not None)


def refuse_drift(row: WireRow, rows: list[Any], rejected: list[Undecodable], body: bytes) -> None:
    """A field that no record has is not a bad record: the base or the declaration has changed."""
    lacking = Counter(entry.path for entry in rejected if entry.missing)
    if not lacking or len(lacking) > 1 or lacking.total() < len(rejected):
        return
    path = next(iter(lacking))
    part = path.split("[]")[0]
    has_lines = (
        "[]" in path and part in dict(row.parts) and any(getattr(record, attribute(part)) for record in rows)
    )
    if rows and ("[]" not in path or has_lines):
        return
    raise SourceContractError(
        f"no record has the field {path.replace('[].', '/')}",
        hint="name its replacement in `fields` of the source's settings; saldo check shows near names",
        received=body, field=path.replace("[].", "/"),
    )  # fmt: skip


def not_a_page(body: bytes, cut: bool = False) -> SourceContractError:
    """What an answer is that holds no list of records."""
    if looks_like_html(body):
        what, hint = "is a web page", "check base_url and the login: a gateway answered in place of the base"
    elif looks_like_error(body):
        what, hint = "is an error of the service", "see the kept answer for its code"
    elif cut:
        what, hint = "ends in the middle", "read again; see what limits the size of answers before the base"
    else:
        what, hint = "is not a list of records", "see the kept answer; compare the source's dialect"
    return SourceContractError(f"the answer {what}", hint=hint, received=body)

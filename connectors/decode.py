"""JSON answers into typed records: the whole page at once, record by record only where that fails. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.dialects import Dialect
from connectors.error_shapes import looks_like_error, looks_like_html, without_bom
from connectors.wire_dates import plain_dates
from connectors.wire_types import attribute, row_type
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


class Decoder:
    """Reads answers of one entity set."""

    def __init__(self, row: WireRow, dialect: Dialect) -> None:
        self.row = row
        self._dialect = dialect
        self._record = row_type(row, wrapped_parts=dialect.wrapped_parts)
        self._page = msgspec.json.Decoder(_envelope(self._record, dialect.rows_in), strict=False)
        self._raw = msgspec.json.Decoder(_envelope(msgspec.Raw, dialect.rows_in))
        self._one = msgspec.json.Decoder(self._record, strict=False)

    def rows(self, body: bytes) -> Decoded:
        """Give the records of an answer.

        Errors: SourceContractError where it is no list of records, or where all of them lack the same field.
        """
        plain = without_bom(body)
        if self._dialect.ticks:
            plain = plain_dates(plain)
        try:
            rows = self._inside(self._page.decode(plain))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self._one_by_one(plain, body)
        self._unwrap(rows, self.row)
        return Decoded(rows, range(len(rows)), [])

    def _one_by_one(self, plain: bytes, body: bytes) -> Decoded:
        try:
            raw = self._inside(self._raw.decode(plain))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise not_a_page(body, cut="truncated" in str(error)) from error
        rows: list[Any] = []
        places: list[int] = []
        rejected: list[Undecodable] = []
        for place, record in enumerate(raw):
            try:
                rows.append(self._one.decode(record))
                places.append(place)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                rejected.append(undecodable(place, _record_id(record), error))
        self._unwrap(rows, self.row)
        refuse_drift(self.row, rows, rejected, body)
        return Decoded(rows, places, rejected)

    def _inside(self, answer: Any) -> list[Any]:
        for name in self._dialect.rows_in:
            if isinstance(answer, list):
                break
            answer = getattr(answer, name)
        rows: list[Any] = answer
        return rows

    def _unwrap(self, rows: list[Any], row: WireRow) -> None:
        if not self._dialect.wrapped_parts:
            return
        for name, part in row.parts:
            for record in rows:
                value = getattr(record, attribute(name))
                lines = value if isinstance(value, list) else value.results
                setattr(record, attribute(name), lines)
                self._unwrap(lines, part)


def decoder_for(row: WireRow, dialect: Dialect) -> Decoder:
    return Decoder(row, dialect)


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


def _envelope(record: Any, rows_in: tuple[str, ...]) -> Any:
    inner: Any = list[record]
    for name in reversed(rows_in):
        outside = msgspec.defstruct(
            "Around", [(attribute(name), inner)], rename={attribute(name): name}, gc=False
        )
        inner = outside if inner == list[record] and len(rows_in) == 1 else outside | list[record]
    return inner


class _Keyed(msgspec.Struct):
    Ref_Key: str = ""


def _record_id(record: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(record, type=_Keyed).Ref_Key
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""

"""JSON answers into typed records: the whole page at once, record by record only where that fails. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec

from connectors.decode_atom import AtomDecoder
from connectors.decoded import Decoded, Undecodable, not_a_page, refuse_drift, undecodable
from connectors.dialects import Dialect
from connectors.error_shapes import without_bom
from connectors.wire_dates import plain_dates
from connectors.wire_types import attribute, row_type
from schemas.source import SourceSet, WireRow


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


@lru_cache(maxsize=256)
def decoder_of(source_set: SourceSet, dialect: Dialect, media_type: str) -> Decoder | AtomDecoder:
    """The reader of a set's records in an answer of this type; an Atom answer may hold other sets beside."""
    if "xml" in media_type.partition(";")[0].lower():
        return AtomDecoder(source_set.row, source_set.name)
    return decoder_for(source_set.row, dialect)


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
    Recorder: str = ""
    Recorder_Key: str = ""


def _record_id(record: msgspec.Raw) -> str:
    try:
        keyed = msgspec.json.decode(record, type=_Keyed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return keyed.Ref_Key or keyed.Recorder or keyed.Recorder_Key

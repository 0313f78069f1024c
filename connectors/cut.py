"""Records out of an answer, for a person to read: as they came, only indented."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from lxml import etree

from connectors.decode_atom import AtomDecoder
from connectors.dialects import Dialect
from connectors.error_shapes import without_bom
from schemas.errors import SourceContractError
from schemas.source import SourceSet

Around = dict[str, msgspec.Raw]


@dataclass(frozen=True, slots=True)
class Some:
    """Some records of an answer, from the one at place `first`; `count` is how many there are."""

    records: tuple[str, ...]
    first: int
    count: int


def record_at(body: bytes, source_set: SourceSet, dialect: Dialect, media_type: str, place: int) -> str:
    """Give the record at `place`; the whole answer where that cannot be told apart."""
    found = some(body, source_set, dialect, media_type, first=place, most=1)
    return found.records[0] if found and found.records else text_of(body)


def some(
    body: bytes, source_set: SourceSet, dialect: Dialect, media_type: str, *, first: int, most: int
) -> Some | None:
    """Give at most so many records; None for an answer that is no list of records, such as an error."""
    try:
        if "xml" in media_type.partition(";")[0].lower():
            return _entries(body, source_set, first, most)
        return _objects(without_bom(body), dialect, first, most)
    except (msgspec.MsgspecError, SourceContractError, KeyError, RecursionError):
        return None


def text_of(body: bytes) -> str:
    """An answer that is no list of records, such as an error: what can be read of it."""
    return body.decode("utf-8-sig", errors="backslashreplace")


def _objects(body: bytes, dialect: Dialect, first: int, most: int) -> Some:
    inner = body
    for name in dialect.rows_in:
        if inner.lstrip()[:1] == b"[":
            break
        inner = bytes(msgspec.json.decode(inner, type=Around)[name])
    every = msgspec.json.decode(inner, type=list[msgspec.Raw])
    shown = (msgspec.json.format(bytes(one), indent=2) for one in every[first : first + most])
    return Some(tuple(one.decode(errors="backslashreplace") for one in shown), first, len(every))


def _entries(body: bytes, source_set: SourceSet, first: int, most: int) -> Some:
    shown, count = [], 0
    for place, (properties, _) in enumerate(AtomDecoder(source_set.row, source_set.name).records(body)):
        count += 1
        if first <= place < first + most:
            text = etree.tostring(properties, encoding="unicode", pretty_print=True)
            shown.append(str(text).strip())
    return Some(tuple(shown), first, count)

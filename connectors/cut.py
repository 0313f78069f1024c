"""One record out of an answer, for a person to read: as it came, only indented."""

from __future__ import annotations

from itertools import islice

import msgspec
from lxml import etree

from connectors.decode_atom import AtomDecoder
from connectors.dialects import Dialect
from connectors.error_shapes import without_bom
from schemas.errors import SourceContractError
from schemas.source import SourceSet

Around = dict[str, msgspec.Raw]


def record_at(body: bytes, source_set: SourceSet, dialect: Dialect, media_type: str, place: int) -> str:
    """Give the record at `place`; the whole answer where that cannot be told apart."""
    try:
        if "xml" in media_type.partition(";")[0].lower():
            return _entry(body, source_set, place)
        return _object(without_bom(body), dialect, place)
    except (msgspec.MsgspecError, SourceContractError, IndexError, KeyError, StopIteration, RecursionError):
        return text_of(body)


def text_of(body: bytes) -> str:
    """An answer that is no list of records, such as an error: what can be read of it."""
    return body.decode("utf-8-sig", errors="backslashreplace")


def _object(body: bytes, dialect: Dialect, place: int) -> str:
    inner = body
    for name in dialect.rows_in:
        if inner.lstrip()[:1] == b"[":
            break
        inner = bytes(msgspec.json.decode(inner, type=Around)[name])
    record = bytes(msgspec.json.decode(inner, type=list[msgspec.Raw])[place])
    return msgspec.json.format(record, indent=2).decode(errors="backslashreplace")


def _entry(body: bytes, source_set: SourceSet, place: int) -> str:
    properties = next(islice(AtomDecoder(source_set.row, source_set.name).records(body), place, None))[0]
    return str(etree.tostring(properties, encoding="unicode", pretty_print=True)).strip()

"""Atom answers into the same typed records as JSON ones. Pure, streaming."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from connectors import feeds
from connectors.decoded import Decoded, Undecodable, refuse_drift, undecodable
from connectors.wire_types import row_type
from schemas.source import WireField, WireRow

DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
RECORDS = "_RecordType"
EMPTY: dict[str, object] = {"text": "", "decimal": "0", "integer": "0", "flag": "false"}


class AtomDecoder:
    """Reads feeds of one entity set, or its entries out of a feed that mixes sets.

    Single movements (`Register_RecordType`) are also taken out of a register's record sets, which is how a
    package of changes brings them: every row of a `RecordSet` is a record.
    """

    def __init__(self, row: WireRow, entity_set: str | None = None) -> None:
        self.row = row
        self._entity_set = entity_set
        self._register = entity_set.removesuffix(RECORDS) if entity_set else None
        self._record = row_type(row)

    def rows(self, body: bytes) -> Decoded:
        """Give the records of a feed; `places` counts the records of this set only.

        Errors: SourceContractError where it is no feed, or where all records lack the same field.
        """
        rows: list[Any] = []
        places: list[int] = []
        rejected: list[Undecodable] = []
        for place, (properties, around) in enumerate(self.records(body)):
            values = _values(properties, self.row, around)
            try:
                rows.append(msgspec.convert(values, self._record, strict=False))
                places.append(place)
            except (msgspec.MsgspecError, ValueError) as error:
                rejected.append(undecodable(place, _record_id(values), error))
        refuse_drift(self.row, rows, rejected, body)
        return Decoded(rows, places, rejected)

    def records(self, body: bytes) -> Iterator[tuple[Any, Any]]:
        """The properties of each record, and those of the record set around it (or None)."""
        for entry in feeds.elements(body):
            entity_set = feeds.entity_set_of(entry)
            properties = entry.find(f"{feeds.ATOM}content/{META}properties")
            if properties is None:
                continue
            if self._entity_set in (None, entity_set):
                yield properties, None
            elif entity_set == self._register:
                for element in properties.iterfind(f"{DATA}RecordSet/{DATA}element"):
                    yield element, properties


def _values(properties: Any, row: WireRow, around: Any = None) -> dict[str, object]:
    """Values of the declared fields and rows of the declared parts, by wire name; what is absent stays so."""
    found: dict[str, object] = {}
    for field in row.fields:
        element = properties.find(DATA + field.name)
        if element is None and around is not None:
            element = around.find(DATA + field.name)
        if element is not None:
            found[field.name] = _value(element, field)
    for name, part in row.parts:
        collection = properties.find(DATA + name)
        if collection is not None:
            found[name] = [_values(line, part) for line in collection.findall(f"{DATA}element")]
    return found


def _value(element: Any, field: WireField) -> object:
    """The text, or what stands for nothing: an empty element is the empty value of its type.

    Where null is possible (an item's fields of a folder) an empty number or flag is one: JSON says so there.
    """
    if element.get(f"{META}null") == "true":
        return None
    if element.text:
        return element.text
    return None if field.nullable and field.type != "text" else EMPTY[field.type]


def _record_id(values: dict[str, object]) -> str:
    return str(values.get("Ref_Key") or values.get("Recorder") or values.get("Recorder_Key") or "")

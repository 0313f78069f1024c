"""Atom answers into the same typed records as JSON ones. Pure, streaming."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import msgspec
from lxml import etree

from connectors.decode import Decoded, Undecodable, not_a_page, refuse_drift, undecodable
from connectors.wire_types import row_type
from schemas.source import WireRow

ATOM = "{http://www.w3.org/2005/Atom}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"


class AtomDecoder:
    """Reads feeds of one entity set, or its entries out of a feed that mixes sets."""

    def __init__(self, row: WireRow, entity_set: str | None = None) -> None:
        self.row = row
        self._entity_set = entity_set
        self._record = row_type(row)

    def rows(self, body: bytes) -> Decoded:
        """Give the records of a feed; `places` counts the entries of this set only.

        Errors: SourceContractError where it is no feed, or where all records lack the same field.
        """
        rows: list[Any] = []
        places: list[int] = []
        rejected: list[Undecodable] = []
        try:
            for place, properties in enumerate(self._entries(body)):
                values = _values(properties, self.row)
                try:
                    rows.append(msgspec.convert(values, self._record, strict=False))
                    places.append(place)
                except (msgspec.MsgspecError, ValueError) as error:
                    rejected.append(undecodable(place, properties.findtext(f"{DATA}Ref_Key") or "", error))
        except etree.XMLSyntaxError as error:
            raise not_a_page(body, cut=not body.rstrip().endswith(b"</feed>")) from error
        refuse_drift(self.row, rows, rejected, body)
        return Decoded(rows, places, rejected)

    def _entries(self, body: bytes) -> Any:
        """`m:properties` of each entry; an entry is thrown away once it was read."""
        events = etree.iterparse(
            BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False,
        )  # fmt: skip
        root = None
        for event, element in events:
            if root is None:
                root = element
                if root.tag not in (f"{ATOM}feed", f"{ATOM}entry"):
                    raise not_a_page(body)
            if event == "start" or element.tag != f"{ATOM}entry":
                continue
            properties = element.find(f"{ATOM}content/{META}properties")
            if properties is not None and self._is_ours(element):
                yield properties
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _is_ours(self, entry: Any) -> bool:
        category = entry.find(f"{ATOM}category")
        term = "" if category is None else category.get("term", "")
        return self._entity_set is None or term.rpartition(".")[2] == self._entity_set


def _values(properties: Any, row: WireRow) -> dict[str, object]:
    """Texts of the declared fields and rows of the declared parts, by wire name; what is absent stays so."""
    found: dict[str, object] = {}
    for field in row.fields:
        element = properties.find(DATA + field.name)
        if element is not None:
            found[field.name] = None if element.get(f"{META}null") == "true" else element.text or ""
    for name, part in row.parts:
        collection = properties.find(DATA + name)
        if collection is not None:
            found[name] = [_values(line, part) for line in collection.findall(f"{DATA}element")]
    return found

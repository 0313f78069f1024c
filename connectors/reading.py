"""One reading of one entity set: which fields are asked for, and how many records the source may refuse."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from connectors import addresses, queries
from schemas.errors import SourceError, SourceRefusedError
from schemas.source import RawPage, RefusedRecord, SourceSet, WireField, WireRow

if TYPE_CHECKING:
    from connectors.odata import ODataClient

Fields = Literal["set", "row", "all"]  # as the source's settings say, only the declared row's, or everything

FEW = 3  # records may always be bad
MOST = 20
SHARE = 3  # or one of so many that were looked at, if that is less


@dataclass(slots=True)
class Refusals:
    """Where the source refuses more than a few records, it is not the records that are bad."""

    looked_at: int = 0
    refused: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look_at(self, records: int) -> None:
        with self._lock:
            self.looked_at += records

    def refuse(self, record_id: str, error: SourceError, cause: SourceError) -> RefusedRecord:
        """Set a record aside.

        Errors: `cause`, the failure that narrowing began with, where too many are refused.
        """
        with self._lock:
            self.refused.add(record_id)
            if len(self.refused) > max(FEW, min(MOST, self.looked_at // SHARE)):
                raise cause
        request = str(error.context.get("request", ""))
        return RefusedRecord(record_id, request, error.message, error.hint, error.received or b"")


@dataclass(frozen=True, slots=True)
class Reading:
    client: ODataClient
    source_set: SourceSet
    fields: Fields = "set"
    refusals: Refusals = field(default_factory=Refusals)

    def records(self, query: addresses.Query) -> list[RawPage]:
        """Records with the wanted fields, and all pages the server makes of them.

        Cyrillic names are six bytes a letter in an address, and IIS takes 2 048 by default: where the web
        server refuses the list of fields for its length, this set is read with all its fields from then on.
        """
        client, name = self.client, self.source_set.name
        selects = self._selects
        try:
            return client.follow(client.get(name, [*self.selection(), *query]))
        except SourceRefusedError as error:
            if error.context.get("reason") != "url_length" or not selects:
                raise
            client.unselected.add(name)
            return self.records(query)

    def selection(self) -> queries.Options:
        return queries.selection(self.source_set, self.client.dialect, self._selects)

    @property
    def _selects(self) -> bool:
        wanted = self.fields == "row" or (self.fields == "set" and self.client.source.select == "mapped")
        return wanted and self.source_set.name not in self.client.unselected

    def only(self, names: Sequence[str]) -> Reading:
        """The same records with nothing but these fields: even what is bad in one of them shows its key."""
        row = WireRow(tuple(WireField(name, "text") for name in names))
        return replace(self, source_set=replace(self.source_set, row=row), fields="row")

    def everything(self) -> Reading:
        return replace(self, fields="all")

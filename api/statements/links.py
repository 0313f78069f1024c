"""Names of whom and what a statement is about, each read once for an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from api.documents.document_rows import ContractLink, CounterpartyLink, OrganizationLink
from api.web.ids import external
from schemas import TABLES
from store import records
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class Links:
    tx: Tx
    known: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def counterparty(self, source: str, guid: str) -> CounterpartyLink:
        found = self._record("counterparty", source, guid)
        return CounterpartyLink(id=external(source, guid), name=found and found.name)

    def organization(self, source: str, guid: str) -> OrganizationLink | None:
        """None for settlements of no own legal entity."""
        if not guid:
            return None
        found = self._record("organization", source, guid)
        return OrganizationLink(id=external(source, guid), name=found and found.name)

    def contract(self, source: str, guid: str | None) -> ContractLink | None:
        """None for settlements without a contract."""
        if not guid:
            return None
        found = self._record("contract", source, guid)
        number, name = (found.number, found.name) if found else (None, None)
        return ContractLink(id=external(source, guid), number=number, name=name)

    def _record(self, table: str, source: str, guid: str) -> Any:
        key = (table, source, guid)
        if key not in self.known:
            self.known[key] = records.get(self.tx, TABLES[table], source, (guid,))
        return self.known[key]

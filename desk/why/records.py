"""One stored record as a page shows it: its title, its steps from an amount to bytes, its chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from api.web.hub import Hub
from desk.frame.visits import Reader
from desk.why import chains, links, words
from desk.why.chains import Chain
from desk.why.fields import Named, called
from printing import kinds
from schemas.ids import external
from store import lineage, movements
from store.engine import Tx
from store.movements import Due, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`chain` is None for a document that only its movements tell of. `amount` leads back to the account."""

    table: str
    source: str
    key: str
    title: str
    chain: Chain | None
    amount: str | None = None
    moved: list[Entry] = field(default_factory=list)
    settled: list[Due] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    zone: ZoneInfo

    @property
    def id(self) -> str:
        return external(self.source, self.key)


def document(tx: Tx, hub: Hub, visit: Reader, source: str, key: str) -> Shown | None:
    moved = movements.of_document(tx, source, key)
    settled = movements.settlement_of(tx, source, key)
    known = bool(lineage.find(tx, "document", source, key))
    if not known and not moved:
        return None
    chain = chains.of(tx, hub, visit, "document", source, (key,)) if known else None
    return Shown(
        table="document",
        source=source,
        key=key,
        title=_document(visit, chain.trace.record if chain else {}),
        chain=chain,
        amount=_account(source, moved),
        moved=moved,
        settled=settled,
        names=_names(tx, source, moved),
        zone=hub.source(source).time_zone,
    )


def record(tx: Tx, hub: Hub, visit: Reader, table: str, source: str, key: tuple[Any, ...]) -> Shown | None:
    if not lineage.find(tx, table, source, *key):
        return None
    chain = chains.of(tx, hub, visit, table, source, key)
    said = chain.trace.record
    name = words.tables(visit.text).get(table, table)
    return Shown(
        table=table,
        source=source,
        key=str(key[0]),
        title=" ".join(filter(None, (name, str(said.get("name") or said.get("number") or "")))),
        chain=chain,
        amount=links.document(source, key[0]) if "recorder_id" in said else None,
        zone=hub.source(source).time_zone,
    )


def _document(visit: Reader, said: dict[str, Any]) -> str:
    dated_on = date.fromisoformat(said["dated_at"][:10]) if said else None
    return kinds.titled(said.get("kind", ""), said.get("number", ""), dated_on, visit.language)


def _account(source: str, moved: list[Entry]) -> str | None:
    """The account that the document moved first."""
    for one in moved:
        if one.counterparty_id:
            return links.balance(
                source,
                one.counterparty_id,
                one.currency,
                contract=one.contract_id,
                organization=one.organization_id,
            )
    return None


def _names(tx: Tx, source: str, moved: list[Entry]) -> dict[str, str]:
    """What people call the parties, contracts and organisations of the movements."""
    wanted = {
        Named(table, key)
        for one in moved
        for table, key in (
            ("counterparty", one.counterparty_id),
            ("contract", one.contract_id),
            ("organization", one.organization_id),
        )
        if key
    }
    return {to.key: called(tx, source, to) for to in wanted}

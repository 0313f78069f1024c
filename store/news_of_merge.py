"""Whom a merged unit concerns: found in the tables themselves, by the moment of the merge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, union

from schemas import TABLES
from schemas.records import RecordTable
from store import news
from store.engine import Tx
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE, OPEN_ITEM

_DOCUMENT = TABLES["document"]
_PARTY = STORED[TABLES["counterparty"]].c
_CONTRACT = STORED[TABLES["contract"]].c
_PARTNER = STORED[TABLES["partner"]].c


def mark(tx: Tx, source: str, entity: str, main: RecordTable, now: datetime) -> None:
    """Mark what rows written at `now` change; movements wait until balances are derived from them."""
    news.bump(tx, source)
    if main is not _DOCUMENT and main.name not in ("counterparty", "contract", "partner"):
        return
    known = news.begun(tx, source)
    if main is _DOCUMENT:
        news.documents(tx, source, entity, _documents(tx, source, now) if entity in known else None)
    else:
        news.parties(tx, source, _parties(tx, source, main.name, now) if news.PARTIES in known else None)


def contract_owners(tx: Tx, source: str, contract_ids: Any) -> set[str]:
    """Those who owe under these contracts, a list or a query: a payment may be booked for another party's."""
    owed = (
        select(table.c.counterparty_id).where(table.c.source == source, table.c.contract_id.in_(contract_ids))
        for table in (CONTRACT_BALANCE, OPEN_ITEM)
    )
    return set(tx.connection.execute(union(*owed)).scalars())


def _documents(tx: Tx, source: str, now: datetime) -> set[str]:
    """Documents that say something else now, or whose lines do."""
    column = STORED[_DOCUMENT].c
    changed = select(column.id).where(column.source == source, column.changed_at == now)
    return set(tx.connection.execute(changed).scalars())


def _parties(tx: Tx, source: str, main: str, now: datetime) -> set[str]:
    if main == "contract":
        changed = select(_CONTRACT.id).where(_CONTRACT.source == source, _CONTRACT.changed_at == now)
        return contract_owners(tx, source, changed)
    wanted = select(_PARTY.id).where(_PARTY.source == source)
    if main == "partner":
        changed = select(_PARTNER.id).where(_PARTNER.source == source, _PARTNER.changed_at == now)
        wanted = wanted.where(_PARTY.partner_id.in_(changed))
    else:
        wanted = wanted.where(_PARTY.changed_at == now)
    return set(tx.connection.execute(wanted).scalars())

"""Whom a merged unit concerns: found in the tables themselves, by the moment of the merge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, union

from schemas import TABLES
from schemas.records import RECORDS, RecordTable
from store import news, staging
from store.batch import Batch
from store.engine import Tx
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE, OPEN_ITEM
from store.tables_of_change import RECORD_HISTORY

_DOCUMENT = TABLES["document"]
_LINES = tuple(record for record in RECORDS if record.parent == "document_id")
_PARTY = STORED[TABLES["counterparty"]].c
_CONTRACT = STORED[TABLES["contract"]].c
_PARTNER = STORED[TABLES["partner"]].c


def mark(tx: Tx, source: str, entity: str, main: RecordTable, batch: Batch, now: datetime) -> None:
    """Mark what rows written at `now` change; movements wait until balances are derived from them."""
    news.bump(tx, source)
    if main is not _DOCUMENT and main.name not in ("counterparty", "contract", "partner"):
        return
    known = news.begun(tx, source)
    if main is _DOCUMENT:
        news.documents(tx, source, entity, _documents(tx, source, batch, now) if entity in known else None)
    elif news.PARTIES in known:
        news.parties(tx, source, _parties(tx, source, main.name, now))


def contract_owners(tx: Tx, source: str, contract_ids: Any) -> set[str]:
    """Those who owe under these contracts, a list or a query: a payment may be booked for another party's."""
    owed = (
        select(table.c.counterparty_id).where(table.c.source == source, table.c.contract_id.in_(contract_ids))
        for table in (CONTRACT_BALANCE, OPEN_ITEM)
    )
    return set(tx.connection.execute(union(*owed)).scalars())


def _documents(tx: Tx, source: str, batch: Batch, now: datetime) -> set[str]:
    """Documents that say something else now, and those whose lines do."""
    column = STORED[_DOCUMENT].c
    changed = select(column.id).where(column.source == source, column.changed_at == now)
    found = set(tx.connection.execute(changed).scalars())
    held = [row[0] for row in batch.rows[_DOCUMENT] if row[0] not in found]
    staging.fill(tx, staging.NAMED, [(key,) for key in dict.fromkeys(held)])
    for record in _LINES:
        line, named = STORED[record].c, select(staging.NAMED.c.record_id)
        mine = (line.source == source, line.document_id.in_(named), line.changed_at == now)
        found.update(tx.connection.execute(select(line.document_id).where(*mine)).scalars())
    lost = RECORD_HISTORY.c
    of_lines = lost.record.in_([record.name for record in _LINES])
    parents = select(lost.parent_id).where(lost.source == source, lost.to_at >= tx.now, of_lines)
    return found.union(filter(None, tx.connection.execute(parents).scalars()))


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

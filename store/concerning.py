"""What the store has of some counterparties, to be held against what their accounting system has now."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import literal, select

from schemas import TABLES
from schemas.records import RecordTable
from store.engine import Tx
from store.record_tables import STORED


def settlement_keys(tx: Tx, source: str, counterparties: Collection[str]) -> list[str]:
    """The keys under which settlements with them are kept."""
    column = STORED[TABLES["settlement_key"]].c
    wanted = select(column.id).where(column.source == source, column.counterparty_id.in_(counterparties))
    return sorted(tx.connection.execute(wanted.where(column.gone_at.is_(None))).scalars())


def versions(
    tx: Tx,
    source: str,
    entity: str,
    record: RecordTable,
    counterparties: Collection[str],
    since: tuple[str, str] | None,
) -> dict[str, str]:
    """Living records of theirs by id, with their version in the source, "" where they have none.

    `since` limits them to those whose field is a moment or later.
    """
    column = STORED[record].c
    version = column.version if "version" in record.fields else literal("")
    wanted = select(column.id, version).where(
        column.source == source,
        column.entity == entity,
        column.counterparty_id.in_(counterparties),
        column.gone_at.is_(None),
    )
    if since is not None:
        field, moment = since
        wanted = wanted.where(column[field] >= moment)
    return {row.id: row[1] for row in tx.connection.execute(wanted)}


def recorders(
    tx: Tx, source: str, record: RecordTable, settlement_keys: Collection[str], since: str
) -> dict[str, str]:
    """The documents that moved these keys since a moment, with their kinds."""
    column = STORED[record].c
    wanted = select(column.recorder_id, column.recorder_kind).where(
        column.source == source,
        column.settlement_key_id.in_(settlement_keys),
        column.at >= since,
        column.gone_at.is_(None),
    )
    return {row.recorder_id: row.recorder_kind for row in tx.connection.execute(wanted.distinct())}

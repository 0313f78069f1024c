"""Control totals: what the living records of an entity sum to by currency, to check the books with."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, and_, select

from schemas.records import RecordTable
from schemas.types import Units
from store.balance_sql import total
from store.engine import Tx
from store.record_tables import STORED


def totals(tx: Tx, record: RecordTable, source: str, entity: str) -> dict[str, Units]:
    """Sum posted documents, or what active movements add to the debt; {} for records without an amount."""
    table = STORED[record]
    summed = _summed(table)
    if summed is None:
        return {}
    amount, counts = summed
    rows = tx.connection.execute(
        select(table.c.currency, total(amount))
        .where(table.c.source == source, table.c.entity == entity, table.c.gone_at.is_(None), counts)
        .group_by(table.c.currency)
        .order_by(table.c.currency)
    )
    return {currency: Units(units) for currency, units in rows}


def _summed(table: Table) -> tuple[ColumnElement[int], ColumnElement[bool]] | None:
    column = table.c
    match table.name:
        case "document":
            return column.amount, and_(column.posted, ~column.deletion_mark)
        case "settlement_entry":
            return column.amount, column.active.is_(True)
        case "due_entry":
            return column.debt - column.advance, column.active.is_(True)
    return None


def sum_of(tx: Tx, record: RecordTable, field: str, source: str) -> int:
    """Sum one numeric field over all stored rows of a source, whatever their currency: a checksum."""
    columns = STORED[record].c
    found = tx.connection.execute(select(total(columns[field])).where(columns.source == source)).scalar_one()
    return int(found or 0)

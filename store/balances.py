"""What every contract owes, derived from the settlement movements: a debt is positive, an advance negative.

Recomputed whole for a source in one transaction, so a reader sees either the old state or the new one, and
the figures always belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, and_, delete, func, insert, select, update

from store import balance_sql, rejections
from store.balance_checks import (
    UNKNOWN_CONTRACT,
    UNKNOWN_COUNTERPARTY,
    UNKNOWN_KEY,
    Orphan,
    Orphans,
    Unequal,
    orphans,
    unequal,
)
from store.balance_views import ContractBalance, CounterpartyBalance, OpenItem, counterparty
from store.engine import Tx
from store.tables import BALANCE_STATE, CONTRACT_BALANCE, LANDING_UNIT, OPEN_ITEM, WATERMARK

__all__ = [
    "UNKNOWN_CONTRACT",
    "UNKNOWN_COUNTERPARTY",
    "UNKNOWN_KEY",
    "BalanceCounts",
    "ContractBalance",
    "ContractTotal",
    "CounterpartyBalance",
    "OpenItem",
    "Orphan",
    "Orphans",
    "Unequal",
    "counterparty",
    "orphans",
    "refresh",
    "totals",
    "unequal",
]


@dataclass(frozen=True, slots=True)
class BalanceCounts:
    """`entries` is how many movements count; `without_owner` tells which of these belong to nobody known."""

    entries: int
    balances: int
    open_items: int
    without_owner: Orphans
    as_of: datetime | None

    @property
    def orphans(self) -> int:
        return self.without_owner.count


@dataclass(frozen=True, slots=True)
class ContractTotal:
    """`debt` in minor units of `currency`; an id is "" where the books name none."""

    organization_id: str
    counterparty_id: str
    contract_id: str
    currency: str
    debt: int


def refresh(tx: Tx, source: str) -> BalanceCounts:
    """Recompute balances and open items of `source` from its living, active movements.

    A movement whose settlement key is not in the store belongs to nobody: it is in no balance, and is
    listed as rejected until its key arrives. See `orphans`.
    """
    tx.alone(f"balances {source}")
    for table in (CONTRACT_BALANCE, OPEN_ITEM):
        tx.connection.execute(delete(table).where(table.c.source == source))
    given = {"b_source": source, "b_now": tx.now}
    counted = {"preserve_rowcount": True}
    balances = tx.connection.execute(balance_sql.fill_balances(), given, execution_options=counted).rowcount
    items = tx.connection.execute(balance_sql.fill_open_items(), given, execution_options=counted).rowcount
    found = orphans(tx, source)
    rejections.save(tx, source, "settlement_entry", found.as_rejections("settlement_entry"), step="balance")
    rejections.save(tx, source, "due_entry", found.as_rejections("due_entry"), step="balance")
    for entity in ("settlement_entry", "due_entry"):
        rejections.resolve_unseen(tx, source, entity, step="balance")
    summed = func.coalesce(func.sum(CONTRACT_BALANCE.c.entries), 0)
    entries = tx.connection.execute(select(summed).where(CONTRACT_BALANCE.c.source == source)).scalar_one()
    as_of = _as_of(tx, source)
    _put_state(tx, source, as_of, int(entries))
    return BalanceCounts(int(entries), balances, items, found, as_of)


def totals(tx: Tx, source: str) -> list[ContractTotal]:
    """Every balance of the source, to be held against the accounting system's own totals."""
    column = CONTRACT_BALANCE.c
    keys = (column.organization_id, column.counterparty_id, column.contract_id, column.currency)
    rows = tx.connection.execute(select(*keys, column.debt).where(column.source == source).order_by(*keys))
    return [ContractTotal(*row) for row in rows]


def _put_state(tx: Tx, source: str, as_of: datetime | None, entries: int) -> None:
    state = {"refreshed_at": tx.now, "as_of": as_of, "entries": entries}
    known = update(BALANCE_STATE).where(BALANCE_STATE.c.source == source).values(**state)
    if tx.connection.execute(known).rowcount == 0:
        tx.connection.execute(insert(BALANCE_STATE).values(source=source, **state))


def _as_of(tx: Tx, source: str) -> datetime | None:
    """The moment for which the balances are true: when the oldest of the registers' last readings began.

    A reading that is landed and not yet mapped does not count: then what was said before still stands.
    """
    entities = [name for table in balance_sql.MOVEMENTS for name in _entities(tx, table, source)]
    unit, mark = LANDING_UNIT.c, WATERMARK.c
    of_source = (unit.source == source, unit.entity.in_(entities))
    if tx.connection.execute(select(unit.id).where(*of_source, unit.state == "landed").limit(1)).all():
        before = select(BALANCE_STATE.c.as_of).where(BALANCE_STATE.c.source == source)
        return tx.connection.execute(before).scalar_one_or_none()
    same_reading = and_(unit.source == mark.source, unit.entity == mark.entity, unit.run_id == mark.run_id)
    began = (
        select(mark.landed_at, func.min(unit.fetched_at))
        .select_from(WATERMARK)
        .outerjoin(LANDING_UNIT, same_reading)
    )
    rows = tx.connection.execute(
        began.where(mark.source == source, mark.entity.in_(entities)).group_by(mark.entity, mark.landed_at)
    )
    return min((fetched or landed for landed, fetched in rows), default=None)


def _entities(tx: Tx, table: Table, source: str) -> list[str]:
    """Which declarations bring this movement: one index step each, however many rows there are."""
    names = [table.name]
    entity, last = table.c.entity, ""
    while True:
        following = select(func.min(entity)).where(table.c.source == source, entity > last)
        last = tx.connection.execute(following).scalar_one()
        if last is None:
            return names
        names.append(last)

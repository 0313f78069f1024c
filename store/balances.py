"""What every contract owes, derived from the settlement movements: a debt is positive, an advance negative.

Derived in one transaction, so a reader sees either the old state or the new one, and the figures always
belong together. Only what differs is written, and what was shown before is kept (`history.balance_as_of`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, insert, select, update

from store import balance_changes, balance_sql, news, rejections, staging
from store.balance_changes import touched
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
    "touched",
    "unequal",
]

_MOST_KEYS = 5_000  # more than that, and all at once is quicker


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


def refresh(tx: Tx, source: str, keys: Collection[str] | None = None) -> BalanceCounts:
    """Derive balances and open items of `source` from its living, active movements.

    With `keys` only what is owed under the contracts of these settlement keys: take them from `touched`, in
    the same transaction. A movement whose settlement key is not in the store belongs to nobody: it is in no
    balance, and is listed as rejected until its key arrives. See `orphans`.
    """
    tx.alone(f"balances {source}")
    some = keys is not None and len(keys) <= _MOST_KEYS
    if some:
        balance_changes.stage_owners(tx, source, keys or ())
    _derive(tx, source, some=some)
    found = _list_orphans(tx, source, keys if some else None)
    balance, item = CONTRACT_BALANCE.c, OPEN_ITEM.c
    counted = select(func.count(), func.coalesce(func.sum(balance.entries), 0)).where(
        balance.source == source
    )
    balances, entries = tx.connection.execute(counted).one()
    items = tx.connection.execute(select(func.count()).where(item.source == source)).scalar_one()
    as_of = _later(_as_of(tx, source), _known_as_of(tx, source))
    _put_state(tx, source, as_of, int(entries))
    _mark(tx, source, some=some)
    return BalanceCounts(int(entries), balances, items, found, as_of)


def _mark(tx: Tx, source: str, *, some: bool) -> None:
    if not some:
        news.everybody(tx, source)
        return
    owners = select(balance_sql.OWNERS.c.counterparty_id).distinct()
    news.parties(tx, source, filter(None, tx.connection.execute(owners).scalars()))


def _derive(tx: Tx, source: str, *, some: bool) -> None:
    given = {"b_source": source, "b_now": tx.now}
    staging.fill(tx, balance_sql.DERIVED, [])
    for statement in (
        balance_sql.derive(some=some),
        balance_sql.keep_old(some=some),
        balance_sql.drop_vanished(some=some),
        balance_sql.put(tx.dialect),
        balance_sql.drop_open_items(some=some),
        balance_sql.fill_open_items(some=some),
    ):
        tx.connection.execute(statement, given)


def _list_orphans(tx: Tx, source: str, keys: Collection[str] | None) -> Orphans:
    """Look among `keys` and those that had none before; what is listed is then complete either way."""
    if keys is not None:
        keys = {*keys, *rejections.open_ids(tx, source, step="balance")}
    found = orphans(tx, source, keys)
    for table in balance_sql.MOVEMENTS:
        rejections.save(tx, source, table.name, found.as_rejections(table.name), step="balance")
        rejections.resolve_unseen(tx, source, table.name, step="balance")
    return found


def still_true(tx: Tx, source: str, at: datetime) -> None:
    """Note that the balances are true for `at` too: whoever tells what changed was asked and had nothing more."""
    as_of = _later(_known_as_of(tx, source), at)
    tx.connection.execute(update(BALANCE_STATE).where(BALANCE_STATE.c.source == source).values(as_of=as_of))
    news.bump(tx, source)


def _known_as_of(tx: Tx, source: str) -> datetime | None:
    known = select(BALANCE_STATE.c.as_of).where(BALANCE_STATE.c.source == source)
    return tx.connection.execute(known).scalar_one_or_none()


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


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
    entities = [
        name for table in balance_sql.MOVEMENTS for name in balance_changes.entities(tx, table, source)
    ]
    unit, mark = LANDING_UNIT.c, WATERMARK.c
    of_source = (unit.source == source, unit.entity.in_(entities))
    if tx.connection.execute(select(unit.id).where(*of_source, unit.state == "landed").limit(1)).all():
        return _known_as_of(tx, source)
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

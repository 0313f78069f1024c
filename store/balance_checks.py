"""What about balances cannot be right: movements nobody owns, open items that do not make up the balance."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, literal, or_, select, true

from schemas import TABLES
from store import staging
from store.balance_sql import DUE, ENTRY, KEY, MOVEMENTS, counts, total
from store.batch import Rejection
from store.engine import Tx
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE, OPEN_ITEM

_COUNTERPARTY = STORED[TABLES["counterparty"]]
_CONTRACT = STORED[TABLES["contract"]]

UNKNOWN_KEY = "the settlement key is not in the store"
UNKNOWN_COUNTERPARTY = "the settlement key names a counterparty that is not in the store"
UNKNOWN_CONTRACT = "the settlement key names a contract that is not in the store"

_HINT = (
    "Pull settlement keys, counterparties and contracts again; if it stays, publish the missing objects in 1C"
)
_PLACES = 2**20  # more than a page holds: (landing_id, place) as one number, to find the first of a group


@dataclass(frozen=True, slots=True)
class Orphan:
    """Movements of one register under one settlement key; the landing is the first one's."""

    entity: str
    settlement_key_id: str
    currency: str
    entries: int
    amount: int
    reason: str
    landing_id: int
    place: int


@dataclass(frozen=True, slots=True)
class Orphans:
    """`count` movements without a known owner; `sums` is what the running balance has of them, by currency.

    Those of an unknown key are in no balance. The others are, under the ids that the key names.
    """

    count: int
    sums: dict[str, int]
    found: tuple[Orphan, ...]

    @property
    def sample(self) -> tuple[Orphan, ...]:
        return self.found[:10]

    def as_rejections(self, entity: str) -> Iterator[Rejection]:
        for orphan in self.found:
            if orphan.entity == entity:
                reason = f"{orphan.reason} ({orphan.entries} movements in {orphan.currency})"
                place = (orphan.landing_id, orphan.place)
                field = "settlement_key_id"
                yield Rejection(orphan.settlement_key_id, field, (), reason, _HINT, *place)


@dataclass(frozen=True, slots=True)
class Unequal:
    """A contract whose open items do not sum to its balance; both in minor units of `currency`."""

    organization_id: str
    counterparty_id: str
    contract_id: str
    currency: str
    debt: int
    open_items: int


def orphans(tx: Tx, source: str, keys: Collection[str] | None = None) -> Orphans:
    """Find movements whose settlement key, counterparty or contract the store does not know; of `keys`, or of all."""
    if keys is not None:
        staging.fill(tx, staging.NAMED, [(key,) for key in keys])
    found: list[Orphan] = []
    for table in MOVEMENTS:
        rows = tx.connection.execute(_orphans(table, some=keys is not None), {"b_source": source})
        found += [Orphan(table.name, *row, *divmod(first, _PLACES)) for *row, first in rows]
    sums: dict[str, int] = {}
    for orphan in found:
        if orphan.entity == ENTRY.name:
            sums[orphan.currency] = sums.get(orphan.currency, 0) + orphan.amount
    return Orphans(sum(orphan.entries for orphan in found), sums, tuple(found))


def unequal(tx: Tx, source: str) -> list[Unequal]:
    """Compare per contract and currency; nothing to compare where the source has no register of due dates."""
    return [Unequal(*row) for row in tx.connection.execute(_unequal(source))]


@cache
def _orphans(table: Any, *, some: bool) -> Select[Any]:
    amount = table.c.amount if table is ENTRY else table.c.debt - table.c.advance
    named = table.c.settlement_key_id.in_(select(staging.NAMED.c.record_id)) if some else true()
    per_key = (
        select(
            table.c.source,
            table.c.settlement_key_id,
            table.c.currency,
            func.count().label("entries"),
            total(amount).label("amount"),
            func.min(table.c.landing_id * _PLACES + table.c.place).label("first"),
        )
        .where(counts(table), named)
        .group_by(table.c.source, table.c.settlement_key_id, table.c.currency)
        .subquery()
    )
    return _without_owner(per_key)


def _without_owner(per_key: Subquery) -> Select[Any]:
    entry, key, party, contract = per_key.c, KEY.c, _COUNTERPARTY.c, _CONTRACT.c
    tables = (
        per_key.outerjoin(KEY, and_(key.source == entry.source, key.id == entry.settlement_key_id))
        .outerjoin(_COUNTERPARTY, and_(party.source == key.source, party.id == key.counterparty_id))
        .outerjoin(_CONTRACT, and_(contract.source == key.source, contract.id == key.contract_id))
    )
    no_contract = and_(key.contract_id.is_not(None), contract.id.is_(None))
    reason = case(
        (key.id.is_(None), literal(UNKNOWN_KEY)),
        (party.id.is_(None), literal(UNKNOWN_COUNTERPARTY)),
        else_=literal(UNKNOWN_CONTRACT),
    )
    columns = (entry.settlement_key_id, entry.currency, entry.entries, entry.amount, reason)
    return (
        select(*columns, entry.first)
        .select_from(tables)
        .where(or_(party.id.is_(None), no_contract))
        .order_by(entry.settlement_key_id, entry.currency)
    )


def _unequal(source: str) -> Select[Any]:
    names = ("organization_id", "counterparty_id", "contract_id", "currency")
    debts = select(
        *(CONTRACT_BALANCE.c[name] for name in names),
        CONTRACT_BALANCE.c.debt.label("debt"),
        literal(0).label("open_items"),
    ).where(CONTRACT_BALANCE.c.source == source)
    items = select(
        *(OPEN_ITEM.c[name] for name in names), literal(0), OPEN_ITEM.c.debt - OPEN_ITEM.c.advance
    ).where(OPEN_ITEM.c.source == source)
    has_due_dates = select(DUE.c.source).where(DUE.c.source == source).exists()
    both = debts.union_all(items).subquery()
    keys = [both.c[name] for name in names]
    debt, open_items = total(both.c.debt), total(both.c.open_items)
    return (
        select(*keys, debt, open_items)
        .where(has_due_dates)
        .group_by(*keys)
        .having(debt != open_items)
        .order_by(*keys)
    )

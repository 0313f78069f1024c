"""The statements that derive balances and open items from movements and their settlement keys."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    select,
)

from schemas import TABLES
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE, OPEN_ITEM
from store.types import Instant

ENTRY = STORED[TABLES["settlement_entry"]]
DUE = STORED[TABLES["due_entry"]]
KEY = STORED[TABLES["settlement_key"]]
MOVEMENTS = (ENTRY, DUE)


def counts(entry: Table) -> ColumnElement[bool]:
    """Which movements count: living ones of the source that the accounting system has not switched off."""
    return and_(
        entry.c.source == bindparam("b_source", type_=Text()), entry.c.gone_at.is_(None), entry.c.active
    )


def of_key(entry: Table) -> ColumnElement[bool]:
    return and_(KEY.c.source == entry.c.source, KEY.c.id == entry.c.settlement_key_id)


def total(column: ColumnElement[int]) -> ColumnElement[int]:
    """An exact sum: PostgreSQL widens to numeric, so it cannot overflow unseen; the result must fit again."""
    return cast(func.sum(column), BigInteger)


def _owner() -> list[ColumnElement[str]]:
    names = ("organization_id", "counterparty_id", "contract_id")
    return [func.coalesce(KEY.c[name], "").label(name) for name in names]


@cache
def fill_balances() -> Insert:
    owner = [*_owner(), ENTRY.c.currency]
    source = bindparam("b_source", type_=Text())
    now: Any = bindparam("b_now", type_=Instant())
    rows = (
        select(source, *owner, total(ENTRY.c.amount), func.count(), now)
        .select_from(ENTRY.join(KEY, of_key(ENTRY)))
        .where(counts(ENTRY))
        .group_by(*owner)
    )
    names = ["source", "organization_id", "counterparty_id", "contract_id", "currency", "debt", "entries"]
    return insert(CONTRACT_BALANCE).from_select([*names, "refreshed_at"], rows)


@cache
def fill_open_items() -> Insert:
    told_apart = ("currency", "settlement_object_id", "settled_id", "settled_kind", "arose_on", "due_on")
    columns = [*_owner(), *(DUE.c[name] for name in told_apart)]
    debt, advance = total(DUE.c.debt), total(DUE.c.advance)
    amount = total(_arisen(DUE.c.debt) - _arisen(DUE.c.advance))
    rows = (
        select(bindparam("b_source", type_=Text()), *columns, amount, debt, advance)
        .select_from(DUE.join(KEY, of_key(DUE)))
        .where(counts(DUE))
        .group_by(*columns)
        .having((debt != 0) | (advance != 0))
    )
    names = ["source", "organization_id", "counterparty_id", "contract_id", *told_apart, "amount"]
    return insert(OPEN_ITEM).from_select([*names, "debt", "advance"], rows)


def _arisen(column: ColumnElement[int]) -> ColumnElement[int]:
    """What a movement added; what it took away is settlement."""
    return case((column > 0, column), else_=0)

"""The statements that derive balances and open items from movements and their settlement keys.

All of a source, or (`some`) only what is owed under the contracts in OWNERS, whose settlement keys are in
OWNED_KEYS.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Delete,
    Insert,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    select,
    true,
)

from schemas import TABLES
from store import inserts
from store.record_tables import STORED
from store.staging import temporary
from store.tables import CONTRACT_BALANCE, OPEN_ITEM
from store.tables_of_change import BALANCE_HISTORY
from store.types import Instant

ENTRY = STORED[TABLES["settlement_entry"]]
DUE = STORED[TABLES["due_entry"]]
KEY = STORED[TABLES["settlement_key"]]
MOVEMENTS = (ENTRY, DUE)

OWNER = ("organization_id", "counterparty_id", "contract_id")
_BALANCE = (*OWNER, "currency")
OWNERS = temporary("stage_owner", [Column(name, Text, primary_key=True) for name in OWNER])
OWNED_KEYS = temporary("stage_owned_key", [Column("id", Text, primary_key=True)])
DERIVED = temporary(
    "stage_balance",
    [
        *(Column(name, Text, primary_key=True) for name in _BALANCE),
        Column("debt", BigInteger),
        Column("entries", Integer),
    ],
)


def counts(entry: Table) -> ColumnElement[bool]:
    """Which movements count: living ones of the source that the accounting system has not switched off."""
    return and_(entry.c.source == _source(), entry.c.gone_at.is_(None), entry.c.active)


def of_key(entry: Table) -> ColumnElement[bool]:
    return and_(KEY.c.source == entry.c.source, KEY.c.id == entry.c.settlement_key_id)


def total(column: ColumnElement[int]) -> ColumnElement[int]:
    """An exact sum: PostgreSQL widens to numeric, so it cannot overflow unseen; the result must fit again."""
    return cast(func.sum(column), BigInteger)


def owner() -> list[ColumnElement[str]]:
    return [func.coalesce(KEY.c[name], "").label(name) for name in OWNER]


@cache
def derive(*, some: bool) -> Insert:
    """Sum the movements into DERIVED."""
    keys = [*owner(), ENTRY.c.currency]
    rows = (
        select(*keys, total(ENTRY.c.amount), func.count())
        .select_from(ENTRY.join(KEY, of_key(ENTRY)))
        .where(counts(ENTRY), _of_owned(ENTRY, some=some))
        .group_by(*keys)
    )
    return insert(DERIVED).from_select([*_BALANCE, "debt", "entries"], rows)


@cache
def keep_old(*, some: bool) -> Insert:
    """Put into the history what is shown now and will not be any more."""
    shown = CONTRACT_BALANCE.c
    since = func.coalesce(shown.changed_at, shown.refreshed_at)
    rows = select(shown.source, *(shown[name] for name in _BALANCE), shown.debt, since, _now()).where(
        _of_owners(CONTRACT_BALANCE, some=some), ~_derived(shown.debt == DERIVED.c.debt)
    )
    return insert(BALANCE_HISTORY).from_select(["source", *_BALANCE, "debt", "from_at", "to_at"], rows)


@cache
def drop_vanished(*, some: bool) -> Delete:
    return delete(CONTRACT_BALANCE).where(_of_owners(CONTRACT_BALANCE, some=some), ~_derived())


@cache
def put(dialect: str) -> Any:
    """Write the balances that are new or differ; `changed_at` moves with the debt."""
    shown, given = CONTRACT_BALANCE.c, DERIVED.c
    same = [shown[name].is_not_distinct_from(given[name]) for name in ("debt", "entries")]
    is_there = exists().where(_same_balance(), *same).correlate(DERIVED)
    rows = select(_source(), *given, _now(), _now()).where(~is_there, true())
    names = ["source", *_BALANCE, "debt", "entries", "changed_at", "refreshed_at"]
    statement = inserts.into(dialect, CONTRACT_BALANCE).from_select(names, rows)
    new = statement.excluded
    since = case(
        (shown.debt == new.debt, func.coalesce(shown.changed_at, new.changed_at)), else_=new.changed_at
    )
    written = {
        "debt": new.debt,
        "entries": new.entries,
        "changed_at": since,
        "refreshed_at": new.refreshed_at,
    }
    keys = ["source", "counterparty_id", "contract_id", "organization_id", "currency"]
    return statement.on_conflict_do_update(index_elements=keys, set_=written)


@cache
def drop_open_items(*, some: bool) -> Delete:
    return delete(OPEN_ITEM).where(_of_owners(OPEN_ITEM, some=some))


@cache
def fill_open_items(*, some: bool) -> Insert:
    told_apart = ("currency", "settlement_object_id", "settled_id", "settled_kind", "arose_on", "due_on")
    columns = [*owner(), *(DUE.c[name] for name in told_apart)]
    debt, advance = total(DUE.c.debt), total(DUE.c.advance)
    amount = total(_arisen(DUE.c.debt) - _arisen(DUE.c.advance))
    rows = (
        select(_source(), *columns, amount, debt, advance)
        .select_from(DUE.join(KEY, of_key(DUE)))
        .where(counts(DUE), _of_owned(DUE, some=some))
        .group_by(*columns)
        .having((debt != 0) | (advance != 0))
    )
    return insert(OPEN_ITEM).from_select(["source", *OWNER, *told_apart, "amount", "debt", "advance"], rows)


def _source() -> Any:
    return bindparam("b_source", type_=Text())


def _now() -> Any:
    return bindparam("b_now", type_=Instant())


def _of_owned(entry: Table, *, some: bool) -> ColumnElement[bool]:
    return entry.c.settlement_key_id.in_(select(OWNED_KEYS.c.id)) if some else true()


def _of_owners(table: Table, *, some: bool) -> ColumnElement[bool]:
    """Rows of the source; of `some`, those under the contracts in OWNERS, found by their counterparties."""
    mine: ColumnElement[bool] = table.c.source == _source()
    if not some:
        return mine
    parties = table.c.counterparty_id.in_(select(OWNERS.c.counterparty_id))
    same = exists().where(*(table.c[name] == OWNERS.c[name] for name in OWNER)).correlate(table)
    return and_(mine, parties, same)


def _same_balance() -> ColumnElement[bool]:
    same = [CONTRACT_BALANCE.c[name] == DERIVED.c[name] for name in _BALANCE]
    mine: ColumnElement[bool] = CONTRACT_BALANCE.c.source == _source()
    return and_(mine, *same)


def _derived(*also: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_same_balance(), *also).correlate(CONTRACT_BALANCE)


def _arisen(column: ColumnElement[int]) -> ColumnElement[int]:
    """What a movement added; what it took away is settlement."""
    return case((column > 0, column), else_=0)

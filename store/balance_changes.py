"""Which settlement keys have movements, or an owner, that changed since balances were last derived."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    func,
    literal_column,
    or_,
    select,
    true,
)

from schemas.source import Scope
from store import staging
from store.balance_sql import DUE, ENTRY, KEY, MOVEMENTS, OWNED_KEYS, OWNER, OWNERS
from store.engine import Tx
from store.landing import scope_of
from store.scopes import Held
from store.tables import BALANCE_STATE, LANDING_UNIT
from store.tables_of_change import RECORD_HISTORY

_DERIVED_FROM = (ENTRY.name, DUE.name, KEY.name)
_TICK = timedelta(microseconds=1)
_MOST_INTERVALS = 20


def stamp(tx: Tx, source: str, table: str) -> datetime:
    """The moment for what is written to `table` now: after the last derivation, where balances depend on it.

    Until the transaction ends no balances are derived: so each change is either in them or found by `touched`,
    whatever the clocks of two hosts say.
    """
    if table not in _DERIVED_FROM:
        return tx.now
    tx.beside(f"balances {source}")
    derived = derived_at(tx, source)
    return tx.now if derived is None else max(tx.now, derived + _TICK)


def derived_at(tx: Tx, source: str) -> datetime | None:
    column = BALANCE_STATE.c
    return tx.connection.execute(
        select(column.refreshed_at).where(column.source == source)
    ).scalar_one_or_none()


def touched(tx: Tx, source: str) -> frozenset[str] | None:
    """The keys to derive again, those that rows left included; None where nothing was derived yet: all.

    Looked for where units mapped since then could have written, so that little work finds little change.
    """
    tx.alone(f"balances {source}")
    since = derived_at(tx, source)
    if since is None:
        return None
    units = _mapped_since(tx, source, since)
    if not units:
        return frozenset()
    found = set(tx.connection.execute(_written(KEY, KEY.c.id, source, since)).scalars())
    for table in MOVEMENTS:
        names = entities(tx, table, source)
        held = Held.by((number, scope) for number, entity, scope in units if entity in names)
        found.update(_moved(tx, table, source, since, held) if held else ())
    return frozenset(found.union(_left(tx, source, since)))


def entities(tx: Tx, table: Table, source: str) -> list[str]:
    """Which declarations bring this movement: one index step each, however many rows there are."""
    names = [table.name]
    entity, last = table.c.entity, ""
    while True:
        following = select(func.min(entity)).where(table.c.source == source, entity > last)
        last = tx.connection.execute(following).scalar_one()
        if last is None:
            return names
        names.append(last)


def stage_owners(tx: Tx, source: str, keys: Collection[str]) -> None:
    """Put into OWNERS whose balances these keys are or were part of, and into OWNED_KEYS all their keys."""
    staging.fill(tx, staging.NAMED, [(key,) for key in keys])
    named = select(staging.NAMED.c.record_id)
    raw = [KEY.c[name] for name in OWNER]
    rows = tx.connection.execute(select(*raw).where(KEY.c.source == source, KEY.c.id.in_(named)))
    owners = {tuple(row) for row in rows} | {tuple(row) for row in _former_owners(tx, source, named)}
    staging.fill(tx, OWNERS, [[name or "" for name in owner] for owner in owners])
    shared = and_(*(func.coalesce(KEY.c[name], "") == OWNERS.c[name] for name in OWNER))
    parties = [owner[1] for owner in owners]
    of_parties = _is_one_of(tx, KEY.c.counterparty_id, parties)
    wanted = select(KEY.c.id).distinct().join(OWNERS, shared).where(KEY.c.source == source, of_parties)
    staging.fill(tx, OWNED_KEYS, [tuple(row) for row in tx.connection.execute(wanted)])


def parties(tx: Tx, source: str, keys: Collection[str]) -> set[str]:
    """The counterparties whose settlement keys these are or were."""
    staging.fill(tx, staging.NAMED, [(key,) for key in keys])
    named = select(staging.NAMED.c.record_id)
    owners = select(KEY.c.counterparty_id).where(KEY.c.source == source, KEY.c.id.in_(named))
    now = tx.connection.execute(owners.distinct()).scalars()
    return {owner[1] for owner in _former_owners(tx, source, named) if owner[1]}.union(filter(None, now))


def _is_one_of(tx: Tx, column: Any, values: Iterable[str | None]) -> ColumnElement[bool]:
    known = {value for value in values if value is not None}
    staging.fill(tx, staging.NAMED, [(value,) for value in known])
    return or_(column.in_(select(staging.NAMED.c.record_id)), column.is_(None))


def _former_owners(tx: Tx, source: str, named: Any) -> Iterable[Any]:
    column = RECORD_HISTORY.c
    fields = [past_field(tx, name) for name in OWNER]
    of_keys = (column.source == source, column.record == KEY.name, column.record_id.in_(named))
    return tx.connection.execute(select(*fields).where(*of_keys))


def _mapped_since(tx: Tx, source: str, since: datetime) -> list[tuple[int, str, Scope]]:
    unit = LANDING_UNIT.c
    rows = tx.connection.execute(
        select(unit.id, unit.entity, unit.scope_start, unit.scope_end, unit["keys"]).where(
            unit.source == source, unit.mapped_at > since
        )
    )
    return [(row.id, row.entity, scope_of(row)) for row in rows]


def _moved(tx: Tx, table: Table, source: str, since: datetime, held: Held) -> Iterable[str]:
    wanted = _written(table, table.c.settlement_key_id, source, since)
    if held.everything or len(held.intervals) > _MOST_INTERVALS:
        return tx.connection.execute(wanted.distinct()).scalars()
    staging.fill(tx, staging.NAMED, [(name,) for name in held.keys])
    places: list[ColumnElement[bool]] = [table.c.recorder_id.in_(select(staging.NAMED.c.record_id))]
    places += [and_(true(), *_between(table.c.at, scope)) for scope in held.intervals]
    return {key for place in places for key in tx.connection.execute(wanted.where(place)).scalars()}


def _written(table: Table, key: Column[str], source: str, since: datetime) -> Select[Any]:
    """Repeats and all: asked for distinct keys, SQLite walks along an index of them instead of looking rows up."""
    return select(key).where(table.c.source == source, table.c.changed_at > since)


def _between(moment: Any, scope: Scope) -> list[ColumnElement[bool]]:
    after = [moment >= scope.start] if scope.start is not None else []
    return after + ([moment < scope.end] if scope.end is not None else [])


def _left(tx: Tx, source: str, since: datetime) -> Iterable[str]:
    """The keys that movements had before they changed."""
    column = RECORD_HISTORY.c
    wanted = select(past_field(tx, "settlement_key_id")).distinct()
    recent = (column.source == source, column.to_at > since, column.record.in_((ENTRY.name, DUE.name)))
    return tx.connection.execute(wanted.where(*recent)).scalars()


def past_field(tx: Tx, name: str) -> ColumnElement[Any]:
    """A field of a version in the history."""
    if tx.dialect == "postgresql":
        return literal_column(f"fields ->> '{name}'", Text)
    return literal_column(f"json_extract(fields, '$.{name}')", Text)

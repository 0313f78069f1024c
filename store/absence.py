"""The statements of a merge about what is not there: rows a unit no longer has, and what later units know better.

Parameters as in `merge_sql`. The stages NEWER, NEWER_UNITS and
NEWER_KEYS hold what units landed later, and mapped already, hold completely.

A row that was marked gone has place -1 and the landing of the first unit that missed it; the landing of what it
said while it lived is in its history. ADR 0008 tells why an older unit, mapped late, needs both.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import Delete

from schemas.records import RecordTable
from store.merge_sql import (
    DELETED,
    GONE_PLACE,
    LAST,
    Bounds,
    given_source,
    in_newer_scope,
    moment,
    record_id,
    same_key,
    within,
)
from store.record_tables import STORED
from store.staging import NEWER_KEYS, NEWER_UNITS, REFUSED, STAGES
from store.tables import LANDING_PAGE
from store.tables_of_change import RECORD_HISTORY


@cache
def mark_gone(record: RecordTable, dialect: str, bounds: Bounds, *, newer: bool, refused: bool) -> Update:
    """Mark what lives in the unit's scope and is not in the unit."""
    table = STORED[record]
    gone = {"gone_at": moment(), "gone_reason": DELETED, "landing_id": LAST, "place": GONE_PLACE}
    statement = (
        update(table)
        .values(**gone, changed_at=moment(), run_id=bindparam("u_run_id", type_=Text()))
        .where(table.c.gone_at.is_(None), table.c.landing_id <= LAST)
        .where(*bounds.of(record, dialect), _absent(record, dialect))
    )
    if newer:
        named = table.c[record.key[0]].in_(select(NEWER_KEYS.c.key))
        statement = statement.where(~named, ~in_newer_scope(table, bounds.period))
    return statement.where(~_is_named(record, table)) if refused else statement


@cache
def say_earlier(record: RecordTable, dialect: str, bounds: Bounds, *, refused: bool) -> Update:
    """Let a row that a later unit marked gone say that this one missed it first.

    Not where its last version is later than this unit, and not where a unit in between held its place: that
    one had it, or it would have marked it.
    """
    table = STORED[record]
    statement = (
        update(table)
        .values(landing_id=LAST)
        .where(table.c.place == GONE_PLACE, table.c.landing_id > LAST)
        .where(*bounds.of(record, dialect), _absent(record, dialect))
        .where(_last_version(record) <= LAST, ~_held_between(table, bounds.period))
    )
    return statement.where(~_is_named(record, table)) if refused else statement


@cache
def drop_known_better(record: RecordTable, period: str | None) -> Delete:
    """Take out of the stage what units landed later, and mapped already, know better.

    That is what such a unit names by key; a row whose stored version is from a later landing; one that lives
    in the scope of such a unit, which saw it there; and one that was marked gone: after a later version, after
    a later unit that saw it, or where it would only go again.
    """
    table, stage = STORED[record], STAGES[record]
    later, marked = table.c.landing_id > LAST, table.c.place == GONE_PLACE
    seen = and_(table.c.gone_at.is_(None), in_newer_scope(table, period))
    known = or_(seen, later)
    if period is not None:
        stays = and_(table.c[period] == stage.c[period], in_newer_scope(stage, period))
        after = or_(_last_version(record) > LAST, stays, _held_between(table, period))
        known = or_(seen, and_(later, or_(~marked, after)))
    stored = exists().where(same_key(record), known).correlate(stage)
    return delete(stage).where(or_(stage.c[record.key[0]].in_(select(NEWER_KEYS.c.key)), stored))


@cache
def drop_childless(record: RecordTable, parent: RecordTable) -> Delete:
    """Take nested rows out of the stage whose parent is no longer in it."""
    stage = STAGES[record]
    return delete(stage).where(stage.c[str(record.parent)].not_in(select(STAGES[parent].c[parent.key[0]])))


@cache
def delete_vanished(record: RecordTable, parent: RecordTable, dialect: str) -> Delete:
    """Delete nested rows of staged parents that the parents no longer have, unless a later page brought them."""
    return delete(STORED[record]).where(*vanished(record, parent, dialect))


def vanished(record: RecordTable, parent: RecordTable, dialect: str) -> list[ColumnElement[bool]]:
    """The conditions of that."""
    table = STORED[record]
    parents = select(STAGES[parent].c[parent.key[0]])
    return [
        table.c.source == given_source(),
        table.c[str(record.parent)].in_(parents),
        table.c.landing_id <= LAST,
        _absent(record, dialect),
    ]


def _absent(record: RecordTable, dialect: str) -> ColumnElement[bool]:
    """True where the stage has no row of this key, said so that each planner hashes the stage once."""
    table, stage = STORED[record], STAGES[record]
    if dialect == "postgresql":
        return ~exists().where(*(table.c[key] == stage.c[key] for key in record.key)).correlate(table)
    keys = [table.c[key] for key in record.key]
    return (tuple_(*keys) if len(keys) > 1 else keys[0]).not_in(select(*(stage.c[key] for key in record.key)))


def _is_named(record: RecordTable, rows: Table) -> ColumnElement[bool]:
    """True where the row's key stands in the list of refused ids, in full or by its first part."""
    first = rows.c[record.key[0]]
    ids = select(REFUSED.c.record_id)
    return or_(first.in_(ids), record_id(record, rows).in_(ids)) if len(record.key) > 1 else first.in_(ids)


def _last_version(record: RecordTable) -> ColumnElement[int]:
    """The landing of what a row that is gone said last; its own where it never lived."""
    table, version = STORED[record], RECORD_HISTORY.c
    ended = (
        select(func.max(version.landing_id))
        .where(version.source == table.c.source, version.record == record.name)
        .where(version.record_id == record_id(record, table), version.to_at == table.c.changed_at)
        .correlate(table)
    )
    return func.coalesce(ended.scalar_subquery(), table.c.landing_id)


def _held_between(table: Table, period: str | None) -> ColumnElement[bool]:
    """Whether a unit between this one and the one that marked the row gone holds the row's place in time."""
    if period is None:
        return false()
    marking = select(LANDING_PAGE.c.unit_id).where(LANDING_PAGE.c.id == table.c.landing_id).correlate(table)
    between = exists().where(
        NEWER_UNITS.c.unit_id < marking.scalar_subquery(), within(NEWER_UNITS, table.c[period])
    )
    return between.correlate(table)

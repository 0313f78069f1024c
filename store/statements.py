"""The set-based statements of a merge, built once per table; SQLAlchemy caches their compiled text.

Parameters, all of the unit: `u_source`, `u_entity`, `u_now`, `u_run_id`, `u_mapping_digest`; `u_last` (its
last page), `u_start` and `u_end` (its scope) where a statement is bound by them. (Without the prefix
SQLAlchemy would take them for values of the columns of the same name.)
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Select,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Delete

from schemas.records import RecordTable
from store.record_tables import STORED
from store.staging import NEWER, REFUSED, STAGES
from store.types import Instant


def _now() -> BindParameter[Any]:
    return bindparam("u_now", type_=Instant())


def _source() -> BindParameter[str]:
    return bindparam("u_source", type_=Text())


def _same_key(record: RecordTable) -> ColumnElement[bool]:
    table, stage = STORED[record], STAGES[record]
    keys = (table.c[key] == stage.c[key] for key in record.key)
    return and_(table.c.source == _source(), *keys)


def _differs(record: RecordTable, other: Any, gone_at: Any) -> ColumnElement[bool]:
    """Row-wise IS DISTINCT FROM over everything the source says about the record, and whether it lives."""
    table = STORED[record]
    fields = [name for name in record.fields if name not in record.key]
    different = [table.c[name].is_distinct_from(other[name]) for name in fields]
    return (
        or_(*different) if record.parent else or_(*different, table.c.gone_at.is_(None) != gone_at.is_(None))
    )


@cache
def upsert(record: RecordTable, dialect: str, *, compare: bool, newer: str | None = None) -> Any:
    """Write the staged rows that are new or differ, unless the stored row comes from a later page.

    `newer` is the period field where units landed later are mapped already: a row whose moment lies in
    their scope is written as gone, because they would have had it. With `compare`, PostgreSQL looks at the
    stored row before it inserts: a conflict that changes nothing would still lock the row, and a lock is a
    write. For a record of its own PostgreSQL gives (written, inserted) in the same pass.
    """
    table, stage = STORED[record], STAGES[record]
    nested = record.parent
    gone_at = case((_in_newer_scope(stage.c[newer]), _now()), else_=None) if newer else null()
    stamps: dict[str, Any] = {"changed_at": _now()}
    if not nested:
        own = ("entity", "mapping_digest", "run_id")
        stamps |= {name: bindparam(f"u_{name}", type_=Text()) for name in own} | {"gone_at": gone_at}
    names = ["source", *(column.name for column in stage.columns), *stamps]
    rows = select(_source(), *stage.columns, *stamps.values()).where(true())
    if compare and dialect == "postgresql":
        same = select(~_differs(record, stage.c, gone_at)).where(_same_key(record))
        rows = rows.where(same.correlate(stage).scalar_subquery().is_not(true()))
    build: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    insert = build(table).from_select(names, rows)
    written = {name: insert.excluded[name] for name in names if name not in ("source", *record.key)}
    differs = _differs(record, insert.excluded, None if nested else insert.excluded.gone_at)
    later = and_(table.c.landing_id <= insert.excluded.landing_id, differs)
    statement = insert.on_conflict_do_update(
        index_elements=["source", *record.key], set_=written, where=later
    )
    if dialect != "postgresql" or nested:
        return statement
    done = statement.returning(literal_column("xmax = 0").label("is_new")).cte("written")
    return select(func.count(), func.count().filter(done.c.is_new)).select_from(done)


@cache
def any_known(record: RecordTable, dialect: str) -> Select[Any]:
    """Whether the table has a row whose key begins with one of `u_keys`, a JSON list of texts."""
    table = STORED[record]
    keys = bindparam("u_keys", type_=Text())
    each = (
        func.json_array_elements_text(cast(keys, JSON)) if dialect == "postgresql" else func.json_each(keys)
    )
    listed = select(each.table_valued("value").c.value).scalar_subquery()
    found = select(literal(1)).where(table.c.source == _source(), table.c[record.key[0]].in_(listed))
    return found.limit(1)


@cache
def known(record: RecordTable) -> Select[Any]:
    """How many staged rows the table already has."""
    stored = exists().where(_same_key(record)).correlate(STAGES[record])
    return select(func.count()).select_from(STAGES[record]).where(stored)


def _in_newer_scope(column: Any) -> ColumnElement[bool]:
    after = or_(NEWER.c.start.is_(None), column >= NEWER.c.start)
    before = or_(NEWER.c.end.is_(None), column < NEWER.c.end)
    return exists().where(after, before)


@cache
def drop_superseded(record: RecordTable, period: str) -> Delete:
    """Take out of the stage what units landed later, and mapped already, know better.

    That is a row whose stored version is from a later page, or lives in such a unit's scope: that unit saw it.
    """
    table, stage = STORED[record], STAGES[record]
    seen = and_(table.c.gone_at.is_(None), _in_newer_scope(table.c[period]))
    stored = exists().where(_same_key(record), or_(seen, table.c.landing_id > stage.c.landing_id))
    return delete(stage).where(stored.correlate(stage))


@cache
def drop_older(record: RecordTable) -> Delete:
    """Take out of the stage what is older than the stored row: a later unit without a scope brought it."""
    table, stage = STORED[record], STAGES[record]
    stored = exists().where(_same_key(record), table.c.landing_id > stage.c.landing_id)
    return delete(stage).where(stored.correlate(stage))


@cache
def drop_childless(record: RecordTable, parent: RecordTable) -> Delete:
    """Take nested rows out of the stage whose parent is no longer in it."""
    stage = STAGES[record]
    return delete(stage).where(stage.c[str(record.parent)].not_in(select(STAGES[parent].c[parent.key[0]])))


@cache
def mark_gone(
    record: RecordTable,
    dialect: str,
    period: str | None,
    *,
    start: bool,
    end: bool,
    newer: bool,
    refused: bool,
) -> Update:
    """Mark what lives in the unit's scope and is not in the unit."""
    table = STORED[record]
    statement = (
        update(table)
        .values(gone_at=_now(), changed_at=_now(), run_id=bindparam("u_run_id", type_=Text()))
        .where(
            table.c.source == _source(),
            table.c.entity == bindparam("u_entity", type_=Text()),
            table.c.gone_at.is_(None),
            table.c.landing_id <= bindparam("u_last"),
        )
    )
    statement = statement.where(*_within(table, period, start=start, end=end))
    if newer and period is not None:
        statement = statement.where(~_in_newer_scope(table.c[period]))
    if refused:
        statement = statement.where(~_is_named(record, table))
    return statement.where(_absent(record, dialect))


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


def record_id(record: RecordTable, rows: Table) -> ColumnElement[str]:
    """The key of a row as one text: parts joined by "/"."""
    text: ColumnElement[str] = rows.c[record.key[0]]
    for key in record.key[1:]:
        text = text + literal("/") + func.cast(rows.c[key], Text)
    return text


@cache
def stored_rows(record: RecordTable, parent: RecordTable) -> Select[Any]:
    """How many nested rows the staged parents have in the table."""
    table, stage = STORED[record], STAGES[parent]
    mine = and_(table.c.source == _source(), table.c[str(record.parent)] == stage.c[parent.key[0]])
    rows = select(func.count()).select_from(table).where(mine).correlate(stage).scalar_subquery()
    return select(func.coalesce(func.sum(rows), 0)).select_from(stage)


@cache
def delete_vanished(record: RecordTable, parent: RecordTable, dialect: str) -> Delete:
    """Delete nested rows of staged parents that the parents no longer have, unless a later page brought them."""
    table = STORED[record]
    parents = select(STAGES[parent].c[parent.key[0]])
    return delete(table).where(
        table.c.source == _source(),
        table.c[str(record.parent)].in_(parents),
        table.c.landing_id <= bindparam("u_last"),
        _absent(record, dialect),
    )


@cache
def any_in_scope(record: RecordTable, period: str | None, *, start: bool, end: bool) -> Select[Any]:
    """Whether the table has anything of this entity in the unit's scope, living or gone."""
    table = STORED[record]
    entity = table.c.entity == bindparam("u_entity", type_=Text())
    found = exists().where(table.c.source == _source(), entity, *_within(table, period, start=start, end=end))
    return select(found)


def _within(table: Table, period: str | None, *, start: bool, end: bool) -> list[ColumnElement[bool]]:
    if period is None:
        return []
    column = table.c[period]
    bounds = [column >= bindparam("u_start", type_=column.type)] if start else []
    return bounds + ([column < bindparam("u_end", type_=column.type)] if end else [])

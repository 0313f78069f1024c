"""The set-based statements of a merge, built once per table; SQLAlchemy caches their compiled text.

Parameters, all of the unit: `u_source`, `u_entity`, `u_now`, `u_run_id`, `u_mapping_digest`; `u_last` (its
last landing); `u_start`, `u_end` and `u_keys` (its scope) where a statement is bound by them. (Without the
prefix SQLAlchemy would take them for values of the columns of the same name.) What is about rows that are not
there stands in `absence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
)

from schemas.records import RecordTable
from store import inserts
from store.record_tables import STORED
from store.staging import NEWER, STAGES
from store.types import Instant

GONE_PLACE = -1
DELETED = "deleted"
LAST: Any = bindparam("u_last")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What bounds a unit's scope: ends of a period, or keys."""

    period: str | None
    start: bool
    end: bool
    keys: bool

    def of(self, record: RecordTable, dialect: str) -> list[ColumnElement[bool]]:
        """Conditions for the stored rows of the entity that lie in the scope."""
        table = STORED[record]
        if self.keys:
            return [*_of_entity_by_key(table), table.c[record.key[0]].in_(_keys("u_keys", dialect))]
        if self.period is None:
            return _of_entity(table)
        column = table.c[self.period]
        bounds = [column >= bindparam("u_start", type_=column.type)] if self.start else []
        bounds += [column < bindparam("u_end", type_=column.type)] if self.end else []
        return [*_of_entity(table), *bounds]


def moment() -> BindParameter[Any]:
    return bindparam("u_now", type_=Instant())


def given_source() -> BindParameter[str]:
    return bindparam("u_source", type_=Text())


def _of_entity(table: Table) -> list[ColumnElement[bool]]:
    return [table.c.source == given_source(), table.c.entity == bindparam("u_entity", type_=Text())]


def _of_entity_by_key(table: Table) -> list[ColumnElement[bool]]:
    """The same as an expression that no index has: SQLite would walk through all of the entity, not look up keys."""
    entity = table.c.entity + literal_column("''", Text)
    return [table.c.source == given_source(), entity == bindparam("u_entity", type_=Text())]


def same_key(record: RecordTable) -> ColumnElement[bool]:
    table, stage = STORED[record], STAGES[record]
    keys = (table.c[key] == stage.c[key] for key in record.key)
    return and_(table.c.source == given_source(), *keys)


def record_id(record: RecordTable, rows: Table) -> ColumnElement[str]:
    """The key of a row as one text: parts joined by "/"."""
    text: ColumnElement[str] = rows.c[record.key[0]]
    for key in record.key[1:]:
        text = text + literal("/") + func.cast(rows.c[key], Text)
    return text


def within(scopes: Table, column: Any) -> ColumnElement[bool]:
    """Whether `column` lies between `start` and `end` of a row of `scopes`."""
    after = or_(scopes.c.start.is_(None), column >= scopes.c.start)
    return and_(after, or_(scopes.c.end.is_(None), column < scopes.c.end))


def in_newer_scope(rows: Table, period: str | None) -> ColumnElement[bool]:
    """Whether a unit landed later, and mapped already, holds the moment of a row."""
    if period is None:
        return false()
    return exists().where(within(NEWER, rows.c[period])).correlate(rows)


def _keys(name: str, dialect: str) -> Any:
    """The texts of a JSON list given as a parameter."""
    keys = bindparam(name, type_=Text())
    each = (
        func.json_array_elements_text(cast(keys, JSON)) if dialect == "postgresql" else func.json_each(keys)
    )
    return select(each.table_valued("value").c.value).scalar_subquery()


def _says_else(record: RecordTable, other: Any, gone_at: Any) -> ColumnElement[bool]:
    """Row-wise IS DISTINCT FROM over what the source says about the record, and whether it lives.

    Not over its version: 1C gives a new one whenever somebody saves, changed or not.
    """
    table = STORED[record]
    fields = [name for name in record.fields if name not in (*record.key, VERSION)]
    different = [table.c[name].is_distinct_from(other[name]) for name in fields]
    return (
        or_(*different) if record.parent else or_(*different, table.c.gone_at.is_(None) != gone_at.is_(None))
    )


def _differs(record: RecordTable, other: Any, gone_at: Any, *, newer: bool) -> ColumnElement[bool]:
    """Whether the stored row must be written: it says else, came by another version or another declaration.

    A row that another declaration reads from a later page says the same by chance: its own page need not say so.
    Of a row that is gone and stays so the last landing must be known where later units are mapped already.
    """
    table = STORED[record]
    differs = [_says_else(record, other, gone_at)]
    if VERSION in record.fields:
        differs.append(table.c[VERSION].is_distinct_from(other[VERSION]))
    if not record.parent:
        differs.append(table.c.mapping_digest != bindparam("u_mapping_digest", type_=Text()))
    if newer and not record.parent:
        older = or_(table.c.place == GONE_PLACE, table.c.landing_id < other.landing_id)
        differs.append(and_(table.c.gone_at.is_not(None), older))
    return or_(*differs)


VERSION = "version"


@cache
def upsert(
    record: RecordTable, dialect: str, *, compare: bool, newer: bool = False, period: str | None = None
) -> Any:
    """Write the staged rows that are new or differ, unless the stored row comes from a later landing.

    With `newer`, units landed later are mapped already: a row whose moment (`period`) lies in their scope is
    written as gone, because they would have had it; and what one of them marked gone may be written, because
    `absence.drop_known_better` left only what they do not speak about. With `compare`, PostgreSQL looks at the
    stored row before it inserts: a conflict that changes nothing would still lock the row, and a lock is a
    write. For a record of its own PostgreSQL gives (inserted, changed) in the same pass.
    """
    table, stage = STORED[record], STAGES[record]
    own = record.parent is None
    stamps: dict[str, Any] = {"changed_at": moment()}
    gone_at: Any = null()
    if own:
        is_gone = in_newer_scope(stage, period) if newer else false()
        gone_at = case((is_gone, moment()), else_=None) if newer else null()
        by = ("entity", "mapping_digest", "run_id")
        stamps |= {name: bindparam(f"u_{name}", type_=Text()) for name in by}
        stamps |= {
            "gone_at": gone_at,
            "gone_reason": case((is_gone, DELETED), else_=None) if newer else null(),
        }
    names = ["source", *(column.name for column in stage.columns), *stamps]
    rows = select(given_source(), *stage.columns, *stamps.values()).where(true())
    if compare and dialect == "postgresql":
        same = select(~_differs(record, stage.c, gone_at, newer=newer)).where(same_key(record))
        rows = rows.where(same.correlate(stage).scalar_subquery().is_not(true()))
    insert = inserts.into(dialect, table).from_select(names, rows)
    statement = _on_conflict(record, insert, names, newer=newer)
    if dialect != "postgresql" or not own:
        return statement
    is_new: ColumnElement[bool] = literal_column("xmax = 0")
    is_changed = table.c.changed_at == moment()
    done = statement.returning(is_new.label("is_new"), is_changed.label("is_changed")).cte("written")
    counted = [func.count().filter(done.c.is_new), func.count().filter(done.c.is_changed, ~done.c.is_new)]
    return select(*counted).select_from(done)


def _on_conflict(record: RecordTable, insert: Any, names: list[str], *, newer: bool) -> Any:
    table, given = STORED[record], insert.excluded
    gone_at = None if record.parent else given.gone_at
    written = {name: given[name] for name in names if name not in ("source", *record.key)}
    says_else = _says_else(record, given, gone_at)
    if not record.parent:
        written["changed_at"] = case((says_else, given.changed_at), else_=table.c.changed_at)
    later = table.c.landing_id <= LAST
    if newer and not record.parent:
        later = or_(later, table.c.place == GONE_PLACE)
        stays = and_(table.c.gone_at.is_not(None), given.gone_at.is_not(None))
        written["gone_at"] = case((stays, table.c.gone_at), else_=given.gone_at)
    return insert.on_conflict_do_update(
        index_elements=["source", *record.key],
        set_=written,
        where=and_(later, _differs(record, given, gone_at, newer=newer)),
    )


@cache
def any_known(record: RecordTable, dialect: str) -> Select[Any]:
    """Whether the table has a row whose key begins with one of `u_staged`, a JSON list of texts."""
    table = STORED[record]
    known = table.c[record.key[0]].in_(_keys("u_staged", dialect))
    return select(literal(1)).where(table.c.source == given_source(), known).limit(1)


@cache
def known(record: RecordTable) -> Select[Any]:
    """How many staged rows the table already has."""
    stored = exists().where(same_key(record)).correlate(STAGES[record])
    return select(func.count()).select_from(STAGES[record]).where(stored)


@cache
def written_now(record: RecordTable) -> Select[Any]:
    """How many staged rows are new or say something else since this moment."""
    written = exists().where(same_key(record), STORED[record].c.changed_at == moment())
    return select(func.count()).select_from(STAGES[record]).where(written.correlate(STAGES[record]))


@cache
def stored_rows(record: RecordTable, parent: RecordTable) -> Select[Any]:
    """How many nested rows the staged parents have in the table."""
    table, stage = STORED[record], STAGES[parent]
    mine = and_(table.c.source == given_source(), table.c[str(record.parent)] == stage.c[parent.key[0]])
    rows = select(func.count()).select_from(table).where(mine).correlate(stage).scalar_subquery()
    return select(func.coalesce(func.sum(rows), 0)).select_from(stage)


@cache
def any_in_scope(record: RecordTable, dialect: str, bounds: Bounds) -> Select[Any]:
    """Whether the table has anything of this entity in the unit's scope, living or gone."""
    return select(exists().where(*bounds.of(record, dialect)))

"""Records that need a person: what could not be mapped, or could not be told whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from schemas.records import RecordTable
from schemas.source import Scope
from store import scopes, staging
from store.batch import Batch, Rejection
from store.engine import Tx
from store.landing import LandedUnit
from store.tables import LANDING_PAGE, LANDING_UNIT, REJECTED


@dataclass(frozen=True, slots=True)
class OpenRejection:
    paths: tuple[str, ...]
    entity: str
    record_id: str
    field: str
    reason: str
    hint: str
    landing_id: int
    place: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """`count` records are open; `fields` counts them by what could not be read; `sample` is the oldest."""

    count: int
    fields: dict[str, int]
    sample: list[OpenRejection]


def open_(tx: Tx, source: str, entity: str | None = None, *, limit: int = 100) -> list[OpenRejection]:
    """Give rejections that nobody has resolved yet, the oldest first."""
    column = REJECTED.c
    wanted = select(
        column.paths,
        column.entity,
        column.record_id,
        column.field,
        column.reason,
        column.hint,
        column.landing_id,
        column.place,
        column.first_seen_at,
        column.last_seen_at,
    ).where(_is_open(source, entity))
    rows = tx.connection.execute(wanted.order_by(column.first_seen_at, column.record_id).limit(limit))
    return [OpenRejection(tuple(filter(None, paths.split("\n"))), *rest) for paths, *rest in rows]


def summary(tx: Tx, source: str, entity: str | None = None, *, limit: int = 20) -> Summary:
    """Count what is open, of one entity or of the whole source."""
    field = REJECTED.c.field
    by_field = select(field, func.count()).where(_is_open(source, entity)).group_by(field).order_by(field)
    fields: dict[str, int] = {name: records for name, records in tx.connection.execute(by_field)}  # noqa: C416
    return Summary(count(tx, source, entity), fields, open_(tx, source, entity, limit=limit))


def count(tx: Tx, source: str, entity: str | None = None) -> int:
    """How many records have something open."""
    records = select(REJECTED.c.entity, REJECTED.c.record_id).where(_is_open(source, entity)).distinct()
    return int(tx.connection.execute(select(func.count()).select_from(records.subquery())).scalar_one())


def record(
    tx: Tx,
    source: str,
    entity: str,
    main: RecordTable,
    unit: LandedUnit,
    batch: Batch,
    *,
    newer: Iterable[Scope],
) -> None:
    """Write down what this unit could not map, and resolve what it settles.

    Settled is what the unit refused before and does not refuse now (a replay), a record refused earlier that
    it maps, and one refused in a scope which later units hold completely without refusing it: it is mapped,
    has moved away or is gone. A unit whose scope later units hold refuses nothing any more.
    """
    if not scopes.covers(scopes.union(newer), unit.scope):
        save(tx, source, entity, batch.rejected, step="map")
    if not tx.connection.execute(
        select(REJECTED.c.field).where(_is_open(source, entity, "map")).limit(1)
    ).all():
        return
    staging.fill(tx, staging.NAMED, [(name,) for name in _names(main, batch)])
    mapped = REJECTED.c.record_id.in_(select(staging.NAMED.c.record_id))
    pages = [page.id for page in unit.pages]
    settled = or_(
        and_(mapped, REJECTED.c.landing_id < min(pages, default=0)), REJECTED.c.landing_id.in_(pages)
    )
    before = REJECTED.c.last_seen_at < tx.now
    tx.connection.execute(_resolve(tx, source, entity, "map").where(settled, before))
    _resolve_covered(tx, source, entity)


def save(tx: Tx, source: str, entity: str, rejected: Iterable[Rejection], *, step: str) -> None:
    """Open each rejection, or open it again; `first_seen_at` stays."""
    rows = {
        (rejection.stored_id, rejection.field): {
            "source": source,
            "entity": entity,
            "record_id": rejection.stored_id,
            "field": rejection.field,
            "step": step,
            "landing_id": rejection.landing_id,
            "place": rejection.place,
            "paths": "\n".join(rejection.paths),
            "reason": rejection.reason,
            "hint": rejection.hint,
            "first_seen_at": tx.now,
            "last_seen_at": tx.now,
        }
        for rejection in rejected
    }
    if not rows:
        return
    build: Any = postgresql.insert if tx.dialect == "postgresql" else sqlite.insert
    insert = build(REJECTED)
    renewed = ("step", "landing_id", "place", "paths", "reason", "hint", "last_seen_at")
    statement = insert.on_conflict_do_update(
        index_elements=["source", "entity", "record_id", "field"],
        set_={name: insert.excluded[name] for name in renewed} | {"resolved_at": None},
    )
    tx.connection.execute(statement, list(rows.values()))


def resolve_unseen(tx: Tx, source: str, entity: str, *, step: str) -> None:
    """Resolve what `step` found before and did not find in this transaction."""
    tx.connection.execute(_resolve(tx, source, entity, step).where(REJECTED.c.last_seen_at < tx.now))


def _is_open(source: str, entity: str | None, step: str | None = None) -> ColumnElement[bool]:
    conditions = [REJECTED.c.source == source, REJECTED.c.resolved_at.is_(None)]
    if entity is not None:
        conditions.append(REJECTED.c.entity == entity)
    if step is not None:
        conditions.append(REJECTED.c.step == step)
    return and_(*conditions)


def _resolve(tx: Tx, source: str, entity: str, step: str) -> Update:
    return update(REJECTED).where(_is_open(source, entity, step)).values(resolved_at=tx.now)


def _names(main: RecordTable, batch: Batch) -> set[str]:
    """The ids under which a rejection may speak of the mapped records: the whole key, and its first part."""
    size = len(main.key)
    whole = {"/".join(map(str, row[:size])) for row in batch.rows[main]}
    return whole | {str(row[0]) for row in batch.rows[main]}


def _resolve_covered(tx: Tx, source: str, entity: str) -> None:
    of_unit = (
        select(LANDING_PAGE.c.unit_id).where(LANDING_PAGE.c.id == REJECTED.c.landing_id).scalar_subquery()
    )
    columns = LANDING_UNIT.c
    refusing = tx.connection.execute(
        select(columns.id, columns.scope_start, columns.scope_end).where(
            columns.id.in_(select(of_unit).where(_is_open(source, entity, "map")))
        )
    ).all()
    mapped = tx.connection.execute(
        select(columns.id, columns.scope_start, columns.scope_end)
        .where(columns.source == source, columns.entity == entity)
        .where(columns.mapped_at.is_not(None), columns.id > min((row.id for row in refusing), default=0))
    ).all()
    settled = []
    for unit in refusing:
        later = scopes.union(Scope(row.scope_start, row.scope_end) for row in mapped if row.id > unit.id)
        if scopes.covers(later, Scope(unit.scope_start, unit.scope_end)):
            settled.append(unit.id)
    if settled:
        pages = select(LANDING_PAGE.c.id).where(LANDING_PAGE.c.unit_id.in_(settled))
        tx.connection.execute(_resolve(tx, source, entity, "map").where(REJECTED.c.landing_id.in_(pages)))

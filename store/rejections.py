"""Records that need a person: what could not be mapped, or could not be told whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, and_, case, func, select, update

from schemas.records import RecordTable
from store import inserts, staging
from store.batch import Batch, Rejection
from store.engine import Tx
from store.landing import LandedUnit, scope_of
from store.scopes import Held, may_hold
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
    ).where(is_open(source, entity))
    rows = tx.connection.execute(wanted.order_by(column.first_seen_at, column.record_id).limit(limit))
    return [OpenRejection(tuple(filter(None, paths.split("\n"))), *rest) for paths, *rest in rows]


def summary(tx: Tx, source: str, entity: str | None = None, *, limit: int = 20) -> Summary:
    """Count what is open, of one entity or of the whole source."""
    field = REJECTED.c.field
    by_field = select(field, func.count()).where(is_open(source, entity)).group_by(field).order_by(field)
    fields: dict[str, int] = {name: records for name, records in tx.connection.execute(by_field)}  # noqa: C416
    return Summary(count(tx, source, entity), fields, open_(tx, source, entity, limit=limit))


def count(tx: Tx, source: str, entity: str | None = None) -> int:
    """How many records have something open."""
    records = select(REJECTED.c.entity, REJECTED.c.record_id).where(is_open(source, entity)).distinct()
    return int(tx.connection.execute(select(func.count()).select_from(records.subquery())).scalar_one())


def by_entity(tx: Tx, source: str) -> dict[str, tuple[int, datetime]]:
    """How many records of each entity have something open, and since when the oldest has."""
    column = REJECTED.c
    counted = select(
        column.entity, func.count(column.record_id.distinct()), func.min(column.first_seen_at)
    ).where(is_open(source, None))
    rows = tx.connection.execute(counted.group_by(column.entity).order_by(column.entity))
    return {entity: (int(number), oldest) for entity, number, oldest in rows}


def open_ids(tx: Tx, source: str, *, step: str) -> set[str]:
    """The ids of all records that `step` found and that are still open."""
    wanted = select(REJECTED.c.record_id).where(is_open(source, None, step)).distinct()
    return set(tx.connection.execute(wanted).scalars())


def record(
    tx: Tx, source: str, entity: str, main: RecordTable, unit: LandedUnit, batch: Batch, *, newer: Held
) -> None:
    """Write down what this unit could not map, and resolve what it settles.

    Settled is what the unit refused before and does not refuse now (a replay); a record refused earlier that
    it maps, or names without having it; and one refused in a scope which later units hold completely without
    refusing it: it is mapped, has moved away or is gone. What later units hold, this one no longer refuses.
    """
    if not newer.holds(unit.scope):
        still = (found for found in batch.rejected if found.record_id.partition("/")[0] not in newer.keys)
        save(tx, source, entity, still, step="map")
    column = REJECTED.c
    open_before = and_(is_open(source, entity, "map"), column.last_seen_at < tx.now)
    found = tx.connection.execute(select(column.record_id, column.landing_id).where(open_before)).all()
    if not found:
        return
    names, own = _names(main, unit, batch), set(unit.landings)
    settled = {
        row.record_id
        for row in found
        if row.landing_id in own
        or (row.landing_id < min(own) and {row.record_id, row.record_id.partition("/")[0]} & names)
    }
    if settled:
        staging.fill(tx, staging.NAMED, [(record_id,) for record_id in settled])
        named = column.record_id.in_(select(staging.NAMED.c.record_id))
        seen = column.landing_id <= max(own)
        by_now = case((column.landing_id < min(own), min(own)), else_=column.landing_id)
        settle = _resolve(tx, source, entity, "map").values(landing_id=by_now)
        tx.connection.execute(settle.where(named, seen, open_before))
    _resolve_covered(tx, source, entity, unit)


def resolve(tx: Tx, source: str, entity: str, record_id: str, *, by: str, resolution: str) -> int:
    """Settle what is open about a record, by a person's word; gives how many fields that were.

    It stays settled while the record is refused for the same reason, and opens again for another one.
    """
    one = and_(is_open(source, entity), REJECTED.c.record_id == record_id)
    settled = {"resolved_at": tx.now, "resolved_by": by, "resolution": resolution}
    return int(tx.connection.execute(update(REJECTED).where(one).values(**settled)).rowcount)


def save(tx: Tx, source: str, entity: str, rejected: Iterable[Rejection], *, step: str) -> None:
    """Open each rejection, or open it again unless a person or a later landing settled it.

    `first_seen_at` stays. Of a settled row `landing_id` is the landing that settled it, if that was a later one.
    """
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
    insert = inserts.into(tx.dialect, REJECTED)
    renewed = ("step", "landing_id", "place", "paths", "reason", "hint", "last_seen_at")
    settled = and_(REJECTED.c.resolved_by.is_not(None), REJECTED.c.reason == insert.excluded.reason)
    kept = {
        name: case((settled, REJECTED.c[name]), else_=None)
        for name in ("resolved_at", "resolved_by", "resolution")
    }
    statement = insert.on_conflict_do_update(
        index_elements=["source", "entity", "record_id", "field"],
        set_={name: insert.excluded[name] for name in renewed} | kept,
        where=REJECTED.c.landing_id <= insert.excluded.landing_id,
    )
    tx.connection.execute(statement, list(rows.values()))


def resolve_unseen(tx: Tx, source: str, entity: str, *, step: str) -> None:
    """Resolve what `step` found before and did not find in this transaction."""
    tx.connection.execute(_resolve(tx, source, entity, step).where(REJECTED.c.last_seen_at < tx.now))


def is_open(source: str, entity: str | None, step: str | None = None) -> ColumnElement[bool]:
    """What it is for a row of `rejected` to need somebody still, for every statement that asks."""
    conditions = [REJECTED.c.source == source, REJECTED.c.resolved_at.is_(None)]
    if entity is not None:
        conditions.append(REJECTED.c.entity == entity)
    if step is not None:
        conditions.append(REJECTED.c.step == step)
    return and_(*conditions)


def _resolve(tx: Tx, source: str, entity: str, step: str) -> Update:
    return update(REJECTED).where(is_open(source, entity, step)).values(resolved_at=tx.now)


def _names(main: RecordTable, unit: LandedUnit, batch: Batch) -> set[str]:
    """The ids under which a rejection may speak of the unit's records: whole keys, and their first parts."""
    size = len(main.key)
    whole = {"/".join(map(str, row[:size])) for row in batch.rows[main]}
    return whole | {str(row[0]) for row in batch.rows[main]} | set(unit.scope.keys or ())


def _resolve_covered(tx: Tx, source: str, entity: str, unit: LandedUnit) -> None:
    """Resolve what was refused in scopes that later units hold, now that `unit` is one of them."""
    of_page = (
        select(LANDING_PAGE.c.unit_id).where(LANDING_PAGE.c.id == REJECTED.c.landing_id).scalar_subquery()
    )
    column = LANDING_UNIT.c
    scope = select(column.id, column.scope_start, column.scope_end, column["keys"])
    open_units = select(of_page).where(is_open(source, entity, "map"))
    refusing = [
        (row.id, scope_of(row))
        for row in tx.connection.execute(scope.where(column.id.in_(open_units), column.id <= unit.id))
        if may_hold(unit.scope, scope_of(row))
    ]
    if not refusing:
        return
    since = and_(column.mapped_at.is_not(None), column.id > min(number for number, _ in refusing))
    of_entity = scope.where(column.source == source, column.entity == entity, since)
    mapped = [(row.id, scope_of(row)) for row in tx.connection.execute(of_entity)]
    settled = [
        number
        for number, refused in refusing
        if Held.by(later for later in mapped if later[0] > number).holds(refused)
    ]
    if settled:
        pages = select(LANDING_PAGE.c.id).where(LANDING_PAGE.c.unit_id.in_(settled))
        tx.connection.execute(_resolve(tx, source, entity, "map").where(REJECTED.c.landing_id.in_(pages)))

"""Mapped records into their tables: one guarded upsert per record type and landed unit.

Later landings win, whatever the order in which units are mapped: a row is replaced only by one from the
same or a later page, and what a later unit holds completely, an earlier one no longer speaks about. A unit
mapped twice therefore changes nothing, and a replay with a corrected mapping takes effect.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from schemas.records import RecordTable
from store import balance_changes, history_triggers, landing, news_of_merge, rejections, upsert
from store.batch import Batch, Rejection
from store.brake import Brake
from store.engine import Tx
from store.landing import LandedUnit
from store.record_tables import STORED
from store.scopes import Held
from store.tables import LANDING_UNIT
from store.upsert import Work

__all__ = ["Batch", "Brake", "MergeCounts", "Rejection", "count", "get", "merge", "supersede"]


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """Records of the main type; `read` = inserted + changed + unchanged + rejected + repeated in the unit."""

    read: int
    inserted: int
    changed: int
    unchanged: int
    gone: int
    rejected: int


def merge(
    tx: Tx,
    *,
    source: str,
    entity: str,
    main: RecordTable,
    unit: LandedUnit,
    batch: Batch,
    mapping_digest: str,
    run_id: str,
    period: str | None,
    brake: Brake | None = None,
) -> MergeCounts:
    """Bring one mapped unit into the store and mark it mapped, in the caller's transaction.

    `period` is the field of `main` that the unit's scope bounds; None where the set is read whole.
    What lives in the scope and is not in the unit is marked gone, unless the unit has it among the rejected.

    Errors: BrakeError where the run would delete or change too much; let it undo the transaction.
    """
    tx.alone(f"merge {source} {entity}")
    now = balance_changes.stamp(tx, source, main.name)
    values: dict[str, Any] = {
        "u_source": source,
        "u_entity": entity,
        "u_run_id": run_id,
        "u_mapping_digest": mapping_digest,
        "u_now": now,
        "u_last": max(unit.landings),
        "u_start": unit.scope.start,
        "u_end": unit.scope.end,
        "u_keys": json.dumps(unit.scope.keys or []),
    }
    history_triggers.sign(tx, run_id)
    newer = _held_later(tx, source, entity, unit)
    written = upsert.write(Work(tx, main, period, unit, newer, values), batch)
    if brake is not None:
        brake.hold(tx, STORED[main], source, entity, changed=written.changed, gone=written.gone)
    _mark_mapped(tx, unit, batch.read, now)
    rejections.record(tx, source, entity, main, unit, batch, newer=newer)
    news_of_merge.mark(tx, source, entity, main, now)
    counts = (written.inserted, written.changed, written.unchanged, written.gone)
    return MergeCounts(batch.read, *counts, len(batch.rejected))


def supersede(tx: Tx, source: str, entity: str, unit: LandedUnit) -> bool:
    """Set a pending unit aside if units landed after it, and mapped, hold all it could say; tells whether."""
    if not _held_later(tx, source, entity, unit).holds(unit.scope):
        return False
    tx.connection.execute(update(LANDING_UNIT).where(LANDING_UNIT.c.id == unit.id).values(state="superseded"))
    return True


def get(tx: Tx, record: RecordTable, source: str, key: tuple[Any, ...]) -> Any | None:
    """Give the record of this key as it is stored, living or gone; None where it never was."""
    table = STORED[record]
    same = (table.c[name] == value for name, value in zip(record.key, key, strict=True))
    wanted = select(*(table.c[name] for name in record.fields)).where(table.c.source == source, *same)
    row = tx.connection.execute(wanted).one_or_none()
    build: Any = record.record
    return None if row is None else build(*row)


def count(tx: Tx, record: RecordTable, source: str, entity: str | None = None) -> int:
    """How many records live (nested ones: are stored)."""
    table = STORED[record]
    wanted = select(func.count()).select_from(table).where(table.c.source == source)
    if not record.parent:
        wanted = wanted.where(table.c.gone_at.is_(None))
    if entity is not None:
        wanted = wanted.where(table.c.entity == entity)
    return int(tx.connection.execute(wanted).scalar_one())


def _held_later(tx: Tx, source: str, entity: str, unit: LandedUnit) -> Held:
    """What units landed after this one, and mapped already, hold completely; of keys only what concerns it."""
    column = LANDING_UNIT.c
    rows = tx.connection.execute(
        select(column.id, column.scope_start, column.scope_end, column["keys"])
        .where(column.source == source, column.entity == entity)
        .where(column.id > unit.id, column.mapped_at.is_not(None))
    )
    held = Held.by((row.id, landing.scope_of(row)) for row in rows)
    if unit.scope.keys is None:
        return held
    return replace(held, keys=held.keys.intersection(unit.scope.keys))


def _mark_mapped(tx: Tx, unit: LandedUnit, records: int, now: datetime) -> None:
    mapped = {"mapped_at": now, "records": records, "state": "mapped"}
    tx.connection.execute(update(LANDING_UNIT).where(LANDING_UNIT.c.id == unit.id).values(**mapped))

"""Mapped records into their tables: one guarded upsert per record type and landed unit.

Later landings win, whatever the order in which units are mapped: a row is replaced only by one from the
same or a later page, and what a later unit holds completely, an earlier one no longer speaks about. A unit
mapped twice therefore changes nothing, and a replay with a corrected mapping takes effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from schemas.records import RecordTable
from schemas.source import Scope
from store import rejections, scopes, upsert
from store.batch import Batch, Rejection
from store.engine import Tx
from store.landing import LandedUnit
from store.record_tables import STORED
from store.tables import LANDING_UNIT
from store.upsert import Work

__all__ = ["Batch", "MergeCounts", "Rejection", "count", "get", "merge", "supersede"]


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
) -> MergeCounts:
    """Bring one mapped unit into the store and mark it mapped, in the caller's transaction.

    `period` is the field of `main` that the unit's scope bounds; None where the set is read whole.
    What lives in the scope and is not in the unit is marked gone, unless the unit has it among the rejected.
    """
    values: dict[str, Any] = {
        "u_source": source,
        "u_entity": entity,
        "u_run_id": run_id,
        "u_mapping_digest": mapping_digest,
        "u_now": tx.now,
        "u_last": max((page.id for page in unit.pages), default=0),
        "u_start": unit.scope.start,
        "u_end": unit.scope.end,
    }
    tx.alone(f"merge {source} {entity}")
    newer = _newer_scopes(tx, source, entity, unit)
    written = upsert.write(Work(tx, main, period, unit, newer, values), batch)
    _mark_mapped(tx, unit, batch.read)
    rejections.record(tx, source, entity, main, unit, batch, newer=newer)
    counts = (written.inserted, written.changed, written.unchanged, written.gone)
    return MergeCounts(batch.read, *counts, len(batch.rejected))


def supersede(tx: Tx, source: str, entity: str, unit: LandedUnit) -> bool:
    """Set a pending unit aside if units landed after it, and mapped, hold all it could say; tells whether."""
    if not scopes.covers(scopes.union(_newer_scopes(tx, source, entity, unit)), unit.scope):
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


def _newer_scopes(tx: Tx, source: str, entity: str, unit: LandedUnit) -> list[Scope]:
    columns = LANDING_UNIT.c
    rows = tx.connection.execute(
        select(columns.scope_start, columns.scope_end).where(
            columns.source == source,
            columns.entity == entity,
            columns.id > unit.id,
            columns.mapped_at.is_not(None),
        )
    )
    return [Scope(start, end) for start, end in rows]


def _mark_mapped(tx: Tx, unit: LandedUnit, records: int) -> None:
    mapped = {"mapped_at": tx.now, "records": records, "state": "mapped"}
    tx.connection.execute(update(LANDING_UNIT).where(LANDING_UNIT.c.id == unit.id).values(**mapped))

"""Mapped records into their tables: one guarded upsert per record type and landed unit.

Later landings win, whatever the order in which units are mapped: a row is replaced only by one from the
same or a later page, and what a later unit holds completely, an earlier one no longer speaks about. A unit
mapped twice therefore changes nothing, and a replay with a corrected mapping takes effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from schemas.records import RecordTable
from schemas.source import Scope
from store import bulk, rejections, scopes, staging, statements
from store.batch import Batch, Rejection, Rows, newest, of_parents
from store.engine import Tx
from store.landing import LandedUnit
from store.record_tables import STORED
from store.tables import LANDING_UNIT
from store.types import Instant

__all__ = ["Batch", "MergeCounts", "Rejection", "count", "get", "merge"]


@dataclass(frozen=True, slots=True)
class MergeCounts:
    """Records of the main type; `read` = inserted + changed + unchanged + rejected + repeated in the unit."""

    read: int
    inserted: int
    changed: int
    unchanged: int
    gone: int
    rejected: int


@dataclass(frozen=True, slots=True)
class _Merge:
    """One unit on its way in: the statements' parameters, and the scopes of later units mapped already."""

    tx: Tx
    main: RecordTable
    period: str | None
    unit: LandedUnit
    values: dict[str, Any]
    newer: Sequence[Scope]

    def run(self, statement: Any) -> Any:
        return self.tx.connection.execute(statement, self.values)

    @property
    def bounds(self) -> dict[str, bool]:
        return {"start": self.unit.scope.start is not None, "end": self.unit.scope.end is not None}

    @property
    def outdated(self) -> bool:
        """True where a later unit, mapped already, holds the whole set."""
        return self.period is None and Scope() in self.newer


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
    work = _Merge(tx, main, period, unit, values, _newer_scopes(tx, source, entity, unit))
    rows = newest(main, batch.rows[main])
    staging.fill(tx, staging.STAGES[main], rows)
    gone = 0 if work.outdated else _mark_gone(work, batch)
    compare = bool(work.run(statements.any_in_scope(main, period, **work.bounds)).scalar())
    _drop_superseded(work)
    written, inserted = _upsert(work, compare=compare)
    for nested in batch.rows:
        if nested.parent and inserted == len(batch.rows[main]):
            _append_nested(work, nested, newest(nested, batch.rows[nested]))
        elif nested.parent:
            lines = of_parents(nested, batch.rows[nested], main, rows)
            _replace_nested(work, nested, newest(nested, lines), compare=compare)
    _mark_mapped(tx, unit, batch.read)
    rejections.record(tx, source, entity, main, unit, batch.rejected, newer=work.newer)
    unchanged = len(rows) - written
    return MergeCounts(batch.read, inserted, written - inserted, unchanged, gone, len(batch.rejected))


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


def _mark_gone(work: _Merge, batch: Batch) -> int:
    if work.period is None and work.unit.scope != Scope():
        return 0
    _stage_newer(work)
    refused = [(rejection.record_id,) for rejection in batch.rejected if rejection.record_id]
    if refused:
        staging.fill(work.tx, staging.REFUSED, refused)
    statement = statements.mark_gone(
        work.main, work.tx.dialect, work.period, **work.bounds, newer=bool(work.newer), refused=bool(refused)
    )
    return int(work.run(statement).rowcount)


def _stage_newer(work: _Merge) -> None:
    if work.newer:
        held = scopes.union(work.newer)
        staging.fill(work.tx, staging.NEWER, [(scope.start, scope.end) for scope in held])


def _drop_superseded(work: _Merge) -> None:
    if work.outdated:
        staging.fill(work.tx, staging.STAGES[work.main], [])
    elif work.newer and work.period is not None:
        work.run(statements.drop_superseded(work.main, work.period))
    elif work.newer:
        work.run(statements.drop_older(work.main))


def _upsert(work: _Merge, *, compare: bool) -> tuple[int, int]:
    """Give how many rows were written, and how many of these are new."""
    newer = work.period if work.newer else None
    statement = statements.upsert(work.main, work.tx.dialect, compare=compare, newer=newer)
    if work.tx.dialect == "postgresql":
        written, inserted = work.run(statement).one()
        return written, inserted
    staged = work.run(select(func.count()).select_from(staging.STAGES[work.main])).scalar_one()
    known = work.run(statements.known(work.main)).scalar_one()
    return int(work.run(statement).rowcount), staged - known


def _replace_nested(work: _Merge, nested: RecordTable, rows: Rows, *, compare: bool) -> None:
    """Write the staged parents' rows that differ, and delete what these parents no longer have."""
    stage = staging.STAGES[nested]
    staging.fill(work.tx, stage, rows)
    if work.newer:
        work.run(statements.drop_childless(nested, work.main))
    work.run(statements.upsert(nested, work.tx.dialect, compare=compare))
    staged = work.run(select(func.count()).select_from(stage)).scalar_one()
    if staged != work.run(statements.stored_rows(nested, work.main)).scalar_one():
        work.run(statements.delete_vanished(nested, work.main, work.tx.dialect))


def _append_nested(work: _Merge, nested: RecordTable, rows: Rows) -> None:
    """Write the rows of parents that are all new: there is nothing to compare them with."""
    names = ["source", *nested.fields, "landing_id", "place", "changed_at"]
    now = Instant().process_bind_param(work.tx.now, work.tx.connection.dialect)
    source = work.values["u_source"]
    bulk.write(work.tx, STORED[nested], names, ((source, *row, now) for row in rows))


def _mark_mapped(tx: Tx, unit: LandedUnit, records: int) -> None:
    mapped = {"mapped_at": tx.now, "records": records, "state": "mapped"}
    tx.connection.execute(update(LANDING_UNIT).where(LANDING_UNIT.c.id == unit.id).values(**mapped))

"""The two ways of one mapped unit into its tables: appended where all of it is new, else compared row by row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from schemas.records import RecordTable
from schemas.source import Scope
from store import absence, bulk, merge_sql, parents, staging
from store.batch import Batch, Rows, newest, of_parents
from store.engine import Tx
from store.landing import LandedUnit
from store.merge_sql import Bounds
from store.record_tables import STORED
from store.scopes import Held
from store.types import Instant


@dataclass(frozen=True, slots=True)
class Written:
    inserted: int
    changed: int
    unchanged: int
    gone: int


@dataclass(frozen=True, slots=True)
class Work:
    """One unit on its way in. `newer` is what units landed later, and mapped already, hold completely."""

    tx: Tx
    main: RecordTable
    period: str | None
    unit: LandedUnit
    newer: Held
    values: dict[str, Any]

    def run(self, statement: Any, **more: Any) -> Any:
        return self.tx.connection.execute(statement, {**self.values, **more})

    @property
    def bounds(self) -> Bounds:
        scope = self.unit.scope
        return Bounds(self.period, scope.start is not None, scope.end is not None, scope.keys is not None)

    @property
    def is_complete(self) -> bool:
        """Whether it is known which stored rows the unit would have: not so for a part of a set without period."""
        return self.period is not None or self.unit.scope.keys is not None or self.unit.scope == Scope()

    @property
    def outdated(self) -> bool:
        """True where a later unit, mapped already, holds the whole set."""
        return self.period is None and self.newer.everything


def write(work: Work, batch: Batch) -> Written:
    """Bring the unit's rows into their tables, nested rows with their parents."""
    rows = newest(work.main, batch.rows[work.main])
    in_scope = merge_sql.any_in_scope(work.main, work.tx.dialect, work.bounds)
    has_rows = bool(work.run(in_scope).scalar())
    if not has_rows and not work.newer and len(rows) == len(batch.rows[work.main]) and _all_new(work, rows):
        return _append(work, batch)
    staging.fill(work.tx, staging.STAGES[work.main], [] if work.outdated else rows)
    gone = 0 if work.outdated else _mark_gone(work, batch)
    if work.newer and not work.outdated:
        work.run(absence.drop_known_better(work.main, work.period))
    inserted, changed = _upsert(work, compare=has_rows)
    for nested in batch.rows:
        if nested.parent:
            lines = of_parents(nested, batch.rows[nested], work.main, rows)
            _replace_nested(work, nested, newest(nested, lines), compare=has_rows)
    return Written(inserted, changed, len(rows) - inserted - changed, gone)


def _all_new(work: Work, rows: Rows) -> bool:
    """Whether no row of the same key is in the table, wherever: for keys of several parts, of the same first."""
    keys = json.dumps(list({row[0] for row in rows}))
    return not work.run(merge_sql.any_known(work.main, work.tx.dialect), u_staged=keys).scalar()


def _append(work: Work, batch: Batch) -> Written:
    """Write rows that have nothing to be compared with: no stage, no conflicts. Most of a first load is this."""
    now = Instant().process_bind_param(work.values["u_now"], work.tx.connection.dialect)
    own = ("entity", "mapping_digest", "run_id")
    stamps = tuple(work.values[f"u_{name}"] for name in own)
    source = work.values["u_source"]
    for record, given in batch.rows.items():
        names = ["source", *record.fields, "landing_id", "place", "changed_at"]
        rows = newest(record, given)
        if record.parent:
            lines = ((source, *row, now) for row in rows)
            bulk.write(work.tx, STORED[record], names, lines)
        else:
            heads = ((source, *row, now, *stamps) for row in rows)
            bulk.write(work.tx, STORED[record], [*names, *own], heads)
    return Written(len(batch.rows[work.main]), 0, 0, 0)


def _mark_gone(work: Work, batch: Batch) -> int:
    """Mark what the unit no longer has. A record whose key could not be read may be any of them: then nothing."""
    unreadable = any(not rejection.record_id for rejection in batch.rejected)
    if work.newer:
        _stage_newer(work)
    if unreadable or not work.is_complete:
        return 0
    refused = [(rejection.record_id,) for rejection in batch.rejected]
    if refused:
        staging.fill(work.tx, staging.REFUSED, refused)
    mark = (work.main, work.tx.dialect, work.bounds)
    gone = work.run(absence.mark_gone(*mark, newer=bool(work.newer), refused=bool(refused))).rowcount
    if work.newer:
        work.run(absence.say_earlier(*mark, refused=bool(refused)))
    return int(gone)


def _stage_newer(work: Work) -> None:
    intervals = [(scope.start, scope.end) for scope in work.newer.intervals]
    units = [(number, scope.start, scope.end) for number, scope in work.newer.units]
    staging.fill(work.tx, staging.NEWER, intervals)
    staging.fill(work.tx, staging.NEWER_UNITS, units)
    staging.fill(work.tx, staging.NEWER_KEYS, [(key,) for key in work.newer.keys])


def _upsert(work: Work, *, compare: bool) -> tuple[int, int]:
    """Give how many rows are new, and how many say something else than before."""
    newer, period = bool(work.newer), work.period if work.newer else None
    statement = merge_sql.upsert(work.main, work.tx.dialect, compare=compare, newer=newer, period=period)
    if work.tx.dialect == "postgresql":
        inserted, changed = work.run(statement).one()
        return inserted, changed
    staged = work.run(select(func.count()).select_from(staging.STAGES[work.main])).scalar_one()
    inserted = int(staged - work.run(merge_sql.known(work.main)).scalar_one())
    if work.run(statement).rowcount == inserted:
        return inserted, 0
    return inserted, int(work.run(merge_sql.written_now(work.main)).scalar_one()) - inserted


def _replace_nested(work: Work, nested: RecordTable, rows: Rows, *, compare: bool) -> None:
    """Write the staged parents' rows that differ, and delete what these parents no longer have.

    A record whose rows alone differ has changed too: who mirrors it asks by its `changed_at`.
    """
    stage = staging.STAGES[nested]
    staging.fill(work.tx, stage, rows)
    if work.newer:
        work.run(absence.drop_childless(nested, work.main))
    if work.run(merge_sql.upsert(nested, work.tx.dialect, compare=compare)).rowcount:
        work.run(parents.of_written(nested, work.main))
    staged = work.run(select(func.count()).select_from(stage)).scalar_one()
    if staged != work.run(merge_sql.stored_rows(nested, work.main)).scalar_one():
        work.run(parents.of_vanished(nested, work.main, work.tx.dialect))
        work.run(absence.delete_vanished(nested, work.main, work.tx.dialect))

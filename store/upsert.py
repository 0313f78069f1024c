"""The two ways of one mapped unit into its tables: appended where all of it is new, else compared row by row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from schemas.records import RecordTable
from schemas.source import Scope
from store import bulk, scopes, staging, statements
from store.batch import Batch, Rows, newest, of_parents
from store.engine import Tx
from store.landing import LandedUnit
from store.record_tables import STORED
from store.types import Instant


@dataclass(frozen=True, slots=True)
class Written:
    inserted: int
    changed: int
    unchanged: int
    gone: int


@dataclass(frozen=True, slots=True)
class Work:
    """One unit on its way in. `newer` are the scopes of units landed later that are mapped already."""

    tx: Tx
    main: RecordTable
    period: str | None
    unit: LandedUnit
    newer: Sequence[Scope]
    values: dict[str, Any]

    def run(self, statement: Any, **more: Any) -> Any:
        return self.tx.connection.execute(statement, {**self.values, **more})

    @property
    def bounds(self) -> dict[str, bool]:
        return {"start": self.unit.scope.start is not None, "end": self.unit.scope.end is not None}

    @property
    def outdated(self) -> bool:
        """True where a later unit, mapped already, holds the whole set."""
        return self.period is None and Scope() in self.newer


def write(work: Work, batch: Batch) -> Written:
    """Bring the unit's rows into their tables, nested rows with their parents."""
    rows = newest(work.main, batch.rows[work.main])
    has_rows = bool(work.run(statements.any_in_scope(work.main, work.period, **work.bounds)).scalar())
    if not has_rows and not work.newer and len(rows) == len(batch.rows[work.main]) and _all_new(work, rows):
        return _append(work, batch)
    staging.fill(work.tx, staging.STAGES[work.main], rows)
    gone = 0 if work.outdated else _mark_gone(work, batch)
    _drop_superseded(work)
    written, inserted = _upsert(work, compare=has_rows)
    for nested in batch.rows:
        if nested.parent:
            lines = of_parents(nested, batch.rows[nested], work.main, rows)
            _replace_nested(work, nested, newest(nested, lines), compare=has_rows)
    return Written(inserted, written - inserted, len(rows) - written, gone)


def _all_new(work: Work, rows: Rows) -> bool:
    """Whether no row of the same key is in the table, wherever: for keys of several parts, of the same first."""
    keys = json.dumps(list({row[0] for row in rows}))
    return not work.run(statements.any_known(work.main, work.tx.dialect), u_keys=keys).scalar()


def _append(work: Work, batch: Batch) -> Written:
    """Write rows that have nothing to be compared with: no stage, no conflicts. Most of a first load is this."""
    now = Instant().process_bind_param(work.tx.now, work.tx.connection.dialect)
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
    if work.period is None and work.unit.scope != Scope():
        return 0
    if work.newer:
        held = scopes.union(work.newer)
        staging.fill(work.tx, staging.NEWER, [(scope.start, scope.end) for scope in held])
    refused = [(rejection.record_id,) for rejection in batch.rejected if rejection.record_id]
    if refused:
        staging.fill(work.tx, staging.REFUSED, refused)
    statement = statements.mark_gone(
        work.main, work.tx.dialect, work.period, **work.bounds, newer=bool(work.newer), refused=bool(refused)
    )
    return int(work.run(statement).rowcount)


def _drop_superseded(work: Work) -> None:
    if work.outdated:
        staging.fill(work.tx, staging.STAGES[work.main], [])
    elif work.newer and work.period is not None:
        work.run(statements.drop_superseded(work.main, work.period))
    elif work.newer:
        work.run(statements.drop_older(work.main))


def _upsert(work: Work, *, compare: bool) -> tuple[int, int]:
    """Give how many rows were written, and how many of these are new."""
    newer = work.period if work.newer else None
    statement = statements.upsert(work.main, work.tx.dialect, compare=compare, newer=newer)
    if work.tx.dialect == "postgresql":
        written, inserted = work.run(statement).one()
        return written, inserted
    staged = work.run(select(func.count()).select_from(staging.STAGES[work.main])).scalar_one()
    known = work.run(statements.known(work.main)).scalar_one()
    return int(work.run(statement).rowcount), staged - known


def _replace_nested(work: Work, nested: RecordTable, rows: Rows, *, compare: bool) -> None:
    """Write the staged parents' rows that differ, and delete what these parents no longer have."""
    stage = staging.STAGES[nested]
    staging.fill(work.tx, stage, rows)
    if work.newer:
        work.run(statements.drop_childless(nested, work.main))
    work.run(statements.upsert(nested, work.tx.dialect, compare=compare))
    staged = work.run(select(func.count()).select_from(stage)).scalar_one()
    if staged != work.run(statements.stored_rows(nested, work.main)).scalar_one():
        work.run(statements.delete_vanished(nested, work.main, work.tx.dialect))

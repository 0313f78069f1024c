"""What each sync did, one row per run, source and entity: for auditors, independent of Dagster's log.

state: started -> landed -> done | degraded (some records rejected) | failed
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, insert, select, update

from schemas.types import WallClock
from store.engine import Tx
from store.tables import SYNC_RUN


class Counts(Protocol):
    """What mapping counted, over all units of the run."""

    @property
    def read(self) -> int: ...
    @property
    def inserted(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def gone(self) -> int: ...
    @property
    def rejected(self) -> int: ...


@dataclass(frozen=True, slots=True)
class SyncRun:
    """`control_total` by currency, as decimal text; `source_seconds` is time spent waiting for the source."""

    run_id: str
    source: str
    entity: str
    job: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    read: int
    inserted: int
    changed: int
    unchanged: int
    rejected: int
    gone: int
    pages: int
    bytes: int
    source_seconds: float
    requests: int
    sessions: int
    watermark_before: WallClock | None
    watermark_after: WallClock | None
    control_total: dict[str, str]
    error: str | None


def start(tx: Tx, *, run_id: str, source: str, entity: str, job: str) -> None:
    """Note that the run began; a second attempt of the same run begins again."""
    if _update(tx, run_id, source, entity, state="started", error=None, finished_at=None) == 0:
        _insert(tx, run_id, source, entity, job, state="started")


def landed(
    tx: Tx,
    *,
    run_id: str,
    source: str,
    entity: str,
    pages: int,
    bytes: int,
    source_seconds: float,
    watermark_before: WallClock | None,
    watermark_after: WallClock | None,
    requests: int = 0,
    sessions: int = 0,
) -> None:
    """Note what was landed and what it cost the source; `sessions` is the most that were open at once."""
    _update(
        tx,
        run_id,
        source,
        entity,
        state="landed",
        pages=pages,
        bytes=bytes,
        source_seconds=source_seconds,
        requests=requests,
        sessions=sessions,
        watermark_before=watermark_before,
        watermark_after=watermark_after,
    )


def mapped(
    tx: Tx, *, run_id: str, source: str, entity: str, job: str, counts: Counts, total: Mapping[str, str]
) -> None:
    """Note what mapping did and finish the run; also for a run that only mapped (a replay)."""
    names = ("read", "inserted", "changed", "unchanged", "gone", "rejected")
    done: dict[str, Any] = {name: getattr(counts, name) for name in names}
    done["state"] = "degraded" if counts.rejected else "done"
    done["control_total"] = json.dumps(dict(total), sort_keys=True, separators=(",", ":"))
    done["finished_at"] = tx.now
    if _update(tx, run_id, source, entity, **done) == 0:
        _insert(tx, run_id, source, entity, job, **done)


def fail(tx: Tx, *, run_id: str, source: str, entity: str, error: str) -> None:
    """Note why the run ended; `error` is the message of a HubError, which carries no secrets."""
    _update(tx, run_id, source, entity, state="failed", error=error, finished_at=tx.now)


def latest(tx: Tx, source: str, entity: str | None = None, *, limit: int = 20) -> list[SyncRun]:
    """The newest runs first."""
    wanted = select(SYNC_RUN).where(SYNC_RUN.c.source == source)
    if entity is not None:
        wanted = wanted.where(SYNC_RUN.c.entity == entity)
    newest = wanted.order_by(SYNC_RUN.c.started_at.desc(), SYNC_RUN.c.entity).limit(limit)
    return [_run(row) for row in tx.connection.execute(newest).mappings()]


def find(tx: Tx, run_id: str, source: str, entity: str) -> SyncRun | None:
    wanted = select(SYNC_RUN).where(_is(run_id, source, entity))
    row = tx.connection.execute(wanted).mappings().one_or_none()
    return None if row is None else _run(row)


def _run(row: Mapping[Any, Any]) -> SyncRun:
    return SyncRun(**{**row, "control_total": json.loads(row["control_total"])})


def _is(run_id: str, source: str, entity: str) -> ColumnElement[bool]:
    column = SYNC_RUN.c
    return and_(column.run_id == run_id, column.source == source, column.entity == entity)


def _update(tx: Tx, run_id: str, source: str, entity: str, **values: Any) -> int:
    statement = update(SYNC_RUN).where(_is(run_id, source, entity)).values(**values)
    return int(tx.connection.execute(statement).rowcount)


_COUNTED = (
    "read",
    "inserted",
    "changed",
    "unchanged",
    "rejected",
    "gone",
    "pages",
    "bytes",
    "source_seconds",
    "requests",
    "sessions",
)


def _insert(tx: Tx, run_id: str, source: str, entity: str, job: str, **values: Any) -> None:
    row = dict.fromkeys(_COUNTED, 0) | {"control_total": "{}", "started_at": tx.now} | values
    tx.connection.execute(
        insert(SYNC_RUN).values(run_id=run_id, source=source, entity=entity, job=job, **row)
    )

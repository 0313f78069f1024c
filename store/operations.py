"""Work that outlasts the request that asked for it: what waits, what is under way, and how it ended."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, insert, literal, select, update

from store import tenancy
from store.engine import Tx
from store.tables_of_api import OPERATION
from store.types import Instant

# What the desk asks for: holding a base against its books, reading again what differs, mapping again what is held.
Kind = Literal["sync", "statement", "file", "compare", "repair", "replay"]
State = Literal["pending", "running", "succeeded", "failed"]
# `comparing`: the hub's statement is there, the accounting system is asked for its own.
Progress = Literal[
    "queued", "source_paused", "quiet_hours", "source_unavailable", "reading", "comparing", "done"
]

OPEN: tuple[State, ...] = ("pending", "running")
SYNC: Kind = "sync"
STATEMENT: Kind = "statement"
FILE: Kind = "file"
BY_HAND: tuple[Kind, ...] = ("compare", "repair", "replay")
KEPT_FOR = timedelta(days=30)
# A reading that is under way may have missed what is asked about now; a drawing that is under way will do.
MERGED: Mapping[Kind, tuple[State, ...]] = {
    SYNC: ("pending",),
    STATEMENT: OPEN,
    FILE: OPEN,
    **dict.fromkeys(BY_HAND, ("pending",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`as_of` is the moment its outcome is true for; `error` a code, with `hint` for who asked.

    `input` and `result` are what the kind of operation says they are; `result` may grow while it runs.
    """

    id: str
    kind: Kind
    source: str
    counterparty_id: str | None
    key_number: str
    state: State
    progress: Progress
    input: Mapping[str, Any]
    result: Mapping[str, Any]
    as_of: datetime | None
    error: str | None
    hint: str | None
    run_id: str | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def ask(
    tx: Tx,
    kind: Kind,
    source: str,
    counterparty_id: str | None,
    *,
    key_number: str,
    most: int,
    input: Mapping[str, Any] = MappingProxyType({}),
) -> Operation | None:
    """Give the operation that is open for the same input, else a new one; None where the key has `most` open.

    Of a kind that reads, one under way may have read before what is asked about now: it is not given.
    """
    tx.alone(f"operations {source}")
    column = OPERATION.c
    same = (column.source == source, column.counterparty_id == counterparty_id, column.kind == kind)
    for one in _read(tx, *same, column.state.in_(MERGED[kind])):
        if one.input == input:
            return one
    mine = select(func.count()).select_from(OPERATION)
    mine = mine.where(column.key_number == key_number, column.state.in_(OPEN))
    if tx.connection.execute(mine).scalar_one() >= most:
        return None
    _forget(tx, source)
    number = secrets.token_hex(16)
    row = {
        "id": number,
        "kind": kind,
        "source": source,
        "counterparty_id": counterparty_id,
        "key_number": key_number,
        "state": "pending",
        "progress": "queued",
        "input": _json(input),
        "created_at": tx.now,
    }
    tx.connection.execute(insert(OPERATION).values(**row))
    return get(tx, number)


def get(tx: Tx, number: str) -> Operation | None:
    column = OPERATION.c
    limits = tenancy.limits(tx, column.source, column.counterparty_id)
    return next(iter(_read(tx, column.id == number, *limits)), None)


def open_(tx: Tx, kind: Kind, source: str) -> list[Operation]:
    """What waits or is under way, the oldest first."""
    column = OPERATION.c
    return _read(tx, column.kind == kind, column.source == source, column.state.in_(OPEN))


def failed(tx: Tx, since: datetime) -> list[Operation]:
    """What failed since then and was not asked again with more luck, the newest last."""
    column, again = OPERATION.c, OPERATION.alias("again").c
    same = and_(
        again.kind == column.kind,
        again.source == column.source,
        func.coalesce(again.counterparty_id, "") == func.coalesce(column.counterparty_id, ""),
    )
    later = select(again.id).where(same, again.created_at > column.created_at, again.state != "failed")
    return _read(tx, column.state == "failed", column.ended_at >= since, ~later.exists())


def latest(tx: Tx, kind: Kind, source: str) -> Operation | None:
    """The newest of its kind, however it stands."""
    return next(reversed(_read(tx, OPERATION.c.kind == kind, OPERATION.c.source == source)), None)


def naming(tx: Tx, kind: Kind, source: str, counterparty_id: str, subject: str) -> list[Operation]:
    """Those whose input names `subject`, open or ended, the oldest first."""
    column = OPERATION.c
    same = (column.kind == kind, column.source == source, column.counterparty_id == counterparty_id)
    limits = tenancy.limits(tx, column.source, column.counterparty_id)
    return _read(tx, *same, *limits, cast(column.input, Text).contains(f'"{subject}"', autoescape=True))


def take(tx: Tx, kind: Kind, source: str, run_id: str, progress: Progress = "reading") -> list[Operation]:
    """Let a run work on everything that is open: what waits, and what a run that died has left.

    There is one such run of a source at a time; a run that comes back from the dead ends nothing any more.
    """
    column = OPERATION.c
    taken = update(OPERATION).where(column.kind == kind, column.source == source, column.state.in_(OPEN))
    begun = {"state": "running", "progress": progress, "run_id": run_id, "started_at": _started(tx)}
    tx.connection.execute(taken.values(**begun))
    return _read(tx, *_of_run(run_id))


def begin(tx: Tx, number: str, progress: Progress, result: Mapping[str, Any]) -> bool:
    """Note what is there of an open operation already; tells whether it was still open."""
    column = OPERATION.c
    one = (column.id == number, column.state.in_(OPEN))
    begun = {"state": "running", "progress": progress, "result": _json(result)}
    told = update(OPERATION).where(*one).values(**begun, started_at=_started(tx))
    return bool(tx.connection.execute(told).rowcount)


def finish(tx: Tx, number: str, run_id: str, result: Mapping[str, Any], as_of: datetime) -> bool:
    """End one operation that a run took; tells whether it was the run's to end."""
    told = _json({**result, "as_of": as_of.isoformat()})
    ended = {"state": "succeeded", "progress": "done", "result": told, "ended_at": tx.now}
    return _end(tx, and_(OPERATION.c.id == number, *_of_run(run_id)), ended) == 1


def done_at_once(tx: Tx, number: str, result: Mapping[str, Any]) -> None:
    """End one that waits, and that needed no run."""
    one = and_(OPERATION.c.id == number, OPERATION.c.state == "pending")
    told = _json({**result, "as_of": tx.now.isoformat()})
    moments = {"started_at": tx.now, "ended_at": tx.now}
    _end(tx, one, {"state": "succeeded", "progress": "done", "result": told, **moments})


def fail_one(tx: Tx, number: str, run_id: str, *, error: str, hint: str) -> Operation | None:
    """The same for one that came to nothing. Gives it where it was the run's to end."""
    one = and_(OPERATION.c.id == number, *_of_run(run_id))
    return get(tx, number) if _end(tx, one, _failed(tx, error, hint)) else None


def put_back(tx: Tx, run_id: str, progress: Progress) -> None:
    """Let what a run took wait again, and say for what."""
    waits = {"state": "pending", "progress": progress, "run_id": None, "started_at": None}
    tx.connection.execute(update(OPERATION).where(*_of_run(run_id)).values(**waits))


def waits_for(tx: Tx, kind: Kind, source: str, progress: Progress) -> None:
    """Say what everything that waits is waiting for; writes only what is news."""
    column = OPERATION.c
    waiting = (column.kind == kind, column.source == source, column.state == "pending")
    told = update(OPERATION).where(*waiting, column.progress != progress)
    tx.connection.execute(told.values(progress=progress))


def succeed(tx: Tx, run_id: str, as_of: datetime) -> int:
    """End what a run took: its outcome is true for `as_of`. Tells how many there were."""
    result = _json({"as_of": as_of.isoformat()})
    ended = {"state": "succeeded", "progress": "done", "result": result, "ended_at": tx.now}
    return _end(tx, and_(*_of_run(run_id)), ended)


def fail(tx: Tx, run_id: str, *, error: str, hint: str) -> int:
    return _end(tx, and_(*_of_run(run_id)), _failed(tx, error, hint))


def give_up(
    tx: Tx, kind: Kind, source: str, state: State, older_than: datetime, *, error: str, hint: str
) -> list[Operation]:
    """Fail what waits and was asked before `older_than`, or what runs and was first begun before; gives those."""
    column = OPERATION.c
    since = column.started_at if state == "running" else column.created_at
    those = (column.kind == kind, column.source == source, column.state == state, since < older_than)
    old = [one.id for one in _read(tx, *those)]
    if not old:
        return []
    _end(tx, and_(*those, column.id.in_(old)), _failed(tx, error, hint))
    return _read(tx, column.id.in_(old), column.state == "failed")


def _forget(tx: Tx, source: str) -> None:
    """Of a source there are never many: a key has few open."""
    column = OPERATION.c
    ended = delete(OPERATION).where(column.source == source, column.ended_at < tx.now - KEPT_FOR)
    tx.connection.execute(ended)


def _started(tx: Tx) -> ColumnElement[datetime]:
    """The first time: what run after run dies of is given up."""
    return func.coalesce(OPERATION.c.started_at, literal(tx.now, Instant()))


def _failed(tx: Tx, error: str, hint: str) -> dict[str, Any]:
    return {"state": "failed", "progress": "done", "error": error, "hint": hint, "ended_at": tx.now}


def _end(tx: Tx, which: ColumnElement[bool], ended: dict[str, Any]) -> int:
    return int(tx.connection.execute(update(OPERATION).where(which).values(**ended)).rowcount)


def _of_run(run_id: str) -> tuple[ColumnElement[bool], ...]:
    return OPERATION.c.run_id == run_id, OPERATION.c.state == "running"


def _read(tx: Tx, *which: ColumnElement[bool]) -> list[Operation]:
    wanted = select(OPERATION).where(*which).order_by(OPERATION.c.created_at, OPERATION.c.id)
    return [_operation(row) for row in tx.connection.execute(wanted).mappings()]


def _operation(row: Any) -> Operation:
    fields = {name: value for name, value in row.items() if name not in ("input", "result")}
    result = json.loads(row["result"]) if row["result"] else {}
    as_of = datetime.fromisoformat(result.pop("as_of")) if "as_of" in result else None
    return Operation(**fields, input=json.loads(row["input"]), result=result, as_of=as_of)


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(dict(told), ensure_ascii=False, sort_keys=True)

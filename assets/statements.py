"""Statements on demand: the hub's own at once, then the accounting system's, and the two compared.

Whoever asks writes a row (store/statement_requests.py). What is under way when a process dies is taken up by the
next: nothing is done twice that shows, for the same drawings are the same statement.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from assets import reconciliation, statement_asking, statement_drawing
from assets.source import Source
from assets.statement_asking import Asking
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import (
    ConfigurationError,
    HubError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from schemas.reconciliation import Producer
from schemas.statements import Verdict, Why
from store import health, operations, statement_events, statement_keeping, statement_requests, statements
from store.engine import Store, Tx
from store.operations import STATEMENT, Operation
from store.statement_keeping import Drawn
from store.statements import StatementRow

LOG = logging.getLogger("saldo.statements")
SPENDS_AT_MOST_S = 60.0  # in one run: other bases wait meanwhile, and what is left is the next run's
FOLLOWS_AT_ONCE = 50
GIVEN_UP_AFTER = timedelta(hours=1)  # runs that die again and again
OPERATOR = "Tell the operator of the hub; what was pulled before is in the balances all the same."

Clients = Callable[[Source], AbstractContextManager[ODataClient]]


@dataclass(frozen=True, slots=True)
class Task:
    """A statement to be compared, for an operation or because its time has come."""

    row: StatementRow
    operation: Operation | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one; `seconds` are those of the accounting system and of comparing."""

    number: int
    id: str
    producer: Producer
    verdict: Verdict
    why: Why | None
    pages: int
    seconds: float


def work(store: Store, source: Source, clients: Clients, run: Run) -> list[Done]:
    """Draw and compare what was asked for, and what waits for the accounting system and whose time has come.

    The caller is the only one who does so for this base (assets/asked_for.py).
    """
    with store.transaction() as tx:
        _give_up(tx, source)
        asked = operations.take(tx, STATEMENT, source.id, run.id, "comparing")
    tasks = list(_tasks(store, asked, run))
    now = datetime.now(UTC)
    why, until = _why_not(store, source, now)
    if why is not None:
        return [_wait(store, run, task, why, until=until) for task in tasks]
    if not tasks:
        with store.reading() as tx:
            tasks = [Task(row) for row in statement_keeping.due(tx, source.id, now, FOLLOWS_AT_ONCE)]
    return _compare(store, source, clients, run, tasks)


def _give_up(tx: Tx, source: Source) -> None:
    """Fail what run after run has died of. What the hub drew of it waits for the accounting system all the same."""
    old, hint = tx.now - GIVEN_UP_AFTER, f"The hub could not draw it. {OPERATOR}"
    given = {"error": "internal_error", "hint": hint}
    for one in operations.give_up(tx, STATEMENT, source.id, "running", old, **given):
        statement_events.failed(tx, one)
        row = statements.get(tx, statement_requests.statement_id(one) or "")
        if row is not None and row.why == "asking":
            again_at = statement_asking.again_at(row, "internal_error", tx.now)
            statement_keeping.waits(tx, row, "internal_error", again_at)


def _tasks(store: Store, asked: Sequence[Operation], run: Run) -> Iterator[Task]:
    """What was asked for, with its statement; what cannot be drawn fails here, and alone."""
    for one in asked:
        try:
            statement_drawing.draw(store, one)
        except HubError as error:
            LOG.warning("%s cannot be drawn: %s", one.id, error)
            _fail(store, run, one, "not_drawn", "The hub has no settlements to draw it from.")
            continue
        except Exception as error:
            if health.is_outage(error):
                raise
            LOG.exception("%s cannot be drawn", one.id)
            _fail(store, run, one, "internal_error", "The hub could not draw it.")
            continue
        with store.reading() as tx:
            now = operations.get(tx, one.id)
            row = statements.get(tx, statement_requests.statement_id(now) or "") if now else None
        if row is not None:
            yield Task(row, one)


def _fail(store: Store, run: Run, one: Operation, error: str, why: str) -> None:
    with store.transaction() as tx:
        failed = operations.fail_one(tx, one.id, run.id, error=error, hint=f"{why} {OPERATOR}")
        if failed is not None:
            statement_events.failed(tx, failed)


def _why_not(store: Store, source: Source, now: datetime) -> tuple[Why | None, datetime | None]:
    """Why the base is not asked now, and until when that is known to be so."""
    if why := statement_asking.why_not(store, source, now):
        return why, None
    with store.reading() as tx:
        silent_at = statement_keeping.last_silence(tx, source.id)
    if silent_at is not None and silent_at + statement_asking.AGAIN_AFTER > now:
        return "source_unavailable", silent_at + statement_asking.AGAIN_AFTER
    return None, None


def _compare(store: Store, source: Source, clients: Clients, run: Run, tasks: Sequence[Task]) -> list[Done]:
    if not tasks:
        return []
    brief = statement_asking.briefly(
        store, source, somebody_waits=any(task.operation is not None for task in tasks)
    )
    until = time.monotonic() + SPENDS_AT_MOST_S
    with (
        clients(brief) as client,
        reconciliation.asking(store, brief, client) as draw,
        ThreadPoolExecutor(brief.settings.limits.sessions) as pool,
    ):
        asking = Asking(store, brief, run.id, draw, until)
        return [done for done in pool.map(partial(_one, asking, run), tasks) if done is not None]


def _one(asking: Asking, run: Run, task: Task) -> Done | None:
    """None where the run has spent its time: the next one takes it up."""
    store, began, at = asking.store, time.monotonic(), datetime.now(UTC)
    if asking.away.is_set():
        return _wait(store, run, task, "source_unavailable")
    if asking.is_over:
        return None
    try:
        books, pages = asking.books(task.row)
        row = _heard(store, run, task, books)
    except SourceUnavailableError as error:
        LOG.info("statement %s: %s", task.row.number, error)
        asking.away.set()
        paused = statement_asking.why_not(store, asking.source, datetime.now(UTC))
        return _wait(store, run, task, paused or "source_unavailable", asked_at=at)
    except (SourceRefusedError, SourceContractError, ConfigurationError) as error:
        LOG.warning("statement %s: %s", task.row.number, error)
        return _wait(store, run, task, "source_refused", asked_at=at)
    except Exception as error:
        if health.is_outage(error):
            raise
        LOG.exception("statement %s cannot be compared", task.row.number)
        return _wait(store, run, task, "internal_error", asked_at=at)
    return _done(row, books.statements[0].producer, pages, time.monotonic() - began)


def _heard(store: Store, run: Run, task: Task, books: Drawn) -> StatementRow:
    with store.transaction() as tx:
        row = statement_keeping.heard(tx, task.row, books)
        if task.operation is not None:
            result = {statement_requests.RESULT: row.id}
            operations.finish(tx, task.operation.id, run.id, result, row.as_of)
    return row


def _wait(
    store: Store,
    run: Run,
    task: Task,
    why: Why,
    *,
    asked_at: datetime | None = None,
    until: datetime | None = None,
) -> Done:
    """Let the hub's own do for now: who asked has it, marked, and the other follows."""
    with store.transaction() as tx:
        at = until or statement_asking.again_at(task.row, why, tx.now)
        row = statement_keeping.waits(tx, task.row, why, at, asked_at)
        if task.operation is not None:
            result = {statement_requests.RESULT: row.id}
            if operations.finish(tx, task.operation.id, run.id, result, row.as_of):
                row = statement_events.ready(tx, row)
    return _done(row, "store", 0, 0.0)


def _done(row: StatementRow, producer: Producer, pages: int, seconds: float) -> Done:
    return Done(row.number, row.id, producer, row.verdict, row.why, pages, seconds)

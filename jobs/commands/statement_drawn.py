"""Having a statement drawn: by the worker of `saldo serve`, and here where none takes it."""

from __future__ import annotations

import os
import time
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

from rich.console import Console

from assets import statement_drawing
from assets.source import Source
from jobs import home as homes
from schemas.errors import StoreError
from schemas.statements import Asked
from store import audit, operations, statement_requests, statements
from store.engine import Store
from store.operations import Operation
from store.statements import StatementRow

LOOK_S = 0.1
NO_WORKER_S = 2.0
SAYS = {
    "pending": "Asked for; waiting for a worker",
    "running": "Drawn by the hub; the accounting system is asked for its own",
}


def drawn(
    store: Store, source: Source, asked: Asked, home: Path, console: Console, wait_s: float
) -> StatementRow:
    """Errors: StoreError where it came to nothing, or not in time."""
    by = audit.AT_THE_COMMAND_LINE
    with store.transaction() as tx:
        operation = statement_requests.ask(tx, asked, by)
        audit.add(
            tx,
            operation="statement",
            source=asked.source,
            counterparty_id=asked.counterparty_id,
            subject=operation.id,
        )
    statement_drawing.draw_waiting(store, source)
    began, tried = time.monotonic(), False
    with console.status(SAYS["pending"]) as status:
        while True:
            now = _now(store, operation)
            if now.state not in operations.OPEN:
                return _ended(store, now)
            status.update(SAYS[now.state])
            if time.monotonic() - began > wait_s:
                raise StoreError(
                    "it takes too long", hint="Look into Dagster for the run, or give more --wait."
                )
            if now.run_id is None and not tried and time.monotonic() - began > NO_WORKER_S:
                status.update("No worker takes it: loading Dagster, and asking here")
                _draw_here(source, home)
                tried = True
            time.sleep(LOOK_S)


def _now(store: Store, operation: Operation) -> Operation:
    with store.reading() as tx:
        found = operations.get(tx, operation.id)
    if found is None:
        raise StoreError("the request was forgotten", hint="Ask again.")
    return found


def _ended(store: Store, operation: Operation) -> StatementRow:
    with store.reading() as tx:
        row = statements.get(tx, statement_requests.statement_id(operation) or "")
    if operation.state == "failed" or row is None:
        raise StoreError(
            f"the statement could not be drawn ({operation.error})",
            hint=operation.hint or "Ask again.",
            operation=operation.id,
        )
    return row


def _draw_here(source: Source, home: Path) -> None:
    """As a run of the named job, seen in Dagster as the worker's are."""
    os.environ[homes.HOME_VARIABLE] = str(homes.dagster_home(os.environ, home / "dagster"))
    import dagster as dg

    from jobs.definitions import defs
    from jobs.statements import job_name
    from jobs.worker import IN_REPOSITORY

    with dg.DagsterInstance.get() as instance, redirect_stderr(StringIO()):
        job = defs().resolve_job_def(job_name(source.id))
        job.execute_in_process(instance=instance, raise_on_error=False, tags=IN_REPOSITORY)

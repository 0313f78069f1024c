"""The warm process that draws statements: Dagster is loaded once, and a request is taken within a moment.

`saldo serve` starts it. The hub's own drawing needs no run and is made at once, also while a base keeps a run
waiting; the rest is the named job, one run at a time (dagster.md: two at once in one process may lock for good).
Its work begins while Dagster still makes the run.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.storage.dagster_run import DagsterRunStatus, RunsFilter
from dagster._core.utils import make_new_run_id

from assets import alone, asked_for, statement_asking, statement_drawing, sync
from assets.hub import Hub
from assets.source import Source, sources
from jobs import definitions
from jobs.location import settings_path
from jobs.statements import job_name
from store import leases, statement_requests
from store.operations import STATEMENT

LOG = logging.getLogger("saldo.worker")
LOOK_S = 0.2
FOLLOW_S = 5.0  # how often it looks whether an accounting system is to be asked again
AFTER_TROUBLE_S = 2.0
AFTER_FAILURE_S = 20.0  # a run that fails is not begun again at every look
STOPS_WITHIN_S = 6.0  # what is under way then is taken up by the next worker
IN_REPOSITORY = {".dagster/repository": "__repository__@saldo"}  # else the run is not on its job's page
WORKER = "saldo/worker"
QUIET: Mapping[str, Any] = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}


@dataclass(slots=True)
class Worker:
    """`jobs` are those of the sources by their id."""

    hub: Hub
    sources: Sequence[Source]
    jobs: Mapping[str, dg.JobDefinition]
    instance: dg.DagsterInstance
    stopped: threading.Event = field(default_factory=threading.Event)
    _runs: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "run"))
    _works: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "work"))
    _run: Future[None] | None = None
    _follows_at: float = 0.0
    _ran_at: dict[str, float] = field(default_factory=dict)
    _rests_until: dict[str, float] = field(default_factory=dict)

    def work(self) -> None:
        """Until it is stopped. A store that is away, or a run that fails, ends nothing."""
        while not self.stopped.wait(LOOK_S):
            try:
                self.look()
            except Exception:
                LOG.exception("it could not look for what waits")
                self.stopped.wait(AFTER_TROUBLE_S)
        for pool in (self._runs, self._works):
            pool.shutdown(wait=False, cancel_futures=True)

    def look(self) -> None:
        """Draw what waits to be drawn; begin a run where none is under way."""
        with self.hub.store.reading() as tx:
            waiting = statement_requests.waiting(tx)
            taken = {x.id for x in self.sources if x.id in waiting and alone.is_drawn(tx, x.settings)}
        for source in self.sources:
            if STATEMENT in waiting.get(source.id, ()):
                statement_drawing.draw_waiting(self.hub.store, source)
        if self.is_running:
            return
        due = [source for source in self.sources if source.id in waiting.keys() - taken] or self._to_follow()
        due = [source for source in due if self._rests_until.get(source.id, 0.0) < time.monotonic()]
        if due:
            longest_ago = min(due, key=lambda source: self._ran_at.get(source.id, 0.0))
            self._run = self._runs.submit(self._execute, longest_ago)

    @property
    def is_running(self) -> bool:
        return self._run is not None and not self._run.done()

    def end(self) -> bool:
        """Wait a little for the run that is under way; tells whether it ended."""
        until = time.monotonic() + STOPS_WITHIN_S
        while self.is_running and time.monotonic() < until:
            time.sleep(0.05)
        return not self.is_running

    def _to_follow(self) -> list[Source]:
        if time.monotonic() < self._follows_at:
            return []
        self._follows_at = time.monotonic() + FOLLOW_S
        now = datetime.now(UTC)
        with self.hub.store.reading() as tx:
            due = statement_requests.to_follow(tx, now)
        mine = (source for source in self.sources if source.id in due)
        return [source for source in mine if statement_asking.why_not(self.hub.store, source, now) is None]

    def _execute(self, source: Source) -> None:
        self._ran_at[source.id] = time.monotonic()
        run = sync.Run(make_new_run_id(), job_name(source.id))
        hub = self.hub
        asked_for.begun(run.id, self._works.submit(asked_for.work, hub.store, source, hub.client, run))
        try:
            self._succeed(source, run)
        except Exception:
            LOG.exception("what was asked of %s could not be made; it is tried again", source.id)
            self._rests_until[source.id] = time.monotonic() + AFTER_FAILURE_S
        finally:
            if left := asked_for.outcome(run.id):
                wait([left])

    def _succeed(self, source: Source, run: sync.Run) -> None:
        """Errors: whatever the run failed with."""
        self.jobs[source.id].execute_in_process(
            instance=self.instance,
            run_id=run.id,
            run_config=dict(QUIET),
            tags={**IN_REPOSITORY, WORKER: holder()},
        )


def holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def sweep(instance: dg.DagsterInstance) -> int:
    """Let runs of workers that are dead have failed; tells how many. Nobody else would for hours."""
    under_way = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED]
    dead = [
        run
        for run in instance.get_runs(RunsFilter(statuses=under_way))
        if WORKER in run.tags and leases.is_dead(run.tags[WORKER])
    ]
    for run in dead:
        instance.report_run_failed(
            run, "The worker that ran it was ended. Another one takes up what it left."
        )
    return len(dead)


def warm(worker: Worker) -> None:
    """Run each job once where nobody sees it, and where it finds itself not alone: all that it needs is loaded."""
    with dg.DagsterInstance.ephemeral() as nowhere:
        for source in worker.sources:
            with alone.drawing(worker.hub.store, source.settings, "warm"):
                worker.jobs[source.id].execute_in_process(instance=nowhere, run_config=dict(QUIET))


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Dagster makes a database for each run
    hub = Hub(settings_path=str(settings_path()))
    known = sources(hub.settings)
    defs = definitions.defs()
    jobs = {source.id: defs.resolve_job_def(job_name(source.id)) for source in known}
    with dg.DagsterInstance.get() as instance:
        worker = Worker(hub, known, jobs, instance)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stopped.set())
        sweep(instance)
        warm(worker)
        LOG.info("ready")
        worker.work()
        if not worker.end():
            LOG.warning("stopped in the middle of a run: the next worker takes up what it left")
            os._exit(0)
    hub.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The warm process that draws statements and pushes orders: Dagster is loaded once, work is taken within a moment.

`saldo serve` starts it. The hub's own drawing is made at once; then each base is asked in threads of its own, one for
statements and one for orders, so that one that hangs keeps no other waiting. What was done is reported by a run of
the named job, one run at a time (dagster.md: two at once in one process may lock for good), and nobody waits for that.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.storage.dagster_run import DagsterRunStatus, RunsFilter
from dagster._core.utils import make_new_run_id

from assets import alone, asked_for, handed, push, statement_asking, statement_drawing, sync
from assets.hub import Hub
from assets.source import Source, sources
from jobs import definitions, orders, statements
from jobs.location import settings_path
from store import leases, outbox, statement_requests
from store.operations import STATEMENT

LOG = logging.getLogger("saldo.worker")
LOOK_S = 0.2
FOLLOW_S = 5.0  # how often it looks whether an accounting system is to be asked again
AFTER_TROUBLE_S = 2.0
AFTER_FAILURE_S = 20.0  # a run that fails is not begun again at every look
MOST_BASES = 8  # that are asked at once, for each kind of work
STOPS_WITHIN_S = 6.0  # what is under way then is taken up by the next worker
IN_REPOSITORY = {".dagster/repository": "__repository__@saldo"}  # else the run is not on its job's page
WORKER = "saldo/worker"
QUIET: Mapping[str, Any] = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}


@dataclass(slots=True)
class Batch:
    """What is done for one run of a job, until that run begins."""

    run: sync.Run
    works: list[Future[Any]] = field(default_factory=list)


@dataclass(slots=True)
class Worker:
    """`jobs` by their names; what is under way is known by those too."""

    hub: Hub
    sources: Sequence[Source]
    jobs: Mapping[str, dg.JobDefinition]
    instance: dg.DagsterInstance
    stopped: threading.Event = field(default_factory=threading.Event)
    _runs: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "run"))
    _works: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST_BASES, "work"))
    _pushes: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST_BASES, "push"))
    _run: Future[None] | None = None
    _working: dict[str, Future[Any]] = field(default_factory=dict)
    _batches: dict[str, Batch] = field(default_factory=dict)
    _rests_until: dict[str, float] = field(default_factory=dict)
    _follows_at: float = 0.0

    def work(self) -> None:
        """Until it is stopped. A store that is away, or a run that fails, ends nothing."""
        while not self.stopped.wait(LOOK_S):
            try:
                self.look()
            except Exception:
                LOG.exception("it could not look for what waits")
                self.stopped.wait(AFTER_TROUBLE_S)
        for pool in (self._runs, self._works, self._pushes):
            pool.shutdown(wait=False, cancel_futures=True)

    def look(self) -> None:
        """Draw what waits to be drawn; let every base be asked that is not; let a run report what was done."""
        asked, queued = self._asked(), self._queued()
        for source in self.sources:
            if source.id in asked:
                self._begin(self._works, statements.job_name(source.id), source, asked_for.work)
            if source.id in queued:
                self._begin(self._pushes, orders.job_name(source.id), source, push.work)
        if self._batches and (self._run is None or self._run.done()):
            batch = self._batches.pop(next(iter(self._batches)))
            self._run = self._runs.submit(self._report, batch)

    @property
    def is_running(self) -> bool:
        """Whether anything is under way; what was done may still wait for its run."""
        is_reporting = self._run is not None and not self._run.done()
        return is_reporting or not all(one.done() for one in self._working.values())

    def end(self) -> bool:
        """Wait a little for what is under way; tells whether it ended."""
        until = time.monotonic() + STOPS_WITHIN_S
        while self.is_running and time.monotonic() < until:
            time.sleep(0.05)
        return not self.is_running

    def _is_free(self, job: str) -> bool:
        """Whether nothing of it is under way, and the last time it went well or is some time ago."""
        last = self._working.get(job)
        if last is not None and not last.done():
            return False
        if last is not None and not last.cancelled() and last.exception() is not None:
            del self._working[job]
            self._rests_until[job] = time.monotonic() + AFTER_FAILURE_S
        return self._rests_until.get(job, 0.0) < time.monotonic()

    def _begin(self, pool: ThreadPoolExecutor, job: str, source: Source, work: Callable[..., Any]) -> None:
        if not self._is_free(job):
            return
        batch = self._batches.setdefault(job, Batch(sync.Run(make_new_run_id(), job)))
        self._working[job] = pool.submit(work, self.hub.store, source, self.hub.client, batch.run)
        batch.works.append(self._working[job])

    def _asked(self) -> set[str]:
        """The sources whose accounting system is to be asked for a statement; the hub's own are drawn here."""
        store = self.hub.store
        with store.reading() as tx:
            waiting = statement_requests.waiting(tx)
            taken = {x.id for x in self.sources if x.id in waiting and alone.is_drawn(tx, x.settings)}
        for source in self.sources:
            if STATEMENT in waiting.get(source.id, ()):
                statement_drawing.draw_waiting(store, source)
        return (waiting.keys() - taken) | self._to_follow()

    def _queued(self) -> set[str]:
        """The sources of which something is to be pushed, and that may be asked."""
        store = self.hub.store
        with store.reading() as tx:
            due = outbox.waiting(tx)
        mine = (source for source in self.sources if source.id in due and source.settings.orders.accept)
        return {source.id for source in mine if push.may(store, source)}

    def _to_follow(self) -> set[str]:
        """The sources whose accounting system is to be asked again; it is looked for now and then."""
        if time.monotonic() < self._follows_at:
            return set()
        self._follows_at = time.monotonic() + FOLLOW_S
        now, store = datetime.now(UTC), self.hub.store
        with store.reading() as tx:
            due = statement_requests.to_follow(tx, now)
        mine = (source for source in self.sources if source.id in due)
        return {source.id for source in mine if statement_asking.why_not(store, source, now) is None}

    def _report(self, batch: Batch) -> None:
        handed.begun(batch.run.id, batch.works)
        try:
            self.jobs[batch.run.job].execute_in_process(
                instance=self.instance,
                run_id=batch.run.id,
                run_config=dict(QUIET),
                tags={**IN_REPOSITORY, WORKER: holder()},
            )
        except Exception:
            LOG.exception("the run of %s failed", batch.run.job)


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
    """Run each job once where nobody sees it, for no work: all that it needs is loaded."""
    with dg.DagsterInstance.ephemeral() as nowhere:
        for name, job in worker.jobs.items():
            run_id = make_new_run_id()
            handed.begun(run_id, ())
            try:
                job.execute_in_process(instance=nowhere, run_id=run_id, run_config=dict(QUIET))
            except Exception:  # the first request is slower then; what ends here would end the API too
                LOG.exception("the job %s could not be tried", name)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # Dagster makes a database for each run
    hub = Hub(settings_path=str(settings_path()))
    known = sources(hub.settings)
    defs = definitions.defs()
    names = [statements.job_name(source.id) for source in known]
    names += [orders.job_name(source.id) for source in known if source.settings.orders.accept]
    jobs = {name: defs.resolve_job_def(name) for name in names}
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

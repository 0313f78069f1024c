"""The warm process: it takes what waits within a moment, survives what goes wrong, and what it leaves is taken up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.dagster_run import DagsterRunStatus, RunsFilter

from assets.hub import Hub
from assets.source import Source
from connectors.odata import ODataClient
from jobs import home as homes
from jobs import worker as processes
from jobs.definitions import defs
from jobs.statements import job_name
from jobs.worker import Worker
from simulator.faults import Fault
from store import operations
from store.operations import Operation
from tests.e2e.test_sensors import tick
from tests.e2e.test_statements import ask, extended, how_is, questions, told, world_of_soap
from tests.e2e.world import SOURCE, World

__all__ = ["extended", "world_of_soap"]
ROOT = Path(__file__).parents[2]


def until(met: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not met():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


Hire = Callable[[World, dg.DagsterInstance], Worker]


@pytest.fixture
def hire() -> Iterator[Hire]:
    hired: list[Worker] = []

    def one(world: World, instance: dg.DagsterInstance) -> Worker:
        jobs = {job_name(SOURCE): defs().resolve_job_def(job_name(SOURCE))}
        hub = Hub(settings_path=str(world.home / "saldo.toml"))
        hired.append(Worker(hub, [world.source], jobs, instance))
        return hired[-1]

    yield one
    for worker in hired:
        worker.end()
        worker.hub.store.close()


def looks_until_ended(worker: Worker, world: World, operation: Operation) -> Operation:
    def ended() -> bool:
        worker.look()
        return not worker.is_running and how_is(world, operation)[0].state not in operations.OPEN

    until(ended)
    return how_is(world, operation)[0]


@contextmanager
def process_of(world: World, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, **world.environ, homes.HOME_VARIABLE: str(home)}
    process = subprocess.Popen([sys.executable, "-m", "jobs.worker"], cwd=ROOT, env=environ)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_a_killed_worker_leaves_the_next_one_finishes(
    extended: World, tmp_path: Path, hire: Hire
) -> None:
    world = extended
    home = homes.dagster_home({}, tmp_path / "dagster")
    homes.initialise(home)
    (asked,) = questions(world)
    world.server.faults.add(Fault("delay", match="ws/", delay_s=30.0))
    with process_of(world, home) as process, dg.DagsterInstance.from_config(str(home)) as instance:
        operation = ask(world, asked)
        until(lambda: instance.get_runs_count(RunsFilter(statuses=[DagsterRunStatus.STARTED])) == 1)
        now, first = how_is(world, operation)
        assert (now.state, process.poll()) == ("running", None)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert first is not None
    assert first.verdict == "pending"
    world.server.faults.clear()
    with dg.DagsterInstance.from_config(str(home)) as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == (job_name(SOURCE), DagsterRunStatus.STARTED)
        assert run.tags[".dagster/repository"] == "__repository__@saldo"
        assert processes.sweep(instance) == 1
        worker = hire(world, instance)
        assert looks_until_ended(worker, world, operation).state == "succeeded"
        states = {run.status for run in instance.get_runs()}
    assert states == {DagsterRunStatus.FAILURE, DagsterRunStatus.SUCCESS}
    row = how_is(world, operation)[1]
    assert row is not None
    assert (row.id, row.verdict) == (first.id, "agrees")
    assert told(world) == [(row.id, "agrees")]


def test_a_worker_stops_when_it_is_told_to(extended: World, hire: Hire) -> None:
    worker = hire(extended, extended.instance)
    (asked,) = questions(extended)
    operation = ask(extended, asked)
    working = threading.Thread(target=worker.work)
    working.start()
    until(lambda: how_is(extended, operation)[0].state == "succeeded")
    worker.stopped.set()
    working.join(timeout=5)
    assert not working.is_alive()
    assert worker.end()


def test_a_base_that_hangs_keeps_nobody_from_the_hubs_own(extended: World, hire: Hire) -> None:
    world = extended
    first, second = questions(world, 2)
    world.server.faults.add(Fault("delay", match="ws/", delay_s=1.5))
    worker = hire(world, world.instance)
    one = ask(world, first)
    worker.look()
    until(lambda: how_is(world, one)[0].run_id is not None)
    other = ask(world, second)
    worker.look()
    now, row = how_is(world, other)
    assert worker.is_running
    assert row is not None
    assert (now.state, now.run_id, row.verdict) == ("running", None, "pending")
    assert looks_until_ended(worker, world, other).state == "succeeded"
    assert worker.end()


def test_two_workers_never_make_the_same(world_of_soap: World, hire: Hire) -> None:
    world = world_of_soap
    (asked,) = questions(world)
    world.server.faults.add(Fault("delay", match="ws/", delay_s=0.5))
    one, other = hire(world, world.instance), hire(world, world.instance)
    operation = ask(world, asked)
    one.look()
    until(lambda: how_is(world, operation)[0].run_id is not None)
    other.look()
    assert not other.is_running
    assert looks_until_ended(one, world, operation).state == "succeeded"
    assert len(told(world)) == 1


def test_a_run_that_fails_ends_no_worker_and_keeps_nobody_waiting(extended: World, hire: Hire) -> None:
    world = extended
    worker = hire(world, world.instance)
    worker.jobs = {job_name(SOURCE): failing}
    for asked in questions(world, 2):
        assert looks_until_ended(worker, world, ask(world, asked)).state == "succeeded"
    assert {run.status for run in world.instance.get_runs()} == {DagsterRunStatus.FAILURE}


def test_work_that_fails_is_not_begun_again_at_every_look(extended: World, hire: Hire) -> None:
    world = extended
    (asked,) = questions(world)
    worker = hire(world, world.instance)
    worker.hub.store.close()
    worker.hub = Broken(settings_path=worker.hub.settings_path)
    operation = ask(world, asked)
    for _ in range(3):
        worker.look()
        until(lambda: not worker.is_running)
    assert world.instance.get_runs_count() == 1
    assert how_is(world, operation)[1] is not None  # the hub's own is there all the same
    assert looks_until_ended(hire(world, world.instance), world, operation).state == "succeeded"


def test_the_sensor_draws_only_what_no_worker_took(extended: World) -> None:
    world = extended
    (asked,) = questions(world)
    operation = ask(world, asked)
    assert rung(world) == []
    with world.store.transaction() as tx:
        early = operation.created_at - timedelta(minutes=1)
        tx.connection.exec_driver_sql(
            f"UPDATE operation SET created_at = '{early.isoformat(timespec='microseconds')}'"
        )
    assert len(rung(world)) == 1
    assert world.pull("statements").success
    assert rung(world) == []


def rung(world: World) -> list[dg.RunRequest]:
    result = tick(world, "statements")
    assert isinstance(result, dg.SensorResult)
    return list(result.run_requests or ())


class Broken(Hub):
    def client(self, source: Source, *, insist: bool = True) -> ODataClient:
        raise RuntimeError(f"out of order: {source.id} {insist}")


@dg.op
def fails() -> None:
    raise RuntimeError("out of order")


@dg.job
def failing() -> None:
    fails()

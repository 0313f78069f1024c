"""A worker of the hub in a process of its own, so that it can be killed or put to sleep at any moment."""

from __future__ import annotations

import os
import socket
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from litestar.testing import TestClient

from api.app import create_app
from assets import ordinary, push
from assets.source import Source, sources
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import HubError
from schemas.settings import HubSettings
from store.engine import Store
from tests.torture import side_by_side
from tests.torture_orders import guards
from tests.torture_orders.points import Points, Strike

MOST_PASSES = 50  # of one worker: what is then still due has come to nothing


@dataclass(frozen=True, slots=True)
class Job:
    """`claim_s` is how long it has an order without a sign of life. `strike` is what happens to it and where;
    `without` names guards that are taken out."""

    command: str
    settings: HubSettings
    claim_s: float
    strike: Strike | None = None
    without: tuple[str, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: the points it passed, and one of the hub's own errors or something that should not be."""

    command: str
    points: tuple[str, ...] = ()
    pushed: int = 0
    error: str = ""
    crash: str = ""


def main(job: Job, answer: Connection) -> None:
    """The worker's whole life; what it says is a Done."""
    side_by_side.hush()
    try:
        answer.send(perform(job))
    finally:
        answer.close()


def perform(job: Job) -> Done:
    points = Points(job.strike)
    guards.take_out(job.without)
    try:
        pushed = _performed(job, points)
    except HubError as error:
        return Done(job.command, tuple(points.passed), error=type(error).__name__)
    except Exception:
        return Done(job.command, tuple(points.passed), crash=traceback.format_exc())
    return Done(job.command, tuple(points.passed), pushed)


def _performed(job: Job, points: Points) -> int:
    store = Store.open(job.settings.database_url, job.settings.landing_url)
    points.watch_store(store)
    points.watch_requests()
    try:
        return COMMANDS[job.command](job, store, points)
    finally:
        store.close()


def _push(job: Job, store: Store, points: Points) -> int:
    """Push until nothing is due any more."""
    source, pushed = sources(job.settings)[0], 0

    def client(asked: Source) -> AbstractContextManager[ODataClient]:
        return ODataClient(asked.settings, session_factory=points.session)

    for number in range(MOST_PASSES):
        run = Run(f"{socket.gethostname()}:{os.getpid()}:{number}", "torture_orders")
        done = push.work(store, source, client, run, ttl_s=job.claim_s)
        if not done:
            break
        pushed += len(done)
    return pushed


def _pull(job: Job, store: Store, points: Points) -> int:
    """Read what changed in the books, as every few minutes."""
    source = sources(job.settings)[0]
    with ODataClient(source.settings, session_factory=points.session) as client:
        run = Run(f"pull {datetime.now(UTC):%H%M%S%f}", "torture_pull")
        pulled = ordinary.pull(store, client, source, run, source.entities)
    return len(pulled.mapped)


def _ask(job: Job, store: Store, points: Points) -> int:
    """One request to the API, in a process that may die of it."""
    asked = job.request
    with TestClient(create_app(job.settings, store)) as client:
        answer = client.request(asked["method"], asked["path"], json=asked["body"], headers=asked["headers"])
    return answer.status_code


COMMANDS: Mapping[str, Callable[[Job, Store, Points], int]] = {"push": _push, "pull": _pull, "ask": _ask}

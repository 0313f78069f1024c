"""One step of the hub in a process of its own, so that it can be killed at any moment."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from assets.source import sources
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import HubError
from schemas.settings import HubSettings, SourceSettings
from store.engine import Store
from tests.torture import steps
from tests.torture.steps import Desk

LONGEST_PAUSE_S = 0.02  # of a client between two attempts: nobody is spared by waiting longer here


@dataclass(frozen=True, slots=True)
class Job:
    """`entities` limits a command to some of them; `ahead` is how far the clocks are before the real one."""

    command: str
    run_id: str
    database_url: str
    landing_url: str
    source: SourceSettings
    ahead: timedelta = timedelta()
    entities: tuple[str, ...] = ()
    allow_mass_change: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job: its facts, one of the hub's own errors, or something that should not happen."""

    command: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    message: str = ""
    crash: str = ""


def main(job: Job, answer: Connection) -> None:
    """The worker's whole life; what it says is a Done."""
    warnings.simplefilter("ignore")
    try:
        answer.send(perform(job))
    finally:
        answer.close()


def perform(job: Job) -> Done:
    try:
        return Done(job.command, _performed(job))
    except HubError as error:
        return Done(job.command, error=type(error).__name__, message=str(error))
    except Exception:
        return Done(job.command, crash=traceback.format_exc())


def _performed(job: Job) -> Mapping[str, Any]:
    store = Store.open(job.database_url, job.landing_url)
    source = sources(HubSettings(job.database_url, job.landing_url, (job.source,)))[0]

    run = Run(job.run_id, f"torture_{job.command}")

    def now() -> datetime:
        return datetime.now(job.source.time_zone) + job.ahead

    def pause(seconds: float) -> None:
        time.sleep(min(seconds, LONGEST_PAUSE_S))

    try:
        with ODataClient(job.source, now=now, sleep=pause) as client:
            desk = Desk(store, client, source, run, job.entities, job.allow_mass_change)
            return steps.COMMANDS[job.command](desk)
    finally:
        store.close()

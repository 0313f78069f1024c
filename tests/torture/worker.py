"""One step of the hub in a process of its own, so that it can be killed at any moment."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from assets import compare, exchange, named, night, notices, ordinary, quarantine, sync
from assets.agree import Agreed
from assets.land import Reading
from assets.map import map_units
from assets.ordinary import Pulled
from assets.source import Source, sources
from connectors.odata import ODataClient
from schemas.errors import HubError
from schemas.settings import HubSettings, SourceSettings
from store import landing
from store.engine import Store

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


@dataclass(frozen=True, slots=True)
class Desk:
    job: Job
    store: Store
    client: ODataClient
    source: Source

    @property
    def run(self) -> sync.Run:
        return sync.Run(self.job.run_id, f"torture_{self.job.command}")

    @property
    def entities(self) -> list[Any]:
        wanted = self.job.entities
        return [one for one in self.source.entities if not wanted or one.name in wanted]


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

    def now() -> datetime:
        return datetime.now(job.source.time_zone) + job.ahead

    def pause(seconds: float) -> None:
        time.sleep(min(seconds, LONGEST_PAUSE_S))

    try:
        with ODataClient(job.source, now=now, sleep=pause) as client:
            return COMMANDS[job.command](Desk(job, store, client, source))
    finally:
        store.close()


def _pass(desk: Desk) -> Mapping[str, Any]:
    return _pulled(ordinary.pull(desk.store, desk.client, desk.source, desk.run, desk.entities))


def _pulled(pulled: Pulled) -> Mapping[str, Any]:
    counts = [mapped.counts for mapped in pulled.mapped.values()]
    exchanged = pulled.exchanged
    return {
        "touched": sum(one.inserted + one.changed + one.gone for one in counts),
        "package": exchanged.found if exchanged else 0,
        "blocked": bool(exchanged and exchanged.blocked),
        "quarantined": sum(mapped.rejections.count for mapped in pulled.mapped.values()),
    }


def _peek(desk: Desk) -> Mapping[str, Any]:
    holder = f"peek {desk.job.run_id}"
    return {"waiting": exchange.has_changes(desk.store, desk.client, desk.source, holder)}


def _notified(desk: Desk) -> Mapping[str, Any]:
    return _pulled(notices.pull(desk.store, desk.client, desk.source, desk.run))


def _agree(desk: Desk) -> Mapping[str, Any]:
    return _agreed(compare.compare(desk.store, desk.client, desk.source, desk.run, kind="torture"))


def _agreed(agreed: Agreed) -> Mapping[str, Any]:
    return {
        "state": agreed.state,
        "alarm": agreed.is_alarm,
        "named": sorted({one.recorder_id for one in agreed.documents}),
        "verdicts": {one.recorder_id: one.verdict for one in agreed.documents},
    }


def _night(desk: Desk) -> Mapping[str, Any]:
    done = night.night(desk.store, desk.client, desk.source, desk.run, lambda _: None)
    return {
        "first": _agreed(done.first or done.agreed),
        "last": _agreed(done.agreed),
        "counted": {
            name: {
                "vanished": counted.vanished,
                "appeared": counted.appeared,
                "changed": (*counted.changed, *counted.moved),
            }
            for name, counted in done.counted.items()
        },
    }


def _repair(desk: Desk) -> Mapping[str, Any]:
    return _pulled(compare.repair(desk.store, desk.client, desk.source, desk.run))


def _census(desk: Desk) -> Mapping[str, Any]:
    found = {}
    for entity in desk.entities:
        found[entity.name] = named.count(desk.store, desk.client, desk.source, entity, desk.run)[0].keys
    sync.refresh_balances(desk.store, desk.source)
    return {"keys": found}


def _quarantine(desk: Desk) -> Mapping[str, Any]:
    quarantine.replay(desk.store, desk.source, run_id=desk.job.run_id)
    return {}


def _refresh(desk: Desk) -> Mapping[str, Any]:
    return {"balances": sync.refresh_balances(desk.store, desk.source).counts.balances}


def _again(desk: Desk) -> Mapping[str, Any]:
    """Old units once more and the newest first, as a replay that is killed and begun again may come to them."""
    for entity in desk.entities:
        units = list(landing.units(desk.store, desk.source.id, entity.name))
        map_units(desk.store, desk.source.settings, entity, reversed(units), run_id=desk.job.run_id)
    return {}


def _map(desk: Desk) -> Mapping[str, Any]:
    for entity in desk.entities:
        sync.map_entity(
            desk.store, desk.source, entity, desk.run, allow_mass_change=desk.job.allow_mass_change
        )
    sync.refresh_balances(desk.store, desk.source)
    return {}


def _land(desk: Desk) -> Mapping[str, Any]:
    """Read and do not map, as a process does that dies in between."""
    for entity in desk.entities:
        sync.land_entity(desk.store, desk.client, entity, Reading(), desk.run)
    return {}


def _reference(desk: Desk) -> Mapping[str, Any]:
    """Everything read once, in full, into an empty store."""
    for entity in desk.entities:
        sync.land_entity(desk.store, desk.client, entity, Reading(full=True), desk.run)
        sync.map_entity(desk.store, desk.source, entity, desk.run, allow_mass_change=True)
    sync.refresh_balances(desk.store, desk.source)
    return {}


COMMANDS: Mapping[str, Callable[[Desk], Mapping[str, Any]]] = {
    "pass": _pass,
    "peek": _peek,
    "notified": _notified,
    "agree": _agree,
    "night": _night,
    "repair": _repair,
    "census": _census,
    "quarantine": _quarantine,
    "refresh": _refresh,
    "again": _again,
    "map": _map,
    "land": _land,
    "reference": _reference,
}

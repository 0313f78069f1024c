"""What a worker can be told to do: the steps of the hub as its jobs and sensors run them, without Dagster."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assets import compare, exchange, named, night, notices, ordinary, quarantine, sync
from assets.agree import Agreed
from assets.land import Reading
from assets.map import map_units
from assets.ordinary import Pulled
from assets.source import Source
from connectors.odata import ODataClient
from mappings.entity import Entity
from store import landing
from store.engine import Store

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """`wanted` limits a step to some entities."""

    store: Store
    client: ODataClient
    source: Source
    run: sync.Run
    wanted: tuple[str, ...] = ()
    allow_mass_change: bool = False

    @property
    def entities(self) -> list[Entity]:
        return [one for one in self.source.entities if not self.wanted or one.name in self.wanted]


def _pass(desk: Desk) -> Facts:
    return _pulled(ordinary.pull(desk.store, desk.client, desk.source, desk.run, desk.entities))


def _pulled(pulled: Pulled) -> Facts:
    counts = [mapped.counts for mapped in pulled.mapped.values()]
    exchanged = pulled.exchanged
    return {
        "touched": sum(one.inserted + one.changed + one.gone for one in counts),
        "package": exchanged.found if exchanged else 0,
        "blocked": bool(exchanged and exchanged.blocked),
        "quarantined": sum(mapped.rejections.count for mapped in pulled.mapped.values()),
    }


def _peek(desk: Desk) -> Facts:
    holder = f"peek {desk.run.id}"
    return {"waiting": exchange.has_changes(desk.store, desk.client, desk.source, holder)}


def _notified(desk: Desk) -> Facts:
    return _pulled(notices.pull(desk.store, desk.client, desk.source, desk.run))


def _agree(desk: Desk) -> Facts:
    return _agreed(compare.compare(desk.store, desk.client, desk.source, desk.run, kind="torture"))


def _agreed(agreed: Agreed) -> Facts:
    return {
        "state": agreed.state,
        "alarm": agreed.is_alarm,
        "named": sorted({one.recorder_id for one in agreed.documents}),
        "verdicts": {one.recorder_id: one.verdict for one in agreed.documents},
    }


def _night(desk: Desk) -> Facts:
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


def _repair(desk: Desk) -> Facts:
    return _pulled(compare.repair(desk.store, desk.client, desk.source, desk.run))


def _census(desk: Desk) -> Facts:
    found = {}
    for entity in desk.entities:
        found[entity.name] = named.count(desk.store, desk.client, desk.source, entity, desk.run)[0].keys
    sync.refresh_balances(desk.store, desk.source)
    return {"keys": found}


def _quarantine(desk: Desk) -> Facts:
    quarantine.replay(desk.store, desk.source, run_id=desk.run.id)
    return {}


def _refresh(desk: Desk) -> Facts:
    return {"balances": sync.refresh_balances(desk.store, desk.source).counts.balances}


def _again(desk: Desk) -> Facts:
    """Old units once more and the newest first, as a replay that is killed and begun again may come to them."""
    for entity in desk.entities:
        units = list(landing.units(desk.store, desk.source.id, entity.name))
        map_units(desk.store, desk.source.settings, entity, reversed(units), run_id=desk.run.id)
    return {}


def _map(desk: Desk) -> Facts:
    for entity in desk.entities:
        sync.map_entity(desk.store, desk.source, entity, desk.run, allow_mass_change=desk.allow_mass_change)
    sync.refresh_balances(desk.store, desk.source)
    return {}


def _land(desk: Desk) -> Facts:
    """Read and do not map, as a process does that dies in between."""
    for entity in desk.entities:
        sync.land_entity(desk.store, desk.client, entity, Reading(), desk.run)
    return {}


def _reference(desk: Desk) -> Facts:
    """Everything read once, in full, into an empty store."""
    for entity in desk.entities:
        sync.land_entity(desk.store, desk.client, entity, Reading(full=True), desk.run)
        sync.map_entity(desk.store, desk.source, entity, desk.run, allow_mass_change=True)
    sync.refresh_balances(desk.store, desk.source)
    return {}


COMMANDS: Mapping[str, Callable[[Desk], Facts]] = {
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

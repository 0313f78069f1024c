"""The store again from the landed bytes, with today's declarations: in place, or into a new database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assets.map import MapCounts, map_units
from assets.source import Source
from mappings.entity import Entity
from schemas.errors import HubError, SourceContractError
from store import balances, copying, landed, landing, runs
from store.engine import Store
from store.landing import LandedUnit

Progress = Callable[[str, int, int], None]  # entity, units done, units in all
JOB = "replay"


@dataclass(slots=True)
class Replayed:
    """What a replay wrote, by entity. `unreadable`: units that no declaration can read and no later one holds."""

    counts: dict[str, MapCounts] = field(default_factory=dict)
    unreadable: list[HubError] = field(default_factory=list)
    balances: int = 0


def replay(
    store: Store,
    source: Source,
    entities: Sequence[Entity],
    *,
    run_id: str,
    progress: Progress = lambda *_: None,
) -> Replayed:
    """Map every landed unit of `entities` again, what others need first, in the order of landing; then balances.

    Nothing asks the accounting system. Later landings win, so it may be stopped at any moment and begun again.
    """
    result = Replayed()
    with store.reading() as tx:
        totals = landed.units(tx, source.id)
    for entity in in_order_of_needs(entities):
        units = _told(
            landing.units(store, source.id, entity.name), entity.name, totals.get(entity.name, 0), progress
        )
        try:
            counts = map_units(store, source.settings, entity, units, run_id=run_id)
        except SourceContractError as error:
            result.unreadable.append(error)
            continue
        result.counts[entity.name] = counts
        with store.transaction() as tx:
            runs.mapped(
                tx, run_id=run_id, source=source.id, entity=entity.name, job=JOB, counts=counts, total={}
            )
    with store.transaction() as tx:
        result.balances = balances.refresh(tx, source.id).balances
    return result


def replay_into(
    live: Store,
    target: Store,
    sources: Sequence[Source],
    *,
    run_id: str,
    progress: Progress = lambda *_: None,
) -> dict[str, Replayed]:
    """Make `target` (see `copying.new`) what the landing of `live` says, by source.

    What is not in the landed bytes is copied in one transaction, with a mark that stays until all is done: a
    replay that was killed finds it and maps everything once more.
    """
    copying.begin(live, target, run_id=run_id)
    replayed = {
        source.id: replay(target, source, source.entities, run_id=run_id, progress=progress)
        for source in sources
    }
    copying.finish(live, target)
    return replayed


def in_order_of_needs(entities: Sequence[Entity]) -> list[Entity]:
    """Each entity after those it needs; else as declared."""
    waiting = {entity.name: entity for entity in entities}
    ordered: list[Entity] = []
    while waiting:
        ready = [entity for entity in waiting.values() if not set(entity.needs) & waiting.keys()]
        if not ready:
            raise ValueError(f"these need each other: {', '.join(sorted(waiting))}")
        ordered += ready
        for entity in ready:
            del waiting[entity.name]
    return ordered


def _told(units: Iterator[LandedUnit], entity: str, total: int, progress: Progress) -> Iterator[LandedUnit]:
    progress(entity, 0, total)
    for done, unit in enumerate(units, start=1):
        yield unit
        progress(entity, done, total)

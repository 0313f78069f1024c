"""The ordinary change detection of a source: its exchange plan, its windows, or both.

What Dagster's jobs run, what a comparison runs to tell a lag from a discrepancy, and what `make torture` runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from assets import exchange, named, stoppers, sync
from assets.exchange import Exchanged
from assets.land import Landed, Reading
from assets.source import Source
from assets.sync import Balanced, Mapped, Run
from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import BrakeError
from store import exchange_nodes, landed, watermarks
from store.engine import Store


@dataclass(slots=True)
class Pulled:
    """What a pass read and mapped, by entity, and the balances after it (None: nothing touched them)."""

    exchanged: Exchanged | None = None
    landed: dict[str, Landed] = field(default_factory=dict)
    mapped: dict[str, Mapped] = field(default_factory=dict)
    balanced: Balanced | None = None


def pull(
    store: Store, client: ODataClient, source: Source, run: Run, entities: Iterable[Entity] | None = None
) -> Pulled:
    """Bring the given entities (all of them without) up to date, each by its own way, and the balances.

    Errors: BrakeError where too much of an entity would go or change, after the others are mapped: its unit
    waits for a person, and nothing else waits for it.
    """
    wanted, began = tuple(source.entities if entities is None else entities), datetime.now(UTC)
    done = Pulled()
    by_plan = [entity for entity in wanted if source.learns_by(entity) == "exchange"]
    if by_plan:
        _first_load(store, client, by_plan, run, done)
        _package(store, client, source, run, done)
    for entity in wanted:
        if entity not in by_plan:
            done.landed[entity.name] = sync.land_entity(store, client, entity, Reading(), run)
    touched = {*done.landed, *(done.exchanged.keys if done.exchanged else ())}
    with store.reading() as tx:
        touched |= landed.unmapped(tx, source.id)  # of a pass that died; a plan does not tell these again
    braked: BrakeError | None = None
    for entity in source.entities:
        if entity.name in touched:
            try:
                done.mapped[entity.name] = sync.map_entity(store, source, entity, run)
            except BrakeError as error:
                braked = braked or error
    with store.reading() as tx:
        behind = landed.outran_balances(tx, source.id, sync.MADE_FROM)
    if touched or behind:
        done.balanced = sync.refresh_balances(store, source)
    if done.exchanged is not None and done.exchanged.blocked is None:
        exchange.note_up_to_date(store, source, began)
    if braked is not None:
        raise braked
    return done


def _first_load(
    store: Store, client: ODataClient, entities: Sequence[Entity], run: Run, done: Pulled
) -> None:
    """A plan tells changes only: what was there before the hub's first day is read once in full."""
    with store.reading() as tx:
        new = [one for one in entities if not watermarks.is_known(tx, client.source.id, one.name)]
    for entity in new:
        done.landed[entity.name] = sync.land_entity(store, client, entity, Reading(full=True), run)


def _package(store: Store, client: ODataClient, source: Source, run: Run, done: Pulled) -> None:
    """The plan's package; where the base cannot make one, windows, and the record that stops it by name.

    What the windows do not reach is counted once, when the trouble begins; then it is the night's again.
    """
    with store.reading() as tx:
        before = exchange_nodes.get(tx, source.id)
    done.exchanged = exchange.land_package(store, client, source, run)
    if done.exchanged.blocked is None:
        stoppers.resolve(store, source)
        return
    is_news = before is None or before.blocked is None
    for entity in source.exchanged:
        if entity.name not in done.landed:
            done.landed[entity.name] = sync.land_entity(store, client, entity, Reading(), run)
            if is_news:
                sync.map_entity(store, source, entity, run)
                named.count(store, client, source, entity, run)
    stoppers.look(store, source, run.id)

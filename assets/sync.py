"""The stages as assets and jobs call them: the work, its record in the store, and what to report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from assets import alone, quarantine
from assets.land import Landed, Reading, land
from assets.map import MapCounts, map_pending
from assets.source import Source
from connectors.answers import ABSENT
from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import HubError, SourceError
from schemas.money import Money
from store import agreed, balances, control, records, rejections, runs
from store.engine import Store, Tx
from store.records import Brake

SAMPLE = 10
MADE_FROM = ("settlement_entry", "due_entry", "settlement_key", "contract", "counterparty")  # balances


@dataclass(frozen=True, slots=True)
class Run:
    """The Dagster run that does the work."""

    id: str
    job: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How many records live, and what they sum to by currency, as decimal text."""

    live_rows: int
    control_total: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What mapping did. `standing` is how the whole table stands after it, where that was asked for."""

    counts: MapCounts
    rejections: rejections.Summary
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Balanced:
    """Balances after a refresh, and what about them cannot be right."""

    counts: balances.BalanceCounts
    unequal: tuple[balances.Unequal, ...]
    agreed_changes: tuple[agreed.Change, ...]


def land_entity(store: Store, client: ODataClient, entity: Entity, reading: Reading, run: Run) -> Landed:
    """Land a reading and write down that it happened, also when it fails.

    An optional entity that the base does not have for the hub's user is no error but `absent`: what was read of
    it before stays, and grows stale.
    """
    source = client.source.id
    with store.transaction() as tx:
        runs.start(tx, run_id=run.id, source=source, entity=entity.name, job=run.job)
    try:
        with alone.reading(store, client.source, run.id) as lease:
            landed = land(store, client, entity, reading, run_id=run.id, lease=lease)
    except HubError as error:
        note_failure(store, source, entity, run, error)
        if is_absent(error, entity):
            return Landed(absent=error)
        raise
    note_landed(store, source, entity, run, landed)
    return landed


def is_absent(error: HubError, entity: Entity) -> TypeGuard[SourceError]:
    """Whether the base may do without this entity, and does."""
    return entity.optional and isinstance(error, SourceError) and error.context.get("reason") in ABSENT


def note_landed(store: Store, source: str, entity: Entity, run: Run, landed: Landed) -> None:
    """Write down what a reading landed and what it cost the accounting system."""
    with store.transaction() as tx:
        runs.landed(
            tx,
            run_id=run.id,
            source=source,
            entity=entity.name,
            pages=landed.pages,
            bytes=landed.bytes,
            source_seconds=landed.source_s,
            requests=landed.requests,
            sessions=landed.sessions,
            watermark_before=landed.watermark_before,
            watermark_after=landed.watermark_after,
        )


def note_failure(store: Store, source: str, entity: Entity, run: Run, error: HubError) -> None:
    with store.transaction() as tx:
        runs.fail(tx, run_id=run.id, source=source, entity=entity.name, error=str(error))


def map_entity(
    store: Store,
    source: Source,
    entity: Entity,
    run: Run,
    *,
    allow_mass_change: bool = False,
    tell_standing: bool = False,
) -> Mapped:
    """Map what is landed, and try what waits in quarantine again.

    To tell how the whole table stands costs a look at all of it: not for a pass that brings three changes.
    Errors: BrakeError where too much of the table would go or change and nobody allowed it.
    """
    own = source.settings
    of_changes = not entity.is_virtual  # a new price list changes every price
    brake = None if allow_mass_change else Brake(own.brake_percent, own.brake_rows, of_changes)
    counts = map_pending(store, own, entity, run_id=run.id, brake=brake)
    quarantine.replay(store, source, entity.name, run_id=run.id, only_if_known_more=True)
    with store.reading() as tx:
        standing = _standing(tx, source, entity) if tell_standing else None
        refused = rejections.summary(tx, source.id, entity.name, limit=SAMPLE)
    total = standing.control_total if standing else {}
    with store.transaction() as tx:
        runs.mapped(
            tx, run_id=run.id, source=source.id, entity=entity.name, job=run.job, counts=counts, total=total
        )
    return Mapped(counts, refused, standing)


def _standing(tx: Tx, source: Source, entity: Entity) -> Standing:
    totals = control.totals(tx, entity.table, source.id, entity.name)
    shown = {currency: str(Money(units, currency)) for currency, units in totals.items()}
    return Standing(records.count(tx, entity.table, source.id, entity.name), shown)


def refresh_balances(store: Store, source: Source, *, everything: bool = False) -> Balanced:
    """Derive the balances and open items that changed since last time, or every one, from the movements.

    What changed in a period that the counterparty agreed to is looked for in the same state.
    """
    with store.transaction() as tx:
        keys = balances.touched(tx, source.id)
        counts = balances.refresh(tx, source.id, None if everything else keys)
        unequal = tuple(balances.unequal(tx, source.id))
        agreed.detect(tx, source.id, keys)
        changes = tuple(agreed.open_changes(tx, source.id))
    return Balanced(counts, unequal, changes)

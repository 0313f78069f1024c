"""Reading single records by their keys: what a notification, a census or a comparison named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assets import alone, census, land, sync
from assets.census import Counted
from assets.land import Landed
from assets.source import Source
from assets.sync import Mapped, Run
from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import HubError
from store import landing, runs
from store.engine import Store


@dataclass(frozen=True, slots=True)
class Named:
    """Records of one entity by the first part of their keys.

    `types` gives, for movements, the entity set of each recorder: a register cannot be asked without it.
    """

    entity: Entity
    keys: tuple[str, ...]
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What reading by key landed and mapped, by entity."""

    landed: dict[str, Landed]
    mapped: dict[str, Mapped]


def pull(store: Store, client: ODataClient, source: Source, wanted: Iterable[Named], run: Run) -> Pulled:
    """Read the named records and map them: one that the source no longer has becomes a tombstone."""
    merged = [named for named in wanted if named.keys]
    landed = {named.entity.name: _land(store, client, named, run) for named in merged}
    mapped = {named.entity.name: sync.map_entity(store, source, named.entity, run) for named in merged}
    return Pulled(landed, mapped)


def _land(store: Store, client: ODataClient, named: Named, run: Run) -> Landed:
    landed, entity, source = Landed(), named.entity, client.source
    with store.transaction() as tx:
        runs.start(tx, run_id=run.id, source=source.id, entity=entity.name, job=run.job)
    try:
        with (
            alone.reading(store, source, run.id) as lease,
            land.kept_when_refused(store, source.id, entity, run.id),
            land.cost(client, landed),
        ):
            for unit in client.read_keys(entity.source_set, named.keys, named.types):
                landing.save(store, source.id, entity.name, unit, run_id=run.id, lease=lease)
                land.count(landed, unit)
    except HubError as error:
        sync.note_failure(store, source.id, entity, run, error)
        raise
    sync.note_landed(store, source.id, entity, run, landed)
    return landed


def records(source: Source, wanted: Mapping[str, str]) -> list[Named]:
    """Records by id and kind, the hub's word or the source's set; documents with their movements.

    A kind that nothing here reads is taken for a document that only moves settlements.
    """
    by_entity: dict[str, list[str]] = {}
    recorders: dict[str, str] = {}
    for key, kind in wanted.items():
        entity = next((one for one in source.entities if kind in (one.name, one.source)), None)
        if entity is not None:
            by_entity.setdefault(entity.name, []).append(key)
        if entity is None or entity.family == "documents":
            recorders[key] = entity.source if entity else kind
    found = [Named(source.entity(name), tuple(sorted(keys))) for name, keys in sorted(by_entity.items())]
    return [*found, *_movements(source, sorted(recorders), recorders)]


def _movements(source: Source, recorders: Sequence[str], sets: Mapping[str, str]) -> list[Named]:
    return [
        Named(entity, tuple(recorders), sets)
        for entity in source.entities
        if entity.family == "settlements" and entity.period is not None
    ]


def count(
    store: Store, client: ODataClient, source: Source, entity: Entity, run: Run
) -> tuple[Counted, Pulled]:
    """Count an entity's records by days against the source, and read again those that differ."""
    read = Pulled({}, {})

    def pull_keys(keys: Sequence[str], types: Mapping[str, str]) -> None:
        found = pull(store, client, source, [Named(entity, tuple(keys), types)], run)
        read.landed.update(found.landed)
        read.mapped.update(found.mapped)

    return census.census(store, client, source, entity, run=run, pull_keys=pull_keys), read

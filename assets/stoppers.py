"""Which record stops the exchange package: found in what was read by windows instead, and quarantined."""

from __future__ import annotations

from collections.abc import Iterator

from assets.source import Source
from connectors import forbidden
from mappings.entity import Entity
from store import landed, landing, rejections
from store.batch import Rejection
from store.engine import Store

STEP = "exchange"


def look(store: Store, source: Source, run_id: str) -> None:
    """Search what this run landed of the exchanged entities for records that hold up the package."""
    found = {entity.name: list(_in_entity(store, source, entity, run_id)) for entity in source.exchanged}
    with store.transaction() as tx:
        for entity, rejected in found.items():
            rejections.save(tx, source.id, entity, rejected, step=STEP)
            rejections.resolve_unseen(tx, source.id, entity, step=STEP)


def resolve(store: Store, source: Source) -> None:
    """A package came: nothing holds it up any more."""
    with store.transaction() as tx:
        for entity in source.exchanged:
            rejections.resolve_unseen(tx, source.id, entity.name, step=STEP)


def _in_entity(store: Store, source: Source, entity: Entity, run_id: str) -> Iterator[Rejection]:
    key = entity.source_set.key[0]
    with store.reading() as tx:
        pages = [page for unit in landed.of_run(tx, source.id, entity.name, run_id) for page in unit.pages]
    for page in pages:
        for bad in forbidden.find(landing.read(store, page), key):
            yield Rejection(
                bad.record_id,
                bad.path,
                (bad.path,),
                f"the character {bad.name} cannot travel in an exchange package: the base makes none",
                "Remove the character from this field in the accounting system; the package comes by itself then.",
                page.id,
                bad.place,
            )

"""Counting every record against the source, day by day: what was deleted or changed without a word is found.

Only key, version and date are read. Days whose count and hash are the same are equal; in the others the keys
are compared, and exactly those that differ are read again. Nothing is deleted here: what the source no longer
has is missing from the answer to a question by key, and that makes the tombstone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assets.counting import Counting, Difference
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import SourceError, StoreError
from store import agreement
from store import census as tally
from store.engine import Store

PullKeys = Callable[[Sequence[str], Mapping[str, str]], object]

MOST = 0.5  # of the source's records: more than that is no matter of single keys


@dataclass(frozen=True, slots=True)
class Counted:
    """What a census of one entity found, and had read again, by key.

    `vanished` records are not there any more, `moved` ones are dated on another day, `changed` ones have
    another version or content. `again` is no news: records in quarantine whose bytes never came, or that the
    source no longer has. `held` are changed movements of documents that a comparison named: where the
    source's settings ask before they repair, these wait for the repair.
    """

    entity: str
    records: int = 0
    days: int = 0
    differing_days: int = 0
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What is read again."""
        news = {*self.appeared, *self.vanished, *self.changed, *self.moved}
        return tuple(sorted((news | set(self.again)) - set(self.held)))


def census(
    store: Store, client: ODataClient, source: Source, entity: Entity, *, run: Run, pull_keys: PullKeys
) -> Counted:
    """Count an entity and have `pull_keys` read what differs: keys, and the entity sets of recorders.

    A reading that fails half-way settles what it read completely before its error goes on its way.
    """
    began_at = datetime.now(UTC)
    counting = Counting(store, client.source, entity)
    found, failure = Difference(), None
    try:
        for unit in client.read(counting.source_set, narrow=True):
            counting.compare(unit, found)
    except SourceError as error:
        failure = error
    counted = _judge(store, counting, found, whole=failure is None)
    if source.settings.repair == "ask" and not counting.has_versions:
        counted = replace(counted, held=_named(store, source, counted.changed))
    _refuse_masses(source, counted)
    if counted.keys:
        pull_keys(counted.keys, _types(source, counting.recorder_kinds(counted.keys, found)))
    with store.transaction() as tx:
        tally.save(tx, _row(counted, source.id, run, began_at))
    if failure is not None:
        raise failure
    return counted


def _judge(store: Store, counting: Counting, found: Difference, *, whole: bool) -> Counted:
    """Tell what became of every key that differs; what is `whole` also tells what quarantine holds in vain."""
    of = counting.of
    with store.reading() as tx:
        living = tally.living(tx, of, found.source_only)
    known, again = counting.quarantined(found)
    kinds: dict[str, list[str]] = defaultdict(list)
    for head in sorted((found.source_only.keys() | found.store_only.keys()) - known - found.refused - again):
        kinds[_what(head, found, living)].append(head)
    if whole:
        again |= counting.quarantine.keys() - found.seen - found.refused
    return Counted(
        entity=of.entity,
        records=found.records,
        days=found.days,
        differing_days=found.differing_days,
        appeared=tuple(kinds["appeared"]),
        vanished=tuple(kinds["vanished"]),
        changed=tuple(kinds["changed"]),
        moved=tuple(kinds["moved"]),
        again=tuple(sorted(again)),
    )


def _named(store: Store, source: Source, changed: Sequence[str]) -> tuple[str, ...]:
    with store.reading() as tx:
        named = {one.recorder_id for one in agreement.open_documents(tx, source.id)}
    return tuple(key for key in changed if key in named)


def _what(head: str, found: Difference, living: set[str]) -> str:
    if head not in found.source_only:
        return "changed" if head in found.there else "vanished"
    if head in found.store_only:
        return "changed" if found.source_only[head] == found.store_only[head] else "moved"
    return "changed" if head in living else "appeared"


def _types(source: Source, kinds: Mapping[str, str]) -> Mapping[str, str]:
    """The entity set of each recorder, from the hub's word for it."""
    sets = {entity.name: entity.source for entity in source.entities}
    return {key: sets.get(kind, kind) for key, kind in kinds.items()}


def _row(counted: Counted, source: str, run: Run, began_at: datetime) -> tally.Census:
    return tally.Census(
        source=source,
        entity=counted.entity,
        run_id=run.id,
        began_at=began_at,
        days=counted.days,
        records=counted.records,
        differing_days=counted.differing_days,
        appeared=len(counted.appeared),
        vanished=len(counted.vanished),
        changed=len(counted.changed) + len(counted.moved),
    )


def _refuse_masses(source: Source, counted: Counted) -> None:
    if len(counted.appeared) > max(source.settings.limits.page_rows, MOST * counted.records):
        raise StoreError(
            f"{len(counted.appeared)} of {counted.records} records of {counted.entity} are not in the store",
            hint=f"`saldo sync --full {source.id}` reads them in pages; one by one they would take too long",
            source=source.id,
            entity=counted.entity,
        )

"""Reading what concerns some counterparties: their records by who they refer to, movements by settlement key.

Only keys and versions are listed; what differs from the store is read by its key, as a notification's records
are. So a unit is complete in itself, and what is not there any more becomes a tombstone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from assets import named, sync
from assets.named import Named
from assets.ordinary import Pulled
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.types import WallClock
from store import concerning, watermarks
from store.engine import Store

OWNER, KEY, VERSION = "counterparty_id", "settlement_key_id", "version"
FAMILIES = ("parties", "documents", "settlements")


@dataclass(slots=True)
class _Wanted:
    """What is to be read: ids by entity, and the documents whose movements are, with their entity sets."""

    records: dict[str, set[str]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)


def can(store: Store, source: Source) -> bool:
    """Whether everything that makes a balance was read before: a first load is no matter of single keys."""
    with store.reading() as tx:
        return all(watermarks.is_known(tx, source.id, one.name) for one in concerned(source))


def pull(
    store: Store, client: ODataClient, source: Source, counterparties: Sequence[str], run: Run
) -> Pulled:
    """Read what differs of these counterparties, as far back as the ordinary windows reach, and balance it."""
    start = client.wall_clock() - timedelta(days=source.settings.overlap_days)
    since = WallClock(start.isoformat(timespec="seconds"))
    wanted = _Wanted({"counterparty": set(counterparties)})
    for entity in concerned(source):
        if OWNER in entity.table.fields:
            _compare(store, client, source, entity, counterparties, since, wanted)
    keys = _settlement_keys(store, source, wanted, counterparties)
    for entity in _movements(source):
        _moved(store, client, source, entity, keys, since, wanted)
    read = named.pull(store, client, source, _named(source, wanted), run)
    return Pulled(None, read.landed, read.mapped, sync.refresh_balances(store, source))


def concerned(source: Source) -> list[Entity]:
    """What is read by windows and belongs to a counterparty, or makes its balance."""
    return [
        one
        for one in source.entities
        if one.family in FAMILIES
        and source.learns_by(one) == "window"
        and (OWNER in one.table.fields or KEY in one.table.fields or one.name == "counterparty")
    ]


def _movements(source: Source) -> list[Entity]:
    return [one for one in concerned(source) if KEY in one.table.fields]


def _compare(
    store: Store,
    client: ODataClient,
    source: Source,
    entity: Entity,
    counterparties: Sequence[str],
    since: WallClock,
    wanted: _Wanted,
) -> None:
    """Want what the source has otherwise than the store, and what only one of them has."""
    owner = _wire(entity, OWNER)
    if not owner:
        return
    dated = (entity.period_field, since) if entity.period_field else None
    version = _wire(entity, VERSION) if VERSION in entity.table.fields else ""
    there = client.keys_of(
        entity.source_set, owner, counterparties, told=version, start=since if entity.period else None
    )
    with store.reading() as tx:
        here = concerning.versions(tx, source.id, entity.name, entity.table, counterparties, dated)
    differing = {key for key in here.keys() | there.keys() if here.get(key) != there.get(key)}
    wanted.records.setdefault(entity.name, set()).update(differing)
    if entity.family == "documents":
        wanted.moved.update(dict.fromkeys(differing, entity.source))


def _settlement_keys(
    store: Store, source: Source, wanted: _Wanted, counterparties: Iterable[str]
) -> list[str]:
    """Those the store knows, and those that are just being read."""
    with store.reading() as tx:
        known = concerning.settlement_keys(tx, source.id, list(counterparties))
    return sorted({*known, *wanted.records.get("settlement_key", ())})


def _moved(
    store: Store,
    client: ODataClient,
    source: Source,
    entity: Entity,
    keys: Sequence[str],
    since: WallClock,
    wanted: _Wanted,
) -> None:
    """Want the movements of documents that only one side has: their kinds may be none that is read here."""
    if not keys:
        return
    there = client.keys_of(entity.source_set, _wire(entity, KEY), keys, start=since)
    with store.reading() as tx:
        here = concerning.recorders(tx, source.id, entity.table, keys, since)
    sets = {one.name: one.source for one in source.entities}
    for key in here.keys() ^ there.keys():
        wanted.moved.setdefault(key, there.get(key) or sets.get(here.get(key, ""), here.get(key, "")))


def _named(source: Source, wanted: _Wanted) -> list[Named]:
    found = [
        Named(one, tuple(sorted(wanted.records.get(one.name, ()))))
        for one in source.entities
        if one.family in FAMILIES and KEY not in one.table.fields
    ]
    recorders = tuple(sorted(wanted.moved))
    return [*found, *(Named(one, recorders, wanted.moved) for one in _movements(source))]


def _wire(entity: Entity, field_name: str) -> str:
    """The source's field that a field is read from; "" where this installation has none."""
    found = entity.fields[field_name].reads
    return found[0].name if found else ""

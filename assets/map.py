"""From the landing to the site store: read pending units, map them, merge each in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from connectors.decode import Decoder, decoder_of
from connectors.decode_atom import AtomDecoder
from connectors.dialects import DIALECTS, Dialect
from connectors.wire_types import attribute
from mappings.compiled import Mapper, compile_entity
from mappings.entity import Entity
from mappings.values import Context
from schemas import TABLES
from schemas.errors import BrakeError, HubError, SourceContractError
from schemas.records import RecordTable
from schemas.settings import SourceSettings
from store import landing, records, reference
from store.engine import Store
from store.landing import LandedRefusal, LandedUnit
from store.records import Batch, Brake, MergeCounts, Rejection

MEND = "Correct the record in the accounting system and pull again."


@dataclass(slots=True)
class MapCounts:
    """What mapping did to the store, over all units."""

    units: int = 0
    read: int = 0
    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    rejected: int = 0

    def add(self, merged: MergeCounts) -> None:
        self.units += 1
        for name in ("read", "inserted", "changed", "unchanged", "gone", "rejected"):
            setattr(self, name, getattr(self, name) + getattr(merged, name))


def map_pending(
    store: Store, source: SourceSettings, entity: Entity, *, run_id: str, brake: Brake | None = None
) -> MapCounts:
    """Map what was landed and not yet mapped."""
    pending = landing.pending(store, source.id, entity.name)
    return map_units(store, source, entity, pending, run_id=run_id, brake=brake)


def map_units(
    store: Store,
    source: SourceSettings,
    entity: Entity,
    units: Iterable[LandedUnit],
    *,
    run_id: str,
    brake: Brake | None = None,
) -> MapCounts:
    """Map units in the order they landed. Needs nothing but the store: a replay is this, over all units.

    A unit that cannot be read, or that the brake stops, does not hold up those after it. It is set aside once
    they hold its whole scope; until then it stays pending and its error is raised when the others are mapped.
    """
    counts = MapCounts()
    decoders = Decoders(entity, DIALECTS[source.dialect])
    mapper: Mapper | None = None
    held: list[tuple[LandedUnit, HubError]] = []
    for unit in units:
        mapper = mapper or compile_entity(entity, _context(store, source.id), attribute)
        try:
            batch = _batch(store, entity, unit, decoders, mapper)
            counts.add(_merge(store, source.id, entity, unit, batch, run_id, brake))
        except (SourceContractError, BrakeError) as error:
            held.append((unit, error))
    for unit, cause in held:
        with store.transaction() as tx:
            if not records.supersede(tx, source.id, entity.name, unit):
                raise cause
    return counts


def _merge(
    store: Store,
    source: str,
    entity: Entity,
    unit: LandedUnit,
    batch: Batch,
    run_id: str,
    brake: Brake | None,
) -> MergeCounts:
    with store.transaction() as tx:
        return records.merge(
            tx,
            source=source,
            entity=entity.name,
            main=entity.table,
            unit=unit,
            batch=batch,
            mapping_digest=entity.digest,
            run_id=run_id,
            period=entity.period_field,
            brake=brake,
        )


def _context(store: Store, source: str) -> Context:
    with store.reading() as tx:
        return Context(reference.currency_codes(tx, source), reference.contact_kinds(tx, source))


class Decoders:
    """One decoder per form an entity's pages may have: JSON by windows, Atom from the exchange plan."""

    def __init__(self, entity: Entity, dialect: Dialect) -> None:
        self._source_set = entity.source_set
        self._dialect = dialect
        self._made: dict[str, Decoder | AtomDecoder] = {}

    def of(self, media_type: str) -> Decoder | AtomDecoder:
        if media_type not in self._made:
            self._made[media_type] = decoder_of(self._source_set, self._dialect, media_type)
        return self._made[media_type]


def _batch(store: Store, entity: Entity, unit: LandedUnit, decoders: Decoders, mapper: Mapper) -> Batch:
    written = (entity.table, *(part.table for part in entity.rows))
    rows: dict[RecordTable, list[tuple[Any, ...]]] = {table: [] for table in written}
    rejections = [_not_given(refused) for refused in unit.refused]
    read = len(rejections)
    for page in unit.pages:
        decoded = decoders.of(page.media_type).rows(landing.read(store, page))
        read += len(decoded.rows) + len(decoded.rejected)
        mapped = mapper.map_page(zip(decoded.places, decoded.rows, strict=True), page.id)
        for name, found in mapped.rows.items():
            rows.setdefault(TABLES[name], []).extend(found)
        rejections += [
            Rejection(item.record_id, item.field, item.paths, item.reason, item.hint, page.id, item.place)
            for item in mapped.refused
        ]
        rejections += [
            Rejection(item.record_id, item.path, (item.path,), item.reason, MEND, page.id, item.place)
            for item in decoded.rejected
        ]
    return Batch(rows=rows, rejected=rejections, read=read)


def _not_given(refused: LandedRefusal) -> Rejection:
    """A record that the source has and cannot give: what came instead is the page."""
    return Rejection(refused.record_id, "", (), refused.reason, refused.hint, refused.page_id, 0)

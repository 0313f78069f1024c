"""From the accounting system to the landing: fetch complete units, keep their bytes, move the watermark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import SourceError
from schemas.source import RawUnit
from schemas.types import WallClock
from store import landing, watermarks
from store.engine import Store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """Which part to read: everything (`full`), a period, or what is newer than the watermark."""

    full: bool = False
    start: WallClock | None = None
    end: WallClock | None = None

    @property
    def is_period(self) -> bool:
        return self.start is not None or self.end is not None


@dataclass(slots=True)
class Landed:
    """What one reading landed; `source_s` is the time spent waiting for the accounting system."""

    units: int = 0
    pages: int = 0
    bytes: int = 0
    source_s: float = 0.0
    watermark_before: WallClock | None = None
    watermark_after: WallClock | None = None


def land(store: Store, client: ODataClient, entity: Entity, reading: Reading, *, run_id: str) -> Landed:
    """Read the part that `reading` names and land every unit of it as it arrives.

    The watermark becomes the base's clock at the start of the reading, in the transaction that lands the
    last unit. A reading that fails half-way keeps what it landed and leaves the watermark where it was.
    """
    source = client.source.id
    with store.reading() as tx:
        before = watermarks.get(tx, source, entity.name)
    landed = Landed(watermark_before=before, watermark_after=before)
    began = WallClock(client.wall_clock().isoformat())
    start, end = _period(client, entity, reading, before)
    try:
        for unit, last in _with_last(client.read(entity.source_set, start, end)):
            mark = began if last and not reading.is_period else None
            landing.save(store, source, entity.name, unit, run_id=run_id, watermark=mark)
            _count(landed, unit)
            landed.watermark_after = mark or landed.watermark_after
    except SourceError as error:
        if error.received is not None:
            request = str(error.context.get("request", ""))
            landing.save_refused(
                store, source, entity.name, request, error.received, error.message, run_id=run_id
            )
        raise
    return landed


def _period(
    client: ODataClient, entity: Entity, reading: Reading, before: WallClock | None
) -> tuple[WallClock | None, WallClock | None]:
    if entity.period is None or reading.full:
        return None, None
    if reading.is_period:
        return reading.start, reading.end
    if before is None:
        return None, None
    overlap = timedelta(days=client.source.overlap_days)
    return WallClock((datetime.fromisoformat(before) - overlap).isoformat()), None


def _count(landed: Landed, unit: RawUnit) -> None:
    landed.units += 1
    landed.pages += len(unit.pages)
    landed.bytes += sum(len(page.body) for page in unit.pages)
    landed.source_s += sum(page.seconds for page in unit.pages)


def _with_last(items: Iterable[T]) -> Iterator[tuple[T, bool]]:
    """Each item with whether it is the last."""
    iterator = iter(items)
    try:
        held = next(iterator)
    except StopIteration:
        return
    for item in iterator:
        yield held, False
        held = item
    yield held, True

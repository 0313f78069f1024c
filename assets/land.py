"""From the accounting system to the landing: fetch complete units, keep their bytes, move the watermark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import SourceError
from schemas.source import RawUnit
from schemas.types import WallClock
from store import landing, watermarks
from store.engine import Store
from store.leases import Lease

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
    """What one reading landed, and what it cost the accounting system: `source_s` is its time, summed over
    parallel requests, `sessions` those of 1C that were opened. `refused` records could not be had at all.
    `absent` tells why an optional entity was not read: the base has no such set for the hub's user.
    """

    units: int = 0
    pages: int = 0
    refused: int = 0
    bytes: int = 0
    requests: int = 0
    sessions: int = 0
    source_s: float = 0.0
    watermark_before: WallClock | None = None
    watermark_after: WallClock | None = None
    absent: SourceError | None = None


def land(
    store: Store, client: ODataClient, entity: Entity, reading: Reading, *, run_id: str, lease: Lease
) -> Landed:
    """Read the part that `reading` names and land every unit of it as it arrives.

    The watermark becomes the base's clock at the start of the reading less the late-commit margin, in the
    transaction that lands the last unit. A reading that fails half-way keeps what it landed and leaves the
    watermark where it was.
    """
    source = client.source.id
    with store.reading() as tx:
        before = watermarks.get(tx, source, entity.name)
    landed = Landed(watermark_before=before, watermark_after=before)
    began = client.wall_clock()
    start, end = _period(client, entity, reading, before)
    with kept_when_refused(store, source, entity, run_id), cost(client, landed):
        for unit, last in _with_last(client.read(entity.source_set, start, end)):
            mark = _mark(client, began) if last and not reading.is_period else None
            landing.save(store, source, entity.name, unit, run_id=run_id, watermark=mark, lease=lease)
            count(landed, unit)
            landed.watermark_after = mark or landed.watermark_after
    return landed


@contextmanager
def kept_when_refused(store: Store, source: str, entity: Entity, run_id: str) -> Iterator[None]:
    """Land what came instead of an answer before its error goes on its way."""
    try:
        yield
    except SourceError as error:
        if error.received is not None:
            request = str(error.context.get("request", ""))
            landing.save_refused(
                store, source, entity.name, request, error.received, error.message, run_id=run_id
            )
        raise


@contextmanager
def cost(client: ODataClient, landed: Landed) -> Iterator[None]:
    """Add to `landed` what the work inside asks of the accounting system."""
    before = replace(client.statistics)
    try:
        yield
    finally:
        now = client.statistics
        landed.requests += now.requests - before.requests
        landed.sessions += now.sessions - before.sessions
        landed.source_s += now.seconds - before.seconds


def _mark(client: ODataClient, began: datetime) -> WallClock:
    """By the slower of the two clocks: what is dated by the base's must not lie before the watermark."""
    behind = min(client.statistics.clock_ahead_s or 0.0, 0.0)
    margin = timedelta(seconds=client.source.late_commit_s - behind)
    return WallClock((began - margin).replace(microsecond=0).isoformat())


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


def count(landed: Landed, unit: RawUnit) -> None:
    landed.units += 1
    landed.pages += len(unit.pages)
    landed.refused += len(unit.refused)
    landed.bytes += sum(len(page.body) for page in unit.pages)


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

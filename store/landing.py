"""Bytes as received, and which of them are still to be mapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from schemas.source import RawPage, RawUnit, Scope
from schemas.types import WallClock
from store import watermarks
from store.blobs import Blob
from store.engine import Store, Tx
from store.tables import LANDING_PAGE, LANDING_UNIT


@dataclass(frozen=True, slots=True)
class LandedPage:
    id: int
    seq: int
    request: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class LandedUnit:
    id: int
    scope: Scope
    pages: tuple[LandedPage, ...]


def save(
    store: Store, source: str, entity: str, unit: RawUnit, *, run_id: str, watermark: WallClock | None = None
) -> int:
    """Keep the unit's bytes, then its rows and the watermark in one transaction. Gives the unit's id.

    The watermark moves where one is given, or where the unit holds the whole set; it never moves back.
    """
    blobs = [store.blobs.write(page.body) for page in unit.pages]
    fetched_at = min((page.fetched_at for page in unit.pages), default=datetime.now(UTC))
    with store.transaction() as tx:
        unit_id = _insert_id(
            tx,
            LANDING_UNIT,
            source=source,
            entity=entity,
            scope_start=unit.scope.start,
            scope_end=unit.scope.end,
            pages=len(unit.pages),
            bytes=sum(blob.size for blob in blobs),
            fetched_at=fetched_at,
            seconds=sum(page.seconds for page in unit.pages),
            run_id=run_id,
            state="landed",
        )
        for seq, (page, blob) in enumerate(zip(unit.pages, blobs, strict=True)):
            _insert_id(tx, LANDING_PAGE, unit_id=unit_id, **_page_row(source, entity, seq, page, blob))
        if watermark is not None or unit.scope == Scope():
            watermarks.advance(tx, source, entity, watermark, unit_id=unit_id, run_id=run_id)
    return unit_id


def save_refused(
    store: Store, source: str, entity: str, request: str, body: bytes, error: str, *, run_id: str
) -> int:
    """Keep bytes that are not a usable answer, with why; they belong to no unit. Gives the page's id."""
    page = RawPage(request, body, datetime.now(UTC), 0.0, "application/octet-stream")
    blob = store.blobs.write(body)
    with store.transaction() as tx:
        row = _page_row(source, entity, 0, page, blob)
        return _insert_id(tx, LANDING_PAGE, error=f"run {run_id}: {error}", **row)


def pending(store: Store, source: str, entity: str) -> list[LandedUnit]:
    """Units that are landed and not mapped, in the order of landing."""
    return list(_units(store, source, entity, only_pending=True))


def units(store: Store, source: str, entity: str) -> Iterator[LandedUnit]:
    """Every unit in the order of landing, for a replay."""
    return _units(store, source, entity, only_pending=False)


def read(store: Store, page: LandedPage) -> bytes:
    return store.blobs.read(page.sha256, page=page.id)


def _page_row(source: str, entity: str, seq: int, page: RawPage, blob: Blob) -> dict[str, Any]:
    return {
        "seq": seq,
        "source": source,
        "entity": entity,
        "request": page.request,
        "sha256": blob.sha256,
        "size": blob.size,
        "stored_size": blob.stored_size,
        "media_type": page.media_type,
        "fetched_at": page.fetched_at,
        "seconds": page.seconds,
    }


def _insert_id(tx: Tx, table: Any, **row: Any) -> int:
    key = tx.connection.execute(insert(table).values(**row)).inserted_primary_key
    if key is None:
        raise RuntimeError(f"{table.name} gave no key")
    return int(key[0])


_BATCH = 200


def _units(store: Store, source: str, entity: str, *, only_pending: bool) -> Iterator[LandedUnit]:
    """Read in batches, each in its own short transaction: the caller writes in between."""
    after = 0
    while True:
        with store.reading() as tx:
            batch = _batch(tx, source, entity, after, only_pending=only_pending)
        yield from batch
        if len(batch) < _BATCH:
            return
        after = batch[-1].id


def _batch(tx: Tx, source: str, entity: str, after: int, *, only_pending: bool) -> list[LandedUnit]:
    unit = LANDING_UNIT.c
    wanted = select(unit.id, unit.scope_start, unit.scope_end).where(
        unit.source == source, unit.entity == entity, unit.id > after
    )
    if only_pending:
        wanted = wanted.where(unit.state == "landed")
    found = tx.connection.execute(wanted.order_by(unit.id).limit(_BATCH)).all()
    pages = _pages(tx, [row.id for row in found])
    return [LandedUnit(row.id, Scope(row.scope_start, row.scope_end), pages[row.id]) for row in found]


def _pages(tx: Tx, unit_ids: Sequence[int]) -> dict[int, tuple[LandedPage, ...]]:
    page = LANDING_PAGE.c
    rows = tx.connection.execute(
        select(page.unit_id, page.id, page.seq, page.request, page.sha256, page.size)
        .where(page.unit_id.in_(unit_ids))
        .order_by(page.unit_id, page.seq)
    )
    pages: dict[int, tuple[LandedPage, ...]] = dict.fromkeys(unit_ids, ())
    for unit_id, *fields in rows:
        pages[unit_id] = (*pages[unit_id], LandedPage(*fields))
    return pages

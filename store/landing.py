"""Bytes as received, and which of them are still to be mapped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row, Select, insert, select

from schemas.source import RawPage, RawUnit, RefusedRecord, Scope
from schemas.types import WallClock
from store import leases, watermarks
from store.blobs import Blob
from store.engine import Store, Tx
from store.leases import Lease
from store.tables import LANDING_PAGE, LANDING_UNIT

State = Literal["landed", "kept"]


@dataclass(frozen=True, slots=True)
class LandedPage:
    id: int
    seq: int
    request: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class LandedRefusal:
    """A record of the unit that the source could not give; the page is what came in its place."""

    page_id: int
    record_id: str
    reason: str
    hint: str
    request: str


@dataclass(frozen=True, slots=True)
class LandedUnit:
    id: int
    scope: Scope
    pages: tuple[LandedPage, ...]
    refused: tuple[LandedRefusal, ...] = ()

    @property
    def landings(self) -> list[int]:
        """The ids of everything that was landed with the unit."""
        return [*(page.id for page in self.pages), *(refusal.page_id for refusal in self.refused)]


def save(
    store: Store,
    source: str,
    entity: str,
    unit: RawUnit,
    *,
    run_id: str,
    watermark: WallClock | None = None,
    lease: Lease | None = None,
    state: State = "landed",
) -> int:
    """Keep the unit's bytes, then its rows and the watermark in one transaction. Gives the unit's id.

    The watermark moves where one is given, or where the unit holds the whole set; it never moves back, and
    a unit of keys leaves it alone. One that is only `kept` stays for what names it, and is never mapped.
    Errors: LeaseLostError where `lease` is no longer held.
    """
    if not unit.pages and not unit.refused:
        raise ValueError(f"a unit of {entity} without any answer says nothing")
    blobs = [store.blobs.write(page.body) for page in unit.pages]
    refused = [(_page_of(record), store.blobs.write(record.body), record) for record in unit.refused]
    with store.transaction() as tx:
        if lease is not None:
            leases.check(tx, lease)
        unit_id = _insert_unit(
            tx, source, entity, unit.scope, unit.pages, [blob.size for blob in blobs], run_id, state
        )
        for seq, (page, blob) in enumerate(zip(unit.pages, blobs, strict=True)):
            _insert_id(tx, LANDING_PAGE, unit_id=unit_id, **_page_row(source, entity, seq, page, blob))
        for seq, (page, blob, record) in enumerate(refused, start=len(blobs)):
            why = {"error": record.reason, "hint": record.hint, "record_id": record.record_id}
            _insert_id(tx, LANDING_PAGE, unit_id=unit_id, **_page_row(source, entity, seq, page, blob), **why)
        if unit.scope.keys is None and (watermark is not None or unit.scope == Scope()):
            watermarks.advance(tx, source, entity, watermark, unit_id=unit_id, run_id=run_id)
    return unit_id


def save_package(
    store: Store,
    source: str,
    page: RawPage,
    keys: Mapping[str, Sequence[str]],
    *,
    run_id: str,
    lease: Lease | None = None,
) -> dict[str, int]:
    """Keep one body that speaks of several entities: for each a unit of the `keys` it names, all or nothing.

    Gives the units' ids by entity. Errors: LeaseLostError where `lease` is no longer held.
    """
    blob = store.blobs.write(page.body)
    units: dict[str, int] = {}
    with store.transaction() as tx:
        if lease is not None:
            leases.check(tx, lease)
        for entity, named in keys.items():
            scope = Scope(keys=tuple(named))
            units[entity] = _insert_unit(tx, source, entity, scope, (page,), [blob.size], run_id)
            row = _page_row(source, entity, 0, page, blob)
            _insert_id(tx, LANDING_PAGE, unit_id=units[entity], **row)
    return units


def save_refused(
    store: Store, source: str, entity: str, request: str, body: bytes, error: str, *, run_id: str
) -> int:
    """Keep bytes that are not a usable answer, with why; they belong to no unit. Gives the page's id."""
    page = RawPage(request, body, datetime.now(UTC), 0.0, _UNKNOWN)
    blob = store.blobs.write(body)
    with store.transaction() as tx:
        row = _page_row(source, entity, 0, page, blob)
        return _insert_id(tx, LANDING_PAGE, error=f"run {run_id}: {error}", **row)


def pending(store: Store, source: str, entity: str) -> list[LandedUnit]:
    """Units that are landed and not mapped, in the order of landing."""
    return list(_in_batches(store, _of(source, entity).where(LANDING_UNIT.c.state == "landed")))


def units(store: Store, source: str, entity: str) -> Iterator[LandedUnit]:
    """Every unit in the order of landing, for a replay."""
    return _in_batches(store, _of(source, entity))


def found(tx: Tx, unit_ids: Iterable[int]) -> list[LandedUnit]:
    """These units in the order of landing."""
    return _read(tx, select(*_COLUMNS).where(LANDING_UNIT.c.id.in_(list(unit_ids))))


def read(store: Store, page: LandedPage) -> bytes:
    return store.blobs.read(page.sha256, page=page.id)


def scope_of(row: Any) -> Scope:
    """The scope in a row of `scope_start`, `scope_end` and `keys`."""
    return Scope(row.scope_start, row.scope_end, None if row.keys is None else tuple(json.loads(row.keys)))


_UNKNOWN = "application/octet-stream"


def _page_of(record: RefusedRecord) -> RawPage:
    return RawPage(record.request, record.body, datetime.now(UTC), 0.0, _UNKNOWN)


def _insert_unit(
    tx: Tx,
    source: str,
    entity: str,
    scope: Scope,
    pages: Sequence[RawPage],
    sizes: Sequence[int],
    run_id: str,
    state: State = "landed",
) -> int:
    return _insert_id(
        tx,
        LANDING_UNIT,
        source=source,
        entity=entity,
        scope_start=scope.start,
        scope_end=scope.end,
        keys=None
        if scope.keys is None
        else json.dumps(scope.keys, ensure_ascii=False, separators=(",", ":")),
        pages=len(pages),
        bytes=sum(sizes),
        fetched_at=min((page.fetched_at for page in pages), default=tx.now),
        seconds=sum(page.seconds for page in pages),
        run_id=run_id,
        state=state,
    )


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
_COLUMNS = tuple(LANDING_UNIT.c[name] for name in ("id", "scope_start", "scope_end", "keys"))


def _of(source: str, entity: str) -> Select[Any]:
    return select(*_COLUMNS).where(LANDING_UNIT.c.source == source, LANDING_UNIT.c.entity == entity)


def _in_batches(store: Store, wanted: Select[Any]) -> Iterator[LandedUnit]:
    """Read in batches, each in its own short transaction: the caller writes in between."""
    after = 0
    while True:
        with store.reading() as tx:
            batch = _read(tx, wanted.where(LANDING_UNIT.c.id > after).limit(_BATCH))
        yield from batch
        if len(batch) < _BATCH:
            return
        after = batch[-1].id


def _read(tx: Tx, wanted: Select[Any]) -> list[LandedUnit]:
    rows = tx.connection.execute(wanted.order_by(LANDING_UNIT.c.id)).all()
    pages: dict[int, list[LandedPage]] = {row.id: [] for row in rows}
    refused: dict[int, list[LandedRefusal]] = {row.id: [] for row in rows}
    for page in _pages(tx, list(pages)):
        if page.error is None:
            landed = LandedPage(page.id, page.seq, page.request, page.sha256, page.size, page.media_type)
            pages[page.unit_id].append(landed)
        else:
            refusal = LandedRefusal(page.id, page.record_id or "", page.error, page.hint or "", page.request)
            refused[page.unit_id].append(refusal)
    return [LandedUnit(row.id, scope_of(row), tuple(pages[row.id]), tuple(refused[row.id])) for row in rows]


def _pages(tx: Tx, unit_ids: Sequence[int]) -> Sequence[Row[Any]]:
    page = LANDING_PAGE.c
    names = ("unit_id", "id", "seq", "request", "sha256", "size", "media_type", "error", "record_id", "hint")
    wanted = select(*(page[name] for name in names)).where(page.unit_id.in_(unit_ids))
    return tx.connection.execute(wanted.order_by(page.unit_id, page.seq)).all()

"""Lands and merges small hand-made units, so that a test says only what it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from schemas import TABLES
from schemas.records import RecordTable
from schemas.source import RawPage, RawUnit, Scope
from schemas.types import WallClock
from store import landing, records
from store.batch import Batch, Rejection
from store.brake import Brake
from store.engine import Store
from store.landing import LandedUnit
from store.record_tables import STORED
from store.records import MergeCounts

SOURCE = "ut11"
DOCUMENT, LINE = TABLES["document"], TABLES["document_line"]
ENTRY, DUE, KEY = TABLES["settlement_entry"], TABLES["due_entry"], TABLES["settlement_key"]
PERIODS = {"document": "dated_at", "settlement_entry": "at", "due_entry": "at"}

_BLANK: dict[str, Any] = {"str": "", "int": 0, "bool": False, "CurrencyCode": "RUB", "Json": "{}"}
_BLANK |= {"Guid": "", "Units": 0, "Micro": 0, "WallClock": "2026-03-05T10:00:00", "Day": "2026-03-05"}

Row = tuple[Any, ...]


def row(table: RecordTable, **fields: Any) -> Row:
    """A record with `fields` as given and the rest blank (None where it may be)."""
    blank = {
        name: None if hasattr(kind, "__args__") else _BLANK[getattr(kind, "__name__", "")]
        for name, kind in table.fields.items()
    }
    assert fields.keys() <= blank.keys(), fields.keys() - blank.keys()
    return tuple((blank | fields).values())


def document(key: str, at: str = "2026-03-05T10:00:00", amount: int = 100, **fields: Any) -> Row:
    return row(
        DOCUMENT, id=key, dated_at=at, amount=amount, **{"kind": "shipping_note", "posted": True} | fields
    )


def line(key: str, number: int, amount: int = 50) -> Row:
    return row(LINE, document_id=key, line_no=number, amount=amount)


def month(number: int) -> Scope:
    return Scope(WallClock(f"2026-{number:02d}-01T00:00:00"), WallClock(f"2026-{number + 1:02d}-01T00:00:00"))


def page(body: bytes, fetched_at: datetime | None = None) -> RawPage:
    return RawPage("Document_X?$top=1", body, fetched_at or datetime.now(UTC), 0.25, "application/json")


@dataclass(frozen=True, slots=True)
class Desk:
    store: Store

    def land(
        self,
        scope: Scope,
        *bodies: bytes,
        entity: str = "shipping_note",
        watermark: str | None = None,
        run_id: str = "run-1",
        fetched_at: datetime | None = None,
    ) -> LandedUnit:
        unit = RawUnit(scope, tuple(page(body, fetched_at) for body in bodies or (b"{}",)))
        mark = None if watermark is None else WallClock(watermark)
        unit_id = landing.save(self.store, SOURCE, entity, unit, run_id=run_id, watermark=mark)
        (landed,) = (found for found in landing.units(self.store, SOURCE, entity) if found.id == unit_id)
        return landed

    def merge(
        self,
        unit: LandedUnit,
        *pages: dict[RecordTable, Sequence[Row]],
        main: RecordTable = DOCUMENT,
        nested: Iterable[RecordTable] = (LINE,),
        entity: str = "shipping_note",
        rejected: Sequence[Rejection] = (),
        digest: str = "digest-1",
        run_id: str = "run-1",
        brake: Brake | None = None,
    ) -> MergeCounts:
        """Merge `pages` of mapped rows, one for each page of `unit`; nested rows get their parent's place."""
        batch = batch_of(unit, pages, main, tuple(nested), rejected)
        with self.store.transaction() as tx:
            return records.merge(
                tx,
                source=SOURCE,
                entity=entity,
                main=main,
                unit=unit,
                batch=batch,
                mapping_digest=digest,
                run_id=run_id,
                period=PERIODS.get(main.name),
                brake=brake,
            )

    def documents(self, scope: Scope, *rows: Row, lines: Sequence[Row] = (), **more: Any) -> MergeCounts:
        """Land and merge one unit of documents."""
        body = hashlib.sha256(repr((rows, lines)).encode()).digest()
        return self.merge(self.land(scope, body), {DOCUMENT: rows, LINE: lines}, **more)

    def whole(self, table: RecordTable, *rows: Row) -> MergeCounts:
        """Land and merge a whole set; the entity is named as its table."""
        unit = self.land(Scope(), repr(rows).encode(), entity=table.name)
        return self.merge(unit, {table: rows}, main=table, nested=(), entity=table.name)

    def stored(self, table: RecordTable, *names: str) -> list[Row]:
        """Columns of every row, ordered; all columns where none is named."""
        columns = STORED[table].columns
        with self.store.reading() as tx:
            wanted = select(*(columns[name] for name in names)) if names else select(STORED[table])
            return [
                tuple(found) for found in tx.connection.execute(wanted.order_by(*STORED[table].primary_key))
            ]

    def live(self, *names: str) -> list[Row]:
        columns = STORED[DOCUMENT].columns
        with self.store.reading() as tx:
            wanted = select(*(columns[name] for name in names or ("id",))).where(columns.gone_at.is_(None))
            return [tuple(found) for found in tx.connection.execute(wanted.order_by(columns.id))]


def batch_of(
    unit: LandedUnit,
    pages: Sequence[dict[RecordTable, Sequence[Row]]],
    main: RecordTable,
    nested: tuple[RecordTable, ...],
    rejected: Sequence[Rejection],
) -> Batch:
    rows: dict[RecordTable, list[Row]] = {table: [] for table in (main, *nested)}
    read = len(rejected)
    for landed, mapped in zip(unit.pages, pages, strict=True):
        places = {record[0]: place for place, record in enumerate(mapped[main])}
        read += len(mapped[main])
        rows[main] += [(*record, landed.id, place) for place, record in enumerate(mapped[main])]
        for table in nested:
            rows[table] += [(*record, landed.id, places[record[0]]) for record in mapped.get(table, ())]
    return Batch(rows, rejected, read)

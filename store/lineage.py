"""From a stored value back to the bytes it came from: the chain behind `saldo trace`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select

from schemas import TABLES
from schemas.errors import LineageError
from schemas.records import RECORDS, RecordTable
from schemas.source import Scope
from schemas.types import CurrencyCode, Units, WallClock
from store import runs
from store.balance_sql import ENTRY, KEY, of_key
from store.engine import Tx
from store.landing import LandedPage, scope_of
from store.record_tables import STORED
from store.runs import SyncRun
from store.tables import LANDING_PAGE, LANDING_UNIT


@dataclass(frozen=True, slots=True)
class Origin:
    """The landed answer a row came from. `landing.read(store, origin.page)` gives its bytes, proven."""

    page: LandedPage
    fetched_at: datetime
    unit_id: int
    scope: Scope


@dataclass(frozen=True, slots=True)
class Trace:
    """A stored row and how it came to be. `record` has the record's fields, `nested` counts rows by table.

    `place` is the index of the record in the page, or -1 where the page is the last of the unit that no longer
    had the record; `mapping_digest` the declaration that read it.
    """

    table: str
    source: str
    record: dict[str, Any]
    nested: dict[str, int]
    entity: str
    place: int
    mapping_digest: str
    changed_at: datetime
    gone_at: datetime | None
    origin: Origin
    run: SyncRun | None
    run_id: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement behind a balance, with the page it came from. `amount` is what it adds to the debt."""

    recorder_id: str
    recorder_kind: str
    line_no: int
    at: WallClock
    amount: Units
    currency: CurrencyCode
    organization_id: str | None
    contract_id: str | None
    landing_id: int
    place: int


def sources(tx: Tx, table: str, record_id: str) -> list[str]:
    """Which sources have a record of this key, living or gone."""
    stored, key = STORED[TABLES[table]], TABLES[table].key[0]
    found = select(stored.c.source).where(stored.c[key] == record_id).distinct().order_by(stored.c.source)
    return list(tx.connection.execute(found).scalars())


def trace(tx: Tx, table: str, source: str, record_id: str, *rest: str | int) -> Trace:
    """Follow one record, by as much of its key as is given.

    Errors: LineageError where there is no such record, or its page is not known.
    """
    described = TABLES[table]
    row = find(tx, table, source, record_id, *rest)
    if row is None:
        raise LineageError(
            f"There is no {table} with this id",
            hint="Check the id and the source; `saldo sources` lists what was pulled",
            source=source,
            record=record_id,
        )
    return Trace(
        table=table,
        source=source,
        record={name: row[name] for name in described.fields},
        nested=_nested(tx, described, source, record_id),
        entity=row["entity"],
        place=row["place"],
        mapping_digest=row["mapping_digest"],
        changed_at=row["changed_at"],
        gone_at=row["gone_at"],
        origin=origin(tx, row["landing_id"]),
        run=runs.find(tx, row["run_id"], source, row["entity"]),
        run_id=row["run_id"],
    )


def find(tx: Tx, table: str, source: str, *key: str | int) -> RowMapping | None:
    """The stored row of a key, or of its first parts, living or gone."""
    stored = STORED[TABLES[table]]
    same = [stored.c[name] == part for name, part in zip(TABLES[table].key, key, strict=False)]
    wanted = select(stored).where(stored.c.source == source, *same)
    return tx.connection.execute(wanted.limit(1)).mappings().one_or_none()


def origin(tx: Tx, landing_id: int) -> Origin:
    page, unit = LANDING_PAGE.c, LANDING_UNIT.c
    row = tx.connection.execute(
        select(page.id, page.seq, page.request, page.sha256, page.size, page.media_type, page.fetched_at)
        .add_columns(unit.id.label("unit"), unit.scope_start, unit.scope_end, unit["keys"])
        .select_from(LANDING_PAGE.join(LANDING_UNIT, unit.id == page.unit_id))
        .where(page.id == landing_id)
    ).one_or_none()
    if row is None:
        raise LineageError(
            "The landing page of a stored row is not known",
            hint="Restore the database from a backup, or pull the entity in full again",
            landing=landing_id,
        )
    landed = LandedPage(row.id, row.seq, row.request, row.sha256, row.size, row.media_type)
    return Origin(landed, row.fetched_at, row.unit, scope_of(row))


def movements(tx: Tx, source: str, counterparty_id: str, contract_id: str | None = None) -> list[Movement]:
    """The living, active movements behind a counterparty's balance, or one contract's, in order of time."""
    entry, key = ENTRY.c, KEY.c
    wanted = (
        select(
            entry.recorder_id,
            entry.recorder_kind,
            entry.line_no,
            entry.at,
            entry.amount,
            entry.currency,
            key.organization_id,
            key.contract_id,
            entry.landing_id,
            entry.place,
        )
        .select_from(ENTRY.join(KEY, of_key(ENTRY)))
        .where(key.source == source, key.counterparty_id == counterparty_id)
        .where(entry.gone_at.is_(None), entry.active)
    )
    if contract_id is not None:
        wanted = wanted.where(key.contract_id == contract_id)
    ordered = wanted.order_by(entry.at, entry.recorder_id, entry.line_no)
    return [Movement(**row) for row in tx.connection.execute(ordered).mappings()]


def lines(tx: Tx, table: str, source: str, parent_id: str, *, limit: int) -> list[dict[str, Any]]:
    """Rows of a nested table that belong to a record, with the place each came from."""
    described = TABLES[table]
    stored = STORED[described]
    names = (*described.fields, "landing_id", "place")
    mine = select(*(stored.c[name] for name in names)).where(
        stored.c.source == source, stored.c[str(described.parent)] == parent_id
    )
    found = tx.connection.execute(mine.order_by(*(stored.c[key] for key in described.key)).limit(limit))
    return [dict(row) for row in found.mappings()]


def _nested(tx: Tx, described: RecordTable, source: str, record_id: str) -> dict[str, int]:
    found = {}
    for child in RECORDS:
        if child.parent is None or described.key != ("id",):
            continue
        table = STORED[child]
        same = (table.c.source == source, table.c[child.parent] == record_id)
        lines = tx.connection.execute(select(func.count()).select_from(table).where(*same)).scalar_one()
        if lines:
            found[child.name] = lines
    return found

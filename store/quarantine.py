"""Records that wait for a person or for what they need, with the page each came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from schemas import TABLES
from store.engine import Tx
from store.landing import LandedPage
from store.record_tables import STORED
from store.rejections import is_open
from store.tables import LANDING_PAGE, LANDING_UNIT, REJECTED

LOOKED_UP = ("currency", "contact_kind")  # what mappings ask the store: store/reference.py


@dataclass(frozen=True, slots=True)
class Held:
    """One reason why a record is held. `page` is None where it came in none (a notification).

    `refused` tells that the source could not give the record: then the page is what came instead.
    """

    entity: str
    record_id: str
    field: str
    step: str
    paths: tuple[str, ...]
    reason: str
    hint: str
    place: int
    first_seen_at: datetime
    last_seen_at: datetime
    page: LandedPage | None
    unit_id: int | None
    run_id: str | None
    refused: bool


def find(tx: Tx, source: str, entity: str, record_id: str) -> list[Held]:
    """Everything open about one record, by field."""
    held, page, unit = REJECTED.c, LANDING_PAGE.c, LANDING_UNIT.c
    wanted = (
        select(
            held.field,
            held.step,
            held.paths,
            held.reason,
            held.hint,
            held.place,
            held.first_seen_at,
            held.last_seen_at,
        )
        .add_columns(page.id.label("page"), page.seq, page.request, page.sha256, page.size, page.media_type)
        .add_columns(unit.id.label("unit"), unit.run_id, page.record_id.label("instead_of"))
        .select_from(
            REJECTED.outerjoin(LANDING_PAGE, page.id == held.landing_id).outerjoin(
                LANDING_UNIT, unit.id == page.unit_id
            )
        )
        .where(is_open(source, entity), held.record_id == record_id)
        .order_by(held.field)
    )
    return [_held(entity, record_id, row) for row in tx.connection.execute(wanted)]


def units(tx: Tx, source: str, entity: str, record_id: str | None = None) -> list[int]:
    """The units in which records were refused that are still open."""
    page = LANDING_PAGE.c
    wanted = (
        select(page.unit_id)
        .join(REJECTED, REJECTED.c.landing_id == page.id)
        .where(is_open(source, entity, "map"), page.unit_id.is_not(None))
    )
    if record_id is not None:
        wanted = wanted.where(REJECTED.c.record_id == record_id)
    return list(tx.connection.execute(wanted.distinct().order_by(page.unit_id)).scalars())


def knows_more(tx: Tx, source: str, entity: str) -> bool:
    """Whether anything that mappings look up has changed since the last try of some open record."""
    oldest = (
        select(REJECTED.c.last_seen_at)
        .where(is_open(source, entity, "map"))
        .order_by(REJECTED.c.last_seen_at)
        .limit(1)
    )
    tried = tx.connection.execute(oldest).scalar_one_or_none()
    if tried is None:
        return False
    tables = (STORED[TABLES[name]] for name in LOOKED_UP)
    return any(
        tx.connection.execute(
            select(table.c.id).where(table.c.source == source, table.c.changed_at > tried).limit(1)
        ).first()
        for table in tables
    )


def _held(entity: str, record_id: str, row: Row[Any]) -> Held:
    page = None
    if row.page is not None:
        page = LandedPage(row.page, row.seq, row.request, row.sha256, row.size, row.media_type)
    return Held(
        entity=entity,
        record_id=record_id,
        field=row.field,
        step=row.step,
        paths=tuple(filter(None, row.paths.split("\n"))),
        reason=row.reason,
        hint=row.hint,
        place=row.place,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        page=page,
        unit_id=row.unit,
        run_id=row.run_id,
        refused=row.instead_of is not None,
    )

"""What the landing holds: how much of an entity, and what one run brought."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from schemas.source import Scope
from store import landing
from store.engine import Tx
from store.landing import LandedPage, LandedUnit
from store.tables import BALANCE_STATE, LANDING_PAGE, LANDING_UNIT


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was received. `unit_id`, `scope` and `run_id` are None for one that was not usable.

    `error` tells why it is no answer; with `record_id` it is what came in place of that record.
    """

    page: LandedPage
    source: str
    entity: str
    fetched_at: datetime
    seconds: float
    error: str | None
    record_id: str | None
    unit_id: int | None
    scope: Scope | None
    run_id: str | None


def answer(tx: Tx, landing_id: int) -> Answer | None:
    """One landed page by its number."""
    page, unit = LANDING_PAGE.c, LANDING_UNIT.c
    row = tx.connection.execute(
        select(page.id, page.seq, page.request, page.sha256, page.size, page.media_type)
        .add_columns(page.source, page.entity, page.fetched_at, page.seconds, page.error, page.record_id)
        .add_columns(unit.id.label("unit"), unit.scope_start, unit.scope_end, unit["keys"], unit.run_id)
        .select_from(LANDING_PAGE.outerjoin(LANDING_UNIT, unit.id == page.unit_id))
        .where(page.id == landing_id)
    ).one_or_none()
    if row is None:
        return None
    landed = LandedPage(row.id, row.seq, row.request, row.sha256, row.size, row.media_type)
    scope = None if row.unit is None else landing.scope_of(row)
    said = (row.source, row.entity, row.fetched_at, row.seconds, row.error, row.record_id)
    return Answer(landed, *said, row.unit, scope, row.run_id)


def units(tx: Tx, source: str) -> dict[str, int]:
    """How many units each entity of `source` has landed."""
    unit = LANDING_UNIT.c
    rows = tx.connection.execute(
        select(unit.entity, func.count()).where(unit.source == source).group_by(unit.entity)
    )
    return {entity: count for entity, count in rows}  # noqa: C416


def unmapped(tx: Tx, source: str) -> set[str]:
    """Entities with units that are landed and not mapped: somebody is at it, or died in between."""
    unit = LANDING_UNIT.c
    waiting = select(unit.entity).where(unit.source == source, unit.state == "landed")
    return set(tx.connection.execute(waiting).scalars())


def outran_balances(tx: Tx, source: str, entities: Collection[str]) -> bool:
    """Whether something of these was mapped after the balances were last derived from them."""
    unit, state = LANDING_UNIT.c, BALANCE_STATE.c
    last = select(state.refreshed_at).where(state.source == source).scalar_subquery()
    later = select(unit.entity).where(unit.source == source, unit.mapped_at > last)
    return not set(entities).isdisjoint(tx.connection.execute(later).scalars())


def of_run(tx: Tx, source: str, entity: str, run_id: str) -> list[LandedUnit]:
    """What a run landed of an entity, in the order of landing."""
    unit = LANDING_UNIT.c
    mine = select(unit.id).where(unit.source == source, unit.entity == entity, unit.run_id == run_id)
    return landing.found(tx, tx.connection.execute(mine).scalars())

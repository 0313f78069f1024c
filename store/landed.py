"""What the landing holds: how much of an entity, and what one run brought."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from store import landing
from store.engine import Tx
from store.landing import LandedUnit
from store.tables import BALANCE_STATE, LANDING_UNIT


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

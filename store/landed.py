"""How much the landing holds."""

from __future__ import annotations

from sqlalchemy import func, select

from store.engine import Tx
from store.tables import LANDING_UNIT


def units(tx: Tx, source: str) -> dict[str, int]:
    """How many units each entity of `source` has landed."""
    unit = LANDING_UNIT.c
    rows = tx.connection.execute(
        select(unit.entity, func.count()).where(unit.source == source).group_by(unit.entity)
    )
    return {entity: count for entity, count in rows}  # noqa: C416

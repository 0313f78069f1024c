"""Up to where an entity of a source has been landed."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from schemas.types import WallClock
from store.engine import Tx
from store.tables import WATERMARK


def get(tx: Tx, source: str, entity: str) -> WallClock | None:
    """None where nothing was landed yet, or where the set is read whole each time."""
    return tx.connection.execute(
        select(WATERMARK.c.position).where(WATERMARK.c.source == source, WATERMARK.c.entity == entity)
    ).scalar_one_or_none()


def is_known(tx: Tx, source: str, entity: str) -> bool:
    """Whether this entity was ever landed to the end."""
    known = select(WATERMARK.c.landed_at).where(WATERMARK.c.source == source, WATERMARK.c.entity == entity)
    return tx.connection.execute(known).first() is not None


def put(
    tx: Tx, source: str, entity: str, position: WallClock | None, *, unit_id: int | None, run_id: str
) -> None:
    """Set the watermark to exactly `position`, also backwards: the next run starts there."""
    tx.connection.execute(delete(WATERMARK).where(WATERMARK.c.source == source, WATERMARK.c.entity == entity))
    tx.connection.execute(
        insert(WATERMARK).values(
            source=source,
            entity=entity,
            position=position,
            landed_at=tx.now,
            unit_id=unit_id,
            run_id=run_id,
        )
    )


def advance(
    tx: Tx, source: str, entity: str, position: WallClock | None, *, unit_id: int, run_id: str
) -> None:
    """Move the watermark to `position` unless it stands further already."""
    before = get(tx, source, entity)
    if before is not None:
        position = before if position is None else max(position, before)
    put(tx, source, entity, position, unit_id=unit_id, run_id=run_id)

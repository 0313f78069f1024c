"""Records that somebody outside has named as changed, until a pull has read them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from store.engine import Tx
from store.tables_of_change import NOTIFICATION


@dataclass(frozen=True, slots=True)
class Notification:
    """`entity` is a word of the hub (shipping_note) or of the source (its entity set), as it was sent."""

    id: int
    entity: str
    record_id: str
    received_at: datetime


def add(tx: Tx, source: str, message_id: str, named: Iterable[tuple[str, str]]) -> int:
    """Keep the (entity, record) pairs of one message; one that came before adds nothing. Counts what is new."""
    tx.alone(f"notifications {source}")
    column = NOTIFICATION.c
    before = select(column.id).where(column.source == source, column.message_id == message_id).limit(1)
    if tx.connection.execute(before).first() is not None:
        return 0
    rows = [
        {
            "source": source,
            "entity": entity,
            "record_id": record_id,
            "message_id": message_id,
            "received_at": tx.now,
        }
        for entity, record_id in dict.fromkeys(named)
    ]
    if rows:
        tx.connection.execute(insert(NOTIFICATION), rows)
    return len(rows)


def pending(tx: Tx, source: str, *, limit: int = 1_000) -> list[Notification]:
    """What waits for a pull, the oldest first."""
    column = NOTIFICATION.c
    wanted = select(column.id, column.entity, column.record_id, column.received_at).where(_waits(source))
    return [Notification(*row) for row in tx.connection.execute(wanted.order_by(column.id).limit(limit))]


def count(tx: Tx, source: str) -> int:
    """How many wait."""
    return int(
        tx.connection.execute(
            select(func.count()).select_from(NOTIFICATION).where(_waits(source))
        ).scalar_one()
    )


def done(tx: Tx, ids: Collection[int], run_id: str) -> None:
    """Note that a pull has read them."""
    column = NOTIFICATION.c
    finished = update(NOTIFICATION).where(column.id.in_(ids), column.done_at.is_(None))
    tx.connection.execute(finished.values(done_at=tx.now, run_id=run_id))


def forget(tx: Tx, older_than: datetime) -> int:
    """Delete what was done before; a message repeated so late would be taken again."""
    return int(
        tx.connection.execute(delete(NOTIFICATION).where(NOTIFICATION.c.done_at < older_than)).rowcount
    )


def _waits(source: str) -> ColumnElement[bool]:
    return and_(NOTIFICATION.c.source == source, NOTIFICATION.c.done_at.is_(None))

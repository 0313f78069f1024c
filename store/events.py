"""What happened, for whoever was not there: rows that are never changed, numbered in the order they are committed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from store import deliveries, tenancy, webhooks
from store.engine import Tx
from store.tables_of_news import EVENT

KEPT_FOR = timedelta(days=30)
_DROPPED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class NewEvent:
    """`data` is what leaves; `version` counts the events of the subject. `counterparty_id`: whom it concerns."""

    type: str
    counterparty_id: str | None
    subject_id: str
    version: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`id` is the order of events; `event_id` is what receivers know it by."""

    id: int
    event_id: str
    type: str
    source: str
    counterparty_id: str | None
    subject_id: str
    version: int
    at: datetime
    data: Mapping[str, Any]


def add(tx: Tx, source: str, events: Iterable[NewEvent], at: datetime) -> int:
    """Keep events and queue them for the webhooks that hear them; tells how many.

    Whoever adds waits until others have committed theirs: so nobody who reads up to a number misses one below it.
    """
    rows = [
        {
            "event_id": f"evt_{uuid.uuid4().hex}",
            "type": one.type,
            "source": source,
            "counterparty_id": one.counterparty_id,
            "subject_id": one.subject_id,
            "version": one.version,
            "at": at,
            "data": json.dumps(one.data, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
        }
        for one in events
    ]
    if rows:
        webhooks.in_order(tx)
        last = tx.connection.execute(select(func.max(EVENT.c.id))).scalar_one_or_none() or 0
        tx.connection.execute(insert(EVENT), rows)
        deliveries.queue(tx, last)
    return len(rows)


def read(
    tx: Tx,
    *,
    after: int = 0,
    limit: int = 1_000,
    source: str | None = None,
    counterparty_id: str | None = None,
    types: Iterable[str] | None = None,
    since: datetime | None = None,
) -> list[Event]:
    """The oldest first, of those whom the reader may see; `after` is the id after which to go on."""
    column = EVENT.c
    wanted = select(EVENT).where(column.id > after)
    wanted = wanted.where(*tenancy.limits(tx, column.source, column.counterparty_id))
    if source is not None:
        wanted = wanted.where(column.source == source)
    if counterparty_id is not None:
        wanted = wanted.where(column.counterparty_id == counterparty_id)
    if types is not None:
        wanted = wanted.where(column.type.in_(sorted(types)))
    if since is not None:
        wanted = wanted.where(column.at >= since)
    rows = tx.connection.execute(wanted.order_by(column.id).limit(limit)).mappings()
    return [Event(**{**row, "data": json.loads(row["data"])}) for row in rows]


def forget(tx: Tx, older_than: datetime) -> int:
    """Drop events from before, unless one still waits to be delivered; tells how many."""
    column = EVENT.c
    old = select(column.id).where(column.at < older_than, ~deliveries.is_pending(column.id))
    dropped = 0
    while True:
        some = tx.connection.execute(old.order_by(column.id).limit(_DROPPED_AT_ONCE)).scalars().all()
        if not some:
            return dropped
        deliveries.drop_of(tx, some)
        tx.connection.execute(delete(EVENT).where(column.id.in_(some)))
        dropped += len(some)

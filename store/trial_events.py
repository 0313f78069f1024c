"""Events that say nothing, for who wants to see whether his receiver works: of one webhook, and in no list."""

from __future__ import annotations

import json
import uuid

from sqlalchemy import func, insert, select

from schemas.events import TEST
from store import deliveries, webhooks
from store.engine import Tx
from store.tables_of_news import EVENT


def add(tx: Tx, webhook_id: str) -> str:
    """Queue one for this webhook, whatever it wants to hear; gives its id."""
    webhooks.in_order(tx)
    before = select(func.count()).where(EVENT.c.type == TEST, EVENT.c.subject_id == webhook_id)
    event_id = f"evt_{uuid.uuid4().hex}"
    row = {
        "event_id": event_id,
        "type": TEST,
        "source": "",
        "subject_id": webhook_id,
        "version": int(tx.connection.execute(before).scalar_one()) + 1,
        "at": tx.now,
        "data": json.dumps({"id": webhook_id}),
    }
    written = tx.connection.execute(insert(EVENT).values(**row)).inserted_primary_key
    if written is None:
        raise RuntimeError("the event gave no number")
    deliveries.queue_test(tx, webhook_id, int(written[0]))
    return event_id

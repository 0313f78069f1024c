"""What a courier asks of the store and notes in it: what is due, and what an attempt came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, insert, or_, select, update

from schemas.events import EventType
from schemas.settings import Secret
from schemas.webhooks import DISABLED_AFTER, OUTAGE, Outcome, next_attempt, rest
from store import webhook_secrets, webhooks
from store.engine import Tx
from store.tables_of_news import DELIVERY, DELIVERY_ATTEMPT, EVENT, WEBHOOK


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come, with the event that it brings."""

    delivery_id: int
    webhook_id: str
    attempts: int
    tried_since: datetime | None
    event_id: str
    type: EventType
    at: datetime
    version: int
    data: str


@dataclass(frozen=True, slots=True)
class Round:
    """Where to go now: some deliveries of one webhook, the earliest events first."""

    url: str
    secrets: tuple[Secret, ...]
    due: tuple[Due, ...]


def waiting(tx: Tx, now: datetime) -> list[str]:
    """Webhooks that something is due for; those that fail come last."""
    column = WEBHOOK.c
    rested = or_(column.resting_until.is_(None), column.resting_until <= now)
    wanted = select(column.id).where(column.disabled_at.is_(None), rested, exists().where(_is_due(now)))
    found = tx.connection.execute(wanted.order_by(column.failing_since.is_not(None), column.id))
    return list(found.scalars())


def next_round(tx: Tx, webhook_id: str, now: datetime, limit: int) -> Round | None:
    """What to send there next; None where nothing is due, or it was disabled or removed meanwhile."""
    own = select(WEBHOOK.c.url).where(WEBHOOK.c.id == webhook_id, WEBHOOK.c.disabled_at.is_(None))
    url = tx.connection.execute(own).scalar()
    if url is None:
        return None
    delivery, event = DELIVERY.c, EVENT.c
    brought = (delivery.id, delivery.webhook_id, delivery.attempts, delivery.tried_since)
    told = (event.event_id, event.type, event.at, event.version, event.data)
    wanted = select(*brought, *told).join(EVENT, event.id == delivery.event_number)
    wanted = wanted.where(
        delivery.webhook_id == webhook_id, delivery.state == "pending", delivery.next_at <= now
    )
    rows = tx.connection.execute(wanted.order_by(delivery.event_number).limit(limit))
    due = tuple(Due(*row) for row in rows)
    return Round(url, webhook_secrets.valid(tx, webhook_id, tx.now), due) if due else None


def note(tx: Tx, sent: Due, outcome: Outcome, now: datetime, spread: float) -> str:
    """Keep what an attempt came to: delivered | failed | given_up | disabled.

    `spread` is a random part of 0 to 1. Nothing is kept where the webhook was removed meanwhile.
    """
    ends = not outcome.is_delivered and _ends(tx, sent.webhook_id, outcome, now)
    if ends:
        webhooks.in_order(tx)
    webhooks.alone(tx, sent.webhook_id)
    if outcome.is_delivered:
        state, values = "delivered", {"state": "delivered", "delivered_at": now}
    else:
        state, values = _failed(sent, outcome, now, spread)
    said = {"attempts": DELIVERY.c.attempts + 1, "last_status": outcome.status, "last_error": outcome.error}
    own = update(DELIVERY).where(DELIVERY.c.id == sent.delivery_id)
    if tx.connection.execute(own.values(**values, **said)).rowcount == 0:
        return "failed"
    tx.connection.execute(
        insert(DELIVERY_ATTEMPT).values(
            delivery_id=sent.delivery_id,
            at=now,
            status=outcome.status,
            seconds=outcome.seconds,
            error=outcome.error,
        )
    )
    if outcome.is_delivered:
        _is_well(tx, sent.webhook_id, now)
    elif ends:
        webhooks.disable(tx, sent.webhook_id, "gone" if outcome.is_gone else "failing", at=now)
        return "disabled"
    else:
        _is_not_well(tx, sent.webhook_id, outcome, now)
    return state


def _is_due(now: datetime) -> Any:
    delivery = DELIVERY.c
    return and_(delivery.webhook_id == WEBHOOK.c.id, delivery.state == "pending", delivery.next_at <= now)


def _failed(sent: Due, outcome: Outcome, now: datetime, spread: float) -> tuple[str, dict[str, Any]]:
    since = sent.tried_since or now
    again = next_attempt(sent.attempts + 1, since, now, spread, outcome.asked)
    if again is None:
        return "given_up", {"state": "given_up", "tried_since": since}
    return "failed", {"tried_since": since, "next_at": again}


def _ends(tx: Tx, webhook_id: str, outcome: Outcome, now: datetime) -> bool:
    """Whether this failure is the last: it says that it is gone, or has failed for days."""
    return outcome.is_gone or now - (_failing_since(tx, webhook_id) or now) >= DISABLED_AFTER


def _is_well(tx: Tx, webhook_id: str, now: datetime) -> None:
    """It answers. After an outage what waits for it is due at once, in its order."""
    since = _failing_since(tx, webhook_id)
    if since is None:
        return
    tx.connection.execute(
        update(WEBHOOK).where(WEBHOOK.c.id == webhook_id).values(failing_since=None, resting_until=None)
    )
    if now - since >= OUTAGE:
        delivery = DELIVERY.c
        later = (delivery.webhook_id == webhook_id, delivery.state == "pending", delivery.next_at > now)
        tx.connection.execute(update(DELIVERY).where(*later).values(next_at=now))


def _is_not_well(tx: Tx, webhook_id: str, outcome: Outcome, now: datetime) -> None:
    """Let it rest."""
    since = _failing_since(tx, webhook_id) or now
    values = {"failing_since": since, "resting_until": rest(since, now, outcome.asked)}
    tx.connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == webhook_id).values(**values))


def _failing_since(tx: Tx, webhook_id: str) -> datetime | None:
    own = select(WEBHOOK.c.failing_since).where(WEBHOOK.c.id == webhook_id)
    since: datetime | None = tx.connection.execute(own).scalar()
    return since

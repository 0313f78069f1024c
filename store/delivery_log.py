"""What was sent to a webhook, what is waiting, and what each attempt came to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import func, select

from schemas.events import EventType
from schemas.webhooks import DeliveryState
from store import webhooks
from store.engine import Tx
from store.tables_of_news import DELIVERY, DELIVERY_ATTEMPT, EVENT
from store.webhooks import Webhook

FAILS_AFTER = timedelta(minutes=15)  # a receiver that is started anew is not worth an alert


@dataclass(frozen=True, slots=True)
class Attempt:
    at: datetime
    status: int | None
    seconds: float
    error: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """`attempts` are those since it was last queued, `log` all there were, the oldest first."""

    number: int
    event_id: str
    type: EventType
    at: datetime
    state: DeliveryState
    attempts: int
    next_at: datetime
    delivered_at: datetime | None
    last_status: int | None
    last_error: str | None
    log: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How one webhook stands: what waits for it, and what it will not get unless somebody acts."""

    webhook: Webhook
    pending: int
    given_up: int

    def needs_somebody(self, now: datetime) -> bool:
        own = self.webhook
        if own.disabled_at is not None:
            return own.disabled_because != "by_hand"
        fails = own.failing_since is not None and now - own.failing_since >= FAILS_AFTER
        return fails or self.given_up > 0


def page(
    tx: Tx, webhook_id: str, *, state: DeliveryState | None, before: int | None, limit: int
) -> list[Delivery]:
    """Deliveries of a webhook, those of the latest events first; `before` is the number after which to go on."""
    delivery, event = DELIVERY.c, EVENT.c
    own = (delivery.state, delivery.attempts, delivery.next_at, delivery.delivered_at)
    last = (delivery.last_status, delivery.last_error)
    about = (event.id, event.event_id, event.type, event.at)
    wanted = select(delivery.id.label("delivery_id"), *about, *own, *last)
    wanted = wanted.join(EVENT, event.id == delivery.event_number).where(delivery.webhook_id == webhook_id)
    if state is not None:
        wanted = wanted.where(delivery.state == state)
    if before is not None:
        wanted = wanted.where(delivery.event_number < before)
    rows = tx.connection.execute(wanted.order_by(delivery.event_number.desc()).limit(limit)).all()
    logs = _logs(tx, [row[0] for row in rows])
    return [Delivery(*row[1:], log=tuple(logs[row[0]])) for row in rows]


def standings(tx: Tx) -> list[Standing]:
    """How every webhook stands, the oldest first."""
    delivery = DELIVERY.c
    counted = select(delivery.webhook_id, delivery.state, func.count())
    open_ = counted.where(delivery.state.in_(("pending", "given_up")))
    rows = tx.connection.execute(open_.group_by(delivery.webhook_id, delivery.state))
    found = {(row[0], row[1]): int(row[2]) for row in rows}
    return [
        Standing(one, found.get((one.id, "pending"), 0), found.get((one.id, "given_up"), 0))
        for one in webhooks.every(tx)
    ]


def _logs(tx: Tx, delivery_ids: Collection[int]) -> dict[int, list[Attempt]]:
    column = DELIVERY_ATTEMPT.c
    wanted = select(column.delivery_id, column.at, column.status, column.seconds, column.error)
    rows = tx.connection.execute(wanted.where(column.delivery_id.in_(delivery_ids)).order_by(column.id))
    found: defaultdict[int, list[Attempt]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Attempt(*cast("tuple[datetime, int | None, float, str | None]", tuple(row[1:]))))
    return found

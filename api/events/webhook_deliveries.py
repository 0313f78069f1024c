"""What was sent to a webhook: GET /v1/webhooks/{id}/deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.events.webhook_answers import (
    ONE,
    PERMISSION,
    WebhookId,
    known,
)
from api.web import paging, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from schemas.webhooks import DeliveryState
from store import delivery_log

State = Annotated[
    DeliveryState | None, QueryParameter(name="state", description="Only deliveries of this state.")
]


class Attempt(Struct, frozen=True, kw_only=True):
    """`status` is the receiver's; where there is none, `error` tells why."""

    at: datetime
    status: int | None
    seconds: float
    error: Annotated[
        str | None,
        Meta(
            description="timeout | name_unknown | address_refused | not_connected | certificate_not_trusted |"
            " no_answer"
        ),
    ]


class Delivery(Struct, frozen=True, kw_only=True):
    """An event on its way to the webhook. `attempts` are those since it was last queued, `log` all there were.

    `pending` until a receiver took it, at the next attempt after `next_at`; `given_up` after three days, and
    then sent again only when it is replayed.
    """

    event_id: str
    type: str
    happened_at: datetime
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    log: list[Attempt]


class Deliveries(Struct, frozen=True, kw_only=True):
    items: list[Delivery]
    next_cursor: paging.NextCursor


@get(
    ONE + "/deliveries",
    sync_to_thread=True,
    summary="What was sent to a webhook",
    operation_id="listWebhookDeliveries",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found", "bad_cursor"),
)
def listed(
    webhook_id: WebhookId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    of_state: State = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> Deliveries:
    """With every attempt; those of the latest events first. They are kept for 30 days, as events are."""
    about = {"deliveries": webhook_id, "state": of_state}
    after = paging.opened(cursor, about)
    with hub.store.reading() as tx:
        known(tx, caller, webhook_id)
        found = delivery_log.page(
            tx, webhook_id, state=of_state, before=paging.number(after), limit=limit + 1
        )
    some, more = paging.cut(found, limit, lambda one: (one.number,), about)
    return Deliveries(items=[_delivery(one) for one in some], next_cursor=more)


def _delivery(one: delivery_log.Delivery) -> Delivery:
    return Delivery(
        event_id=one.event_id,
        type=one.type,
        happened_at=one.at,
        state=one.state,
        attempts=one.attempts,
        next_at=one.next_at if one.state == "pending" else None,
        delivered_at=one.delivered_at,
        log=[Attempt(at=of.at, status=of.status, seconds=of.seconds, error=of.error) for of in one.log],
    )

"""Sending to a webhook again, trying it, changing its secret: /v1/webhooks/{id}/replay, test, enable, rotate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.events.webhook_answers import (
    ONE,
    PERMISSION,
    WRITE_CODES,
    Webhook,
    WebhookId,
    WebhookWithSecret,
    disabled,
    fields,
    known,
    shown,
)
from api.web import refusals, repeats
from api.web.callers import Caller
from api.web.repeats import Repeat
from schemas.errors import InvalidValueError
from schemas.events import EventType
from store import deliveries, listeners, trial_events, webhook_secrets, webhooks
from store.engine import Tx

AGAIN_S = 10  # the sensor that sends looks as often
MOST_IDS = 1_000

EventId = Annotated[str, Meta(min_length=1, max_length=100)]


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Events `since` a moment (`until` another, of some `types`), or by their ids, or all that were given up."""

    since: Annotated[datetime, Meta(tz=True)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    types: Annotated[list[EventType], Meta(max_length=50)] = []
    event_ids: Annotated[list[EventId], Meta(min_length=1, max_length=MOST_IDS)] | None = None
    given_up: bool = False


class Queued(Struct, frozen=True, kw_only=True):
    """How many events are to be sent; `event_id` of the one, where it was a test."""

    queued: int
    event_id: str | None = None


@post(
    ONE + "/rotate",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Change the secret of a webhook",
    operation_id="rotateWebhookSecret",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found", *WRITE_CODES),
)
def rotate(
    webhook_id: WebhookId,
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[WebhookWithSecret]:
    """The old one signs beside the new one for 24 hours, so that no message is refused while you change over."""

    def work(tx: Tx) -> WebhookWithSecret:
        found = known(tx, caller, webhook_id)
        return WebhookWithSecret(**fields(found), secret=webhook_secrets.rotate(tx, webhook_id).value)

    return repeat.once("rotateWebhookSecret", work, status=200, subject=webhook_id)


@post(
    ONE + "/enable",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Send to a webhook again",
    operation_id="enableWebhook",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found", "webhook_disabled", *WRITE_CODES),
)
def enable(
    webhook_id: WebhookId,
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Webhook]:
    """At once, and with what happened while it was disabled; of one that is only failing, at once."""

    def work(tx: Tx) -> Webhook:
        if listeners.of(tx, known(tx, caller, webhook_id)) is None:
            raise disabled("Its key was revoked or has expired.")
        deliveries.enable(tx, webhook_id)
        return shown(webhooks.must_get(tx, webhook_id))

    return repeat.once("enableWebhook", work, status=200, subject=webhook_id)


@post(
    ONE + "/test",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Send a test event",
    operation_id="testWebhook",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found", "webhook_disabled", *WRITE_CODES),
)
def test(
    webhook_id: WebhookId, caller: NamedDependency[Caller], repeat: NamedDependency[Repeat]
) -> Response[Queued]:
    """`webhook.test` goes the way of all events, within some seconds; the deliveries tell what came of it."""

    def work(tx: Tx) -> Queued:
        _must_be_enabled(known(tx, caller, webhook_id))
        return Queued(queued=1, event_id=trial_events.add(tx, webhook_id))

    return repeat.once("testWebhook", work, status=202, subject=webhook_id, headers=_look_again)


@post(
    ONE + "/replay",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Send events again",
    operation_id="replayWebhook",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found", "webhook_disabled", "invalid_value", *WRITE_CODES),
)
def replay(
    webhook_id: WebhookId,
    data: JSONBody[Replay],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Queued]:
    """Those that this webhook hears, delivered or not, under the ids they have: once each, in their order."""
    if sum((data.since is not None, data.event_ids is not None, data.given_up)) != 1:
        hint = "Send exactly one of since, event_ids and given_up; until and types narrow since"
        raise InvalidValueError("What is to be sent again is not clear", hint=hint, field="since")

    def work(tx: Tx) -> Queued:
        found = known(tx, caller, webhook_id)
        _must_be_enabled(found)
        queued = deliveries.replay(
            tx,
            found,
            since=data.since,
            until=data.until,
            types=data.types,
            event_ids=data.event_ids or (),
            given_up=data.given_up,
        )
        return Queued(queued=queued)

    details = {"since": data.since and data.since.isoformat(), "event_ids": len(data.event_ids or ())}
    return repeat.once(
        "replayWebhook", work, status=202, subject=webhook_id, details=details, headers=_look_again
    )


ROUTES = (rotate, enable, test, replay)


def _must_be_enabled(found: webhooks.Webhook) -> None:
    if found.disabled_at is not None:
        raise disabled(f"It is disabled: {found.disabled_because}.")


def _look_again(_queued: Queued) -> Mapping[str, str]:
    return {"Retry-After": str(AGAIN_S)}

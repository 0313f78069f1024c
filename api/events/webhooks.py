"""Where events are sent (Standard Webhooks): /v1/webhooks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.events import events
from api.events.webhook_answers import (
    ADDRESS,
    ONE,
    PERMISSION,
    WRITE_CODES,
    NewWebhook,
    Webhook,
    WebhookId,
    Webhooks,
    WebhookWithSecret,
    fields,
    known,
    own_only,
    shown,
)
from api.parties import party
from api.rules import signed
from api.web import paging, refusals, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.errors import InvalidValueError
from schemas.types import Guid
from store import webhooks
from store.engine import Tx


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="Webhooks",
    operation_id="listWebhooks",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("bad_cursor"),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> Webhooks:
    """Those that this key made, the oldest first; a key that is bound to nothing sees all."""
    about = {"webhooks": caller.key.number}
    after = paging.opened(cursor, about)
    with hub.store.reading() as tx:
        found = webhooks.every(tx, own_only(caller))
    if after is not None:
        found = [one for one in found if _place(one) > tuple(map(str, after))]
    some, more = paging.cut(found, limit, _place, about)
    return Webhooks(items=[shown(one) for one in some], next_cursor=more)


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    summary="Send events to an address",
    operation_id="createWebhook",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of(
        "reach_too_narrow", "counterparty_not_found", "too_many_webhooks", "invalid_value", *WRITE_CODES
    ),
)
def create(
    data: JSONBody[NewWebhook],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[WebhookWithSecret]:
    """What happens from now on is sent there; what happened before can be replayed. Its secret is told this once."""
    source, parties = _narrowed(data, caller)

    def work(tx: Tx) -> WebhookWithSecret:
        _refuse_unknown(tx, source, parties)
        webhooks.in_order(tx)
        if webhooks.is_full(tx, caller.key.number):
            raise ProblemError(
                "too_many_webhooks",
                f"This key has {webhooks.MOST} webhooks.",
                hint="Remove one that is not used, or let one receiver hear more types.",
            )
        made, secret = webhooks.create(
            tx,
            url=data.url,
            own_hosts=hub.settings.webhook_hosts,
            by=caller.key.name,
            events=data.events,
            source=source,
            counterparties=parties,
            key_number=caller.key.number,
        )
        return WebhookWithSecret(**fields(made), secret=secret.value)

    details = {"host": urlsplit(data.url).hostname, "events": data.events, "source": source}
    return repeat.once("createWebhook", work, subject=lambda made: made.id, source=source, details=details)


@get(
    ONE,
    sync_to_thread=True,
    summary="A webhook",
    operation_id="getWebhook",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found"),
)
def one(webhook_id: WebhookId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]) -> Webhook:
    """Where it sends to, what it hears, and whether its receiver answers."""
    with hub.store.reading() as tx:
        return shown(known(tx, caller, webhook_id))


@delete(
    ONE,
    sync_to_thread=True,
    summary="Remove a webhook",
    operation_id="removeWebhook",
    tags=["webhooks"],
    security=PERMISSION,
    responses=refusals.of("webhook_not_found"),
)
def remove(
    webhook_id: WebhookId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
) -> None:
    """Nothing more is sent there, and its log is gone. One message may be on its way."""

    def work(tx: Tx) -> None:
        known(tx, caller, webhook_id)
        webhooks.remove(tx, webhook_id)

    repeats.audited(request, hub, work, operation="removeWebhook", subject=webhook_id)


ROUTES = (listed, create, one, remove)


def _place(one: webhooks.Webhook) -> tuple[str, str]:
    return one.created_at.isoformat(), one.id


def _narrowed(data: NewWebhook, caller: Caller) -> tuple[str | None, list[Guid] | None]:
    """The source and the counterparties that are asked for, none that the caller does not see."""
    events.must_hear(caller)
    source = data.source
    if caller.tenancy.source is not None and source not in (None, caller.tenancy.source):
        raise InvalidValueError("This key is for another source", hint="Leave the source out", field="source")
    source = source or caller.tenancy.source
    if data.counterparty_ids is None:
        return source, None
    of_source = source or data.counterparty_ids[0].partition(":")[0]
    parties = [signed.reference(given, of_source, "counterparty_ids") for given in data.counterparty_ids]
    for guid in parties:
        caller.must_see(of_source, guid)
    return of_source, parties


def _refuse_unknown(tx: Tx, source: str | None, parties: list[Guid] | None) -> None:
    for guid in parties or ():
        party.record(tx, source or "", guid)

"""What answers about webhooks look like, and whose webhooks a caller sees."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar.params import PathParameter
from msgspec import Meta, Struct

from api.money.answers import Id
from api.web import callers, ids, paging, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from schemas.events import EventType
from schemas.webhooks import MOST_URL, DisabledBecause
from store import webhooks
from store.engine import Tx

PERMISSION = callers.needs("webhooks:write")
ADDRESS = "/v1/webhooks"
ONE = ADDRESS + "/{webhook_id:str}"
WRITE_CODES = (*repeats.CODES, "too_large")
MOST_PARTIES = 200

WebhookId = Annotated[str, PathParameter(description="The webhook's id, as this API gave it.")]
Wanted = EventType | Literal["*"]
Url = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MOST_URL,
        description="https, at a public address; no login in it, and no part after #.",
        examples=["https://shop.example/saldo"],
    ),
]


class NewWebhook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It hears what its key may read: of one `source`, or of some counterparties, if that is said here."""

    url: Url
    events: Annotated[list[Wanted], Meta(min_length=1, max_length=50, description="`*` hears all types.")]
    source: Annotated[str, Meta(max_length=100)] | None = None
    counterparty_ids: Annotated[list[Id], Meta(min_length=1, max_length=MOST_PARTIES)] | None = None


class Webhook(Struct, frozen=True, kw_only=True):
    """`failing` since its last message was taken; `disabled`: nothing is sent there, or kept for it.

    What happens meanwhile is sent once it is enabled again. disabled_because: `failing` for five days, `gone`
    (it answered 410), `key_invalid`, `by_hand`.
    """

    id: str
    url: str
    events: list[str]
    source: str | None
    counterparty_ids: list[Id] | None
    state: Literal["active", "failing", "disabled"]
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None
    created_at: datetime


class WebhookWithSecret(Webhook, frozen=True, kw_only=True):
    """`secret` signs what is sent there. It is told this once: keep it where passwords are kept."""

    secret: Annotated[str, Meta(examples=["whsec_" + "A" * 32])]


class Webhooks(Struct, frozen=True, kw_only=True):
    items: list[Webhook]
    next_cursor: paging.NextCursor


def known(tx: Tx, caller: Caller, webhook_id: str) -> webhooks.Webhook:
    """The webhook, if it is of the caller: else as if it did not exist."""
    found = webhooks.get(tx, webhook_id, own_only(caller))
    if found is None:
        raise ProblemError(
            "webhook_not_found",
            "This key has no webhook with this id.",
            hint="GET /v1/webhooks lists those that it has.",
        )
    return found


def disabled(why: str) -> ProblemError:
    return ProblemError(
        "webhook_disabled",
        f"Nothing is sent to this webhook. {why}",
        hint="POST /v1/webhooks/{id}/enable lets it be sent to again; where its key is of no use any more, the"
        " operator of the hub does so for another key (`saldo webhooks enable`).",
    )


def shown(found: webhooks.Webhook) -> Webhook:
    return Webhook(**fields(found))


def fields(found: webhooks.Webhook) -> dict[str, Any]:
    parties, failing = found.counterparties, found.failing_since is not None
    state = "disabled" if found.disabled_at is not None else "failing" if failing else "active"
    named = None if parties is None else [ids.external(found.source or "", party) for party in parties]
    own = ("id", "url", "source", "failing_since", "disabled_at", "disabled_because", "created_at")
    values = {name: getattr(found, name) for name in own}
    return {**values, "events": list(found.events), "counterparty_ids": named, "state": state}


def own_only(caller: Caller) -> str | None:
    """Whose webhooks the caller sees: its own, or everybody's where it is bound to nothing.

    These tables are read as the hub: the role that reads for callers on PostgreSQL has no right to any of them.
    """
    return None if caller.key.source is None else caller.key.number

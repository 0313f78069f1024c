"""What the storefront is told of, and which permission of a key lets it hear that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from schemas.api_keys import Permission

EventType = Literal[
    "balance.changed",
    "overdue.changed",
    "document.ready",
    "document.changed",
    "document.withdrawn",
    "payment.received",
    "access.changed",
    "trading.changed",
    "statement.ready",
    "statement.failed",
    "statement.disagreed",
    "order.accepted",
    "order.awaiting_approval",
    "order.approved",
    "order.held",
    "order.confirmed",
    "order.rejected",
    "order.uncertain",
    "order.cancelled",
    "order.status.changed",
    "party.accepted",
    "party.confirmed",
    "party.rejected",
    "party.uncertain",
    "sync.degraded",
    "sync.recovered",
]

EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)
TEST = "webhook.test"  # of one webhook alone, whatever it wants to hear
EVERY = "*"  # of a webhook that hears all types, those of later versions too

_HEARD_WITH: Mapping[str, Permission] = {
    "balance": "balances:read",
    "overdue": "balances:read",
    "document": "documents:read",
    "payment": "documents:read",
    "access": "access:read",
    "trading": "access:read",
    "statement": "statements:read",
    "order": "orders:read",
    "party": "parties:read",
    "sync": "sync:read",
}


def heard_with(event_type: str) -> Permission:
    """The permission that reads over the API what this event tells. Errors: KeyError for no type of ours."""
    return _HEARD_WITH[event_type.partition(".")[0]]

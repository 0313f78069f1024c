"""What the storefront is told of orders and new parties: where they are, and why; never the books' own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from schemas import parties
from schemas.events import EventType
from schemas.ids import external, optional
from schemas.money import Money
from schemas.submissions import State
from store import events, news
from store.engine import Tx
from store.events import NewEvent

if TYPE_CHECKING:
    from store.submissions import Submission

OF_ORDER: Mapping[State, EventType] = {
    "awaiting_approval": "order.awaiting_approval",
    "approved": "order.approved",
    "held": "order.held",
    "confirmed": "order.confirmed",
    "rejected": "order.rejected",
    "uncertain": "order.uncertain",
    "cancelled": "order.cancelled",
}
OF_PARTY: Mapping[State, EventType] = {
    "queued": "party.accepted",
    "confirmed": "party.confirmed",
    "rejected": "party.rejected",
    "uncertain": "party.uncertain",
}


def tell(tx: Tx, submission: Submission, version: int) -> bool:
    """Tell of the state it came into; tells whether the storefront hears of such a state at all.

    What the books have made of an order may be known before it counts as confirmed: its status is looked at next.
    """
    if submission.kind == "order" and submission.state in ("confirmed", "cancelled"):
        news.write(tx, submission.source, [("order", submission.id)])
    told = (OF_ORDER if submission.kind == "order" else OF_PARTY).get(submission.state)
    if told is not None:
        add(tx, submission, told, version)
    return told is not None


def add(tx: Tx, submission: Submission, told: EventType, version: int) -> None:
    event = NewEvent(told, submission.counterparty_id, submission.id, version, _data(submission, version))
    events.add(tx, submission.source, [event], tx.now)


def _data(row: Submission, version: int) -> dict[str, Any]:
    amount = None
    if row.amount is not None and row.currency is not None:
        amount = {"amount": str(Money(row.amount, row.currency)), "currency": row.currency}
    return {
        "id": external(row.source, row.id),
        "version": version,
        "kind": row.kind,
        "number": row.number,
        "reference": parties.plain(row.reference, row.counterparty_id),
        "counterparty_id": optional(row.source, row.counterparty_id),
        "state": row.state,
        "why": row.why,
        "status": row.status,
        "document_id": optional(row.source, row.ref_key),
        "document_number": row.document_number or None,
        "total": amount,
    }

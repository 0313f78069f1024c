"""New legal entities and delivery points before the push: kept, queued at once, cancelled while nobody was asked."""

from __future__ import annotations

from typing import Any

from schemas import parties
from schemas.errors import StepRefusedError
from schemas.parties import NewCounterparty, NewDeliveryPoint
from schemas.submissions import State
from store import outbox, submissions
from store.engine import Tx
from store.submissions import Submission

CANCELLABLE: tuple[State, ...] = ("queued", "rejected")


def place_counterparty(
    tx: Tx, source: str, party: NewCounterparty, by: str, contact_id: str | None
) -> Submission:
    """Errors: StoreError where there is one of this reference."""
    made = submissions.add(
        tx,
        source=source,
        kind="counterparty",
        lane=party.lane,
        reference=parties.qualified(party.reference, party.head_id),
        body=party.body(),
        by=by,
        named={"counterparty_id": party.head_id, "contact_id": contact_id},
    )
    return _queued(tx, made, by)


def place_delivery_point(
    tx: Tx, source: str, partner_id: str, point: NewDeliveryPoint, by: str, contact_id: str | None
) -> Submission:
    """One partner's are one lane: each is sent with all that are there. Errors: as above."""
    made = submissions.add(
        tx,
        source=source,
        kind="delivery_point",
        lane=partner_id,
        reference=parties.qualified(point.reference, point.counterparty_id),
        body=point.body(),
        by=by,
        named={"counterparty_id": point.counterparty_id, "contact_id": contact_id},
    )
    return _queued(tx, made, by)


def cancel(tx: Tx, submission: Submission, by: str, note: str) -> Submission:
    """Only while the books were not asked for it: what they have is theirs, and may be somebody else's too."""
    tx.alone(f"orders {submission.source} {submission.lane}")
    outbox.wake(tx, submission)  # its row first, as workers do
    current = submissions.by_number(tx, submission.number)
    if not may_cancel(current) or outbox.sent_at(tx, current) is not None:
        raise StepRefusedError(
            f"This does not go with a request that is {current.state.replace('_', ' ')}",
            hint="The accounting system was asked for it: have it put right there",
            code="not_in_this_state",
            submission=current.id,
        )
    return submissions.step(tx, current, "cancelled", by=by, why="on_request", note=note)


def may_cancel(submission: Submission) -> bool:
    """As far as a reader can tell: a request to the books that is under way is seen when it is cancelled."""
    return submission.state in CANCELLABLE and submission.ref_key is None


def _queued(tx: Tx, made: Submission, by: str) -> Submission:
    """Nobody approves these: what was sent is what is pushed."""
    approved: dict[str, Any] = {"approved_digest": made.digest}
    queued = submissions.step(tx, submissions.step(tx, made, "approved", by=by, **approved), "queued", by=by)
    outbox.queue(tx, queued)
    return queued

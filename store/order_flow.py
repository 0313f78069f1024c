"""An order before the push: placed, approved or declined, checked for credit, held, released, changed, cancelled.

Whoever calls has checked that the caller may; what holds for everybody is checked here, in the same transaction.
"""

from __future__ import annotations

from typing import Any, NoReturn

from schemas import approvals
from schemas import orders as content
from schemas.errors import StepRefusedError
from schemas.orders import Order
from schemas.settings import HubSettings
from schemas.submissions import State, Status, Why
from store import approval_rules, credit, order_admission, outbox, party_flow, submission_events, submissions
from store.engine import Tx
from store.submissions import Submission

CHANGEABLE: tuple[State, ...] = ("draft", "awaiting_approval", "rejected")
NEVER_SENT: tuple[Why, ...] = ("declined", "over_limit", "overdue", "over_stock", "not_checked")
AT_ONCE: tuple[State, ...] = ("draft", "awaiting_approval", "held", "queued")
GONE_OUT: tuple[Status, ...] = ("shipped_in_part", "shipped", "paid")  # nobody cancels these but the books
BY_WORKER: tuple[State, ...] = ("sending", "uncertain", "created", "posted", "confirmed")


def draft(tx: Tx, source: str, reference: str, order: Order, by: str) -> Submission:
    """Keep a new order; `place` lets it go on. Errors: StoreError where there is one of this reference."""
    return submissions.add(
        tx,
        source=source,
        kind="order",
        lane=order.counterparty_id,
        reference=reference,
        body=order.body(),
        by=by,
        named=named(order),
    )


def place(tx: Tx, settings: HubSettings, submission: Submission, by: str) -> Submission:
    """Let a draft go on: to who approves, else through the credit check into the outbox."""
    current = _current(tx, submission, "draft")
    order_admission.check(tx, settings, current)
    if current.event_version == 0:
        current = submissions.note(tx, current, event_version=1)
        submission_events.add(tx, current, "order.accepted", current.event_version)
    rule = approval_rules.demanding(tx, current, _order(tx, current))
    if rule is not None:
        return submissions.step(tx, current, "awaiting_approval", by=by, note=f"approval rule {rule.id}")
    return _approved(tx, settings, current, by, "")


def approve(
    tx: Tx,
    settings: HubSettings,
    submission: Submission,
    by: str,
    note: str,
    *,
    contact_id: str | None = None,
) -> Submission:
    """Freeze what it says now, and let it go on. `contact_id`: who approves, where one of the counterparty's does.

    Errors: StepRefusedError own_order, access_blocked, trading_suspended, not_in_this_state.
    """
    current = _current(tx, submission, "awaiting_approval")
    if not approvals.may_approve(contact_id, current.contact_id):
        raise StepRefusedError(
            "Who placed an order does not approve it",
            hint="Let somebody else of the company approve it, or one of the supplier's people",
            code="own_order",
            submission=current.id,
        )
    order_admission.check(tx, settings, current)
    return _approved(tx, settings, current, by, note)


def decline(tx: Tx, submission: Submission, by: str, note: str) -> Submission:
    """Not approved: it may be changed and placed again, or cancelled."""
    _reasoned(submission, note)
    current = _current(tx, submission, "awaiting_approval")
    return submissions.step(tx, current, "rejected", by=by, why="declined", note=note)


def release(tx: Tx, settings: HubSettings, submission: Submission, by: str, note: str) -> Submission:
    """Let a held order go to the books, whatever the credit check found (FX-12)."""
    _reasoned(submission, note)
    current = _current(tx, submission, "held")
    order_admission.check(tx, settings, current)
    return _queued(tx, current, by, why="released", note=note)


def refuse(tx: Tx, submission: Submission, by: str, note: str) -> Submission:
    """Do not let a held order go to the books; why it was held is why it was refused."""
    _reasoned(submission, note)
    current = _current(tx, submission, "held")
    return submissions.step(tx, current, "rejected", by=by, why=current.why, note=note)


def change(tx: Tx, submission: Submission, order: Order, by: str) -> Submission:
    """Let the order say something else: a draft again, which nobody has approved."""
    current = _current(tx, submission, *CHANGEABLE)
    if current.state == "rejected" and current.why not in NEVER_SENT:
        _elsewhere(current, "Place a new order under another reference: the books were asked for this one")
    if order.counterparty_id != current.lane:
        raise StepRefusedError(
            "An order stays with the counterparty that it was placed for",
            hint="Cancel it, and place another one under another reference",
            code="of_another_counterparty",
            submission=current.id,
        )
    if current.state != "draft":
        current = submissions.step(tx, current, "draft", by=by, why="placed_again")
    return submissions.change(tx, current, order.body(), by, named(order))


def cancel(tx: Tx, submission: Submission, by: str, note: str) -> Submission:
    """Cancel it: at once where the books were not asked for it, else by the worker, who asks them to.

    Nobody else decides about it, then the row of the outbox, as workers do: all wait for each other in one order, and
    then it is read.
    """
    if submission.kind != "order":
        return party_flow.cancel(tx, submission, by, note)
    tx.alone(f"orders {submission.source} {submission.lane}")
    outbox.wake(tx, submission)
    current = _current(tx, submission, *AT_ONCE, *BY_WORKER, "rejected")
    if current.status in GONE_OUT:
        raise StepRefusedError(
            f"It is {current.status.replace('_', ' ')} by now",
            hint="Goods or money have moved: agree on a return, or let it be cancelled in the books",
            code="not_in_this_state",
            submission=current.id,
        )
    in_books = current.ref_key is not None or outbox.sent_at(tx, current) is not None  # or may yet get there
    if (current.state in AT_ONCE or current.state == "rejected") and not in_books:
        return submissions.step(tx, current, "cancelled", by=by, why="on_request", note=note)
    if current.cancel_asked_at is not None:
        return current
    asked = {"cancel_asked_at": tx.now, "cancel_asked_by": by, "cancel_reason": note}
    return submissions.note(tx, current, **asked)


def may_cancel(submission: Submission) -> bool:
    """Whether `cancel` takes it, as it stands now."""
    may = (*AT_ONCE, *BY_WORKER, "rejected")
    return submission.state in may and submission.status not in GONE_OUT


def named(order: Order) -> dict[str, Any]:
    """The columns of its own that an order fills."""
    return {
        "counterparty_id": order.counterparty_id,
        "branch_id": order.branch_id,
        "contact_id": order.contact_id,
        "organization_id": order.organization_id,
        "contract_id": order.contract_id,
        "currency": order.currency,
        "amount": order.amount,
    }


def _approved(tx: Tx, settings: HubSettings, current: Submission, by: str, note: str) -> Submission:
    """What it says now is what may be pushed; then the credit check decides."""
    current = submissions.step(tx, current, "approved", by=by, note=note, approved_digest=current.digest)
    found = credit.decide(tx, settings, current, _order(tx, current))
    if found.outcome == "hold":
        return submissions.step(tx, current, "held", by=by, why=found.why)
    return _queued(tx, current, by)


def _queued(tx: Tx, current: Submission, by: str, *, why: Why | None = None, note: str = "") -> Submission:
    current = submissions.step(tx, current, "queued", by=by, why=why, note=note)
    outbox.queue(tx, current)
    return current


def _order(tx: Tx, current: Submission) -> Order:
    return content.order(submissions.body(tx, current))


def _current(tx: Tx, submission: Submission, *states: State) -> Submission:
    """It as it is now; nobody else decides about an order of this counterparty until the transaction ends.

    Errors: StepRefusedError where it is in none of `states`, or says something else than the caller saw.
    """
    tx.alone(f"orders {submission.source} {submission.lane}")
    current = submissions.by_number(tx, submission.number)
    if current.state not in states:
        _elsewhere(current, "Look at it again: somebody was faster, or it is too late for this")
    if current.version != submission.version:
        _elsewhere(current, "Its content was changed meanwhile: look at it again, then decide")
    return current


def _elsewhere(current: Submission, hint: str) -> NoReturn:
    raise StepRefusedError(
        f"This does not go with an order that is {current.state.replace('_', ' ')}",
        hint=hint,
        code="not_in_this_state",
        submission=current.id,
    )


def _reasoned(submission: Submission, note: str) -> None:
    if not note.strip():
        raise StepRefusedError(
            "Nobody would know later why",
            hint="Say why, for whoever asks later",
            code="reason_missing",
            submission=submission.id,
        )

"""What a person decides about one that cannot go on by itself; a worker that is at it loses its claim."""

from __future__ import annotations

from sqlalchemy import select, update

from schemas.errors import StoreError
from schemas.submissions import State, Why
from store import outbox, submissions
from store.engine import Tx
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION

BY_PEOPLE: tuple[Why, ...] = ("declined", "over_limit", "overdue", "over_stock", "not_checked")


def absent(tx: Tx, submission: Submission, by: str, note: str) -> Submission:
    """Somebody looked: the books have not got it, and no request is under way there. It is sent again."""
    _must_be(tx, submission, "uncertain")
    moved = submissions.step(tx, submission, "queued", by=by, why="proven_absent", note=note)
    outbox.queue(tx, moved)
    _settled(tx, moved)
    return moved


def found(tx: Tx, submission: Submission, ref_key: str, by: str, note: str) -> Submission:
    """Somebody looked: it is this document. It is read, compared and posted like any that was created."""
    _must_be(tx, submission, "uncertain")
    same = select(SUBMISSION.c.number).where(
        SUBMISSION.c.source == submission.source,
        SUBMISSION.c.ref_key == ref_key,
        SUBMISSION.c.number != submission.number,
    )
    other = None
    if submission.kind == "order":  # a partner has many delivery points, an entity may be asked for twice
        other = tx.connection.execute(same).scalars().first()
    if other is not None:
        raise StoreError(
            f"That document is order {other} already",
            hint="One document is one order: look again which it is",
            submission=submission.id,
        )
    moved = submissions.step(tx, submission, "created", by=by, why="found", note=note, ref_key=ref_key)
    outbox.queue(tx, moved)
    _settled(tx, moved)
    return moved


def again(tx: Tx, submission: Submission, by: str, note: str) -> Submission:
    """What the books refused is tried again: whoever says so has put right what they refused it for."""
    _must_be(tx, submission, "rejected")
    if submission.why in BY_PEOPLE:
        raise StoreError(
            "People refused it, not the books",
            hint="Change it and place it again, or place another one",
            submission=submission.id,
        )
    if submission.approved_digest != submission.digest:
        raise StoreError(
            "What it says now was not approved",
            hint="Submit it again, so that it is approved and checked",
            submission=submission.id,
        )
    moved = submissions.step(tx, submission, "queued", by=by, why="released", note=note)
    outbox.queue(tx, moved)
    return moved


def _settled(tx: Tx, submission: Submission) -> None:
    """Nothing that was sent before can arrive any more."""
    settled = update(OUTBOX).where(OUTBOX.c.submission_number == submission.number)
    tx.connection.execute(settled.values(sent_at=None))


def _must_be(tx: Tx, submission: Submission, state: State) -> None:
    """Its row of the outbox first, as workers do: they and we wait for each other in one order."""
    outbox.wake(tx, submission)
    if submission.state != state:
        raise StoreError(
            f"It is {submission.state}, not {state}",
            hint="Look at it again: somebody, or the accounting system, was faster",
            submission=submission.id,
        )

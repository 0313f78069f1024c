"""Cancelling what the books have: unposted, then marked for deletion; never deleted. Proven by reading it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assets.pushing import Pushing, Wait
from schemas.errors import SourceRefusedError, UnclearAnswerError
from schemas.submissions import State
from store import submissions
from store.submissions import Submission

SEVERAL = "several documents carry this order"
SETTLED_BY_A_PERSON = timedelta(minutes=15)  # until it is looked at again by itself
UNMARKED = "the document was marked for deletion, and is not marked"


def of_queued(one: Pushing, submission: Submission) -> Submission:
    """It is asked for again, or a request to create it may still arrive: the books are looked at first."""
    if submission.ref_key is not None:
        return one.step(submission, "sending", "created", why="found")
    if one.may_arrive:
        return one.step(submission, "sending", "uncertain", why="unclear_answer")
    return one.step(submission, "cancelled", why="on_request", note=submission.cancel_reason)


def begin(one: Pushing, submission: Submission) -> Submission | Wait:
    """Somebody wished it after the books were asked for it."""
    note = submission.cancel_reason
    if submission.ref_key is not None:
        return one.step(submission, "cancelling", why="on_request", note=note)
    found = one.books.look()
    if len(found) > 1:
        one.note(submission, why="several_found", words=SEVERAL)
        return Wait(SETTLED_BY_A_PERSON)
    if found:  # refused, but an earlier request to create it got there
        return one.step(submission, "cancelling", why="on_request", note=note, ref_key=found[0].ref_key)
    if one.is_absent(submission):
        return one.step(submission, "cancelled", why="on_request", note=note)
    return one.look_again(submission)


def go_on(one: Pushing, submission: Submission) -> Submission | Wait:
    paper = one.books.read(submission)
    if paper is None:
        return one.step(submission, "cancelled", why="on_request", note=submission.cancel_reason)
    try:
        if paper.is_posted:
            one.books.unpost(submission)
            paper = one.books.read(submission)
            if paper is None or paper.is_posted:
                return one.again(submission)
        if not paper.is_marked:
            one.books.mark(submission)
            paper = one.books.read(submission)
    except SourceRefusedError as refused:
        return _refused(one, submission, refused.words)
    except UnclearAnswerError:
        return one.again(submission)
    if paper is not None and not paper.is_marked:
        return _refused(one, submission, UNMARKED)
    return one.step(submission, "cancelled", why="on_request", note=submission.cancel_reason)


def _refused(one: Pushing, submission: Submission, said: str) -> Submission:
    """It stays. What we unposted on the way is pushed on: it is compared and posted again."""
    paper = one.books.read(submission)
    back = _before(one, submission)
    if back != "rejected":
        back = back if paper is not None and paper.is_posted else "created"
    no_wish: dict[str, Any] = {"cancel_asked_at": None, "cancel_asked_by": None, "cancel_reason": ""}
    return one.step(submission, back, why="cancelling_refused", said=said, **no_wish)


def _before(one: Pushing, submission: Submission) -> State:
    """Where it was when it was begun to be cancelled."""
    with one.store.reading() as tx:
        taken = submissions.steps(tx, submission)
    return next(step.before for step in reversed(taken) if step.after == "cancelling")

"""One push: what is done in each state until it is through, waits, or needs a person. ADR 0027.

The look comes before everything is asked for, `sending` right before the one request to create, and after each
request the next state in the same breath: whoever takes over a dead worker's order knows from the state what may
have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assets import push_cancelling, push_parties
from assets.push_books import Paper
from assets.pushing import Pushing, Wait
from schemas.errors import AlreadyThereError, NotReceivedError, SourceRefusedError, UnclearAnswerError
from schemas.submissions import State, digest
from store.submissions import Submission

After = Submission | Wait

GONE = "the document is not there any more"
CHANGED = "the content is not what was approved"
UNPOSTED = "the document was posted, and is not posted now"


def push(one: Pushing) -> Submission:
    """Go on until it rests. Errors: those of the connector, LeaseLostError, StoreError where a person was faster."""
    submission = one.now()
    if submission.state == "sending":
        submission = one.step(submission, "uncertain", why="worker_died")
    while (act := _act(submission)) is not None:
        after = act(one, submission)
        if isinstance(after, Wait):
            one.wait(after)
            return submission
        submission = after
    one.release()
    return submission


def _act(submission: Submission) -> Callable[[Pushing, Submission], After] | None:
    asked = submission.cancel_asked_at is not None
    if asked and submission.state in ("created", "posted", "confirmed", "rejected"):
        return push_cancelling.begin
    return ACTS.get(submission.state)


def queued(one: Pushing, submission: Submission) -> After:
    """Look whether the books have it; only if not, ask them to create it."""
    if submission.cancel_asked_at is not None:
        return push_cancelling.of_queued(one, submission)
    if digest(one.body) != submission.approved_digest:
        return one.step(submission, "sending", "rejected", why="not_equal", said=CHANGED)
    if found := one.books.look():
        return _adopt(one, submission, found)
    if submission.kind == "order":
        submission = one.step(submission, "sending")
    else:
        if (alone := one.sends_alone(submission)) is None:
            return Wait(push_parties.LOOKS_AGAIN)
        submission = alone
        if found := one.books.look():  # another one of its lane may have brought it meanwhile
            return _adopt(one, submission, found)
    try:
        paper = one.books.create()
    except (AlreadyThereError, UnclearAnswerError):
        return one.again(one.step(submission, "uncertain", why="unclear_answer"))
    except SourceRefusedError as refused:
        return one.step(submission, "rejected", why="creation_refused", said=refused.words)
    except NotReceivedError:
        one.not_sent(submission)
        raise
    return one.step(submission, "created", ref_key=paper.ref_key, document_number=paper.number)


def uncertain(one: Pushing, submission: Submission) -> After:
    """Settled by looking: it is there, or it is proven that it is not."""
    if found := one.books.look():
        return _adopt(one, submission, found)
    if one.is_absent(submission):
        return one.step(submission, "queued", why="proven_absent")
    return one.look_again(submission)


def created(one: Pushing, submission: Submission) -> After:
    """Read it back, hold it against what was approved, and post it."""
    paper = one.books.read(submission)
    if (bad := _wrong(one, submission, paper)) is not None:
        return bad
    assert paper is not None
    if push_parties.is_adopted(submission, paper):
        return push_parties.adopted(one, submission, paper)
    if differs := one.differences(paper):
        if not one.may_mend(submission, paper):
            return one.step(submission, "rejected", why="not_equal", said=differs, **paper.named)
        return _mended(one, submission)
    if paper.is_posted or not one.posts:
        return one.step(submission, "posted" if one.posts else "confirmed", **paper.named)
    try:
        one.books.post(submission)
    except SourceRefusedError as refused:
        return one.step(submission, "rejected", why="posting_refused", said=refused.words, **paper.named)
    except UnclearAnswerError:  # to post twice is to post: it is read again first all the same
        return one.again(submission)
    return one.step(submission, "posted", **paper.named)


def posted(one: Pushing, submission: Submission) -> After:
    """Read it back once more: only what is posted and equal is confirmed."""
    paper = one.books.read(submission)
    if (bad := _wrong(one, submission, paper)) is not None:
        return bad
    assert paper is not None
    said = one.differences(paper) if paper.is_posted else UNPOSTED
    if said:
        return one.step(submission, "rejected", why="not_equal", said=said, **paper.named)
    return one.step(submission, "confirmed", **paper.named)


def _wrong(one: Pushing, submission: Submission, paper: Paper | None) -> After | None:
    if paper is None:
        return one.step(submission, "rejected", why="not_equal", said=GONE)
    if paper.is_marked:
        return one.step(submission, "rejected", why="marked_in_books", **paper.named)
    return None


def _mended(one: Pushing, submission: Submission) -> After:
    """It was refused before and somebody let it be tried again: its own unposted document gets what was approved."""
    try:
        one.books.change(submission)
    except SourceRefusedError as refused:
        return one.step(submission, "rejected", why="creation_refused", said=refused.words)
    except UnclearAnswerError:
        return one.again(submission)
    one.is_mended = True
    return submission


def _adopt(one: Pushing, submission: Submission, found: tuple[Paper, ...]) -> After:
    """The books have it already."""
    sending: tuple[State, ...] = ("sending",) if submission.state == "queued" else ()
    if len(found) == 1:
        return one.step(submission, *sending, "created", why="found", ref_key=found[0].ref_key)
    if submission.state != "uncertain":
        submission = one.step(
            submission, *sending, "uncertain", why="several_found", said=push_cancelling.SEVERAL
        )
    elif submission.why != "several_found":
        submission = one.note(submission, why="several_found", words=push_cancelling.SEVERAL)
    return Wait(push_cancelling.SETTLED_BY_A_PERSON)


ACTS: Mapping[State, Callable[[Pushing, Submission], After]] = {
    "queued": queued,
    "uncertain": uncertain,
    "created": created,
    "posted": posted,
    "cancelling": push_cancelling.go_on,
}

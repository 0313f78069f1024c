"""One worker's hand on one submission: every step is written under its fence, every wait is kept in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from assets.push_books import Books, Paper
from schemas.settings import OrderSettings
from schemas.submissions import State, Why
from store import leases, outbox, outbox_waits, submissions
from store.engine import Store, Tx
from store.outbox import Claim
from store.submissions import Submission

BY = "saldo push"
IN_BOOKS: tuple[State, ...] = ("created", "posted", "confirmed", "cancelled")  # no second one can arrive
LOOKS_EVERY, LOOKS_AT_MOST_EVERY = timedelta(seconds=2), timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing more can be done now. None is a pause by the attempts made in vain."""

    lasts: timedelta | None = None


@dataclass(slots=True)
class Pushing:
    """`body` is what was approved, as it is kept; `attempts` how often it was tried in vain since it got on."""

    store: Store
    settings: OrderSettings
    claim: Claim
    books: Books
    body: Mapping[str, Any]
    attempts: int = field(init=False)
    sent_before: datetime | None = None  # an earlier request to create it that may still arrive
    is_mended: bool = False

    def __post_init__(self) -> None:
        self.attempts = self.claim.attempts

    @property
    def posts(self) -> bool:
        """Whether the books post this kind."""
        return self.books.outgoing.posts

    @property
    def may_arrive(self) -> bool:
        """Whether a request to create it was made that may still reach the books."""
        with self.store.reading() as tx:
            return outbox.sent_at(tx, self.claim.submission) is not None

    def now(self) -> Submission:
        with self.store.transaction() as tx:
            return outbox.check(tx, self.claim)

    def step(
        self,
        submission: Submission,
        *states: State,
        why: Why | None = None,
        said: str = "",
        note: str = "",
        **columns: Any,
    ) -> Submission:
        """Go through `states`; what is said of it is said of the last one.

        Errors: LeaseLostError; StoreError where a person was faster.
        """
        with self.store.transaction() as tx:
            outbox.check(tx, self.claim)
            if submission.state == "queued":
                self.sent_before = outbox.sent_at(tx, submission)
            for state in states[:-1]:
                submission = submissions.step(tx, submission, state, by=BY)
            if states[-1] in IN_BOOKS:
                self._got_on(tx, None)
            elif submission.state == "sending" and states[-1] == "rejected":
                self._got_on(tx, self.sent_before)
            return submissions.step(
                tx, submission, states[-1], by=BY, why=why, said=said, note=note, **columns
            )

    def sends_alone(self, submission: Submission) -> Submission | None:
        """`sending`; None while another one of its lane is, or may still arrive.

        That could be the same entity, or undo what is added to the partner. Errors: as `step`.
        """
        with self.store.transaction() as tx:
            tx.alone(f"lane {submission.source} {submission.lane}")
            outbox.check(tx, self.claim)
            if outbox.may_arrive_beside(tx, submission):
                return None
            self.sent_before = outbox.sent_at(tx, submission)
            return submissions.step(tx, submission, "sending", by=BY)

    def note(self, submission: Submission, **columns: Any) -> Submission:
        """Set columns that are no step."""
        with self.store.transaction() as tx:
            outbox.check(tx, self.claim)
            return submissions.note(tx, submission, **columns)

    def not_sent(self, submission: Submission) -> None:
        """The request to create it surely did not arrive: it is queued as before."""
        with self.store.transaction() as tx:
            outbox.check(tx, self.claim)
            outbox.sending(tx, self.claim, self.sent_before)
            submissions.step(tx, submission, "queued", by=BY, why="source_unavailable")

    def again(self, submission: Submission) -> Submission | Wait:
        """After an unclear answer: look at once, and after a pause where that was so before."""
        self.attempts += 1
        return submission if self.attempts == 1 else Wait()

    def is_absent(self, submission: Submission) -> bool:
        """Whether what the look did not find is not there, and cannot arrive, or not beside another one.

        With a key that we choose a late arrival and a second one cannot both be kept. One that is to be cancelled
        has no second one: it waits as if the key were not ours.
        """
        with self.store.transaction() as tx:
            outbox.check(tx, self.claim)
            sent_at = outbox.sent_at(tx, submission)
            if sent_at is None:
                return True
            if leases.clock(tx) - sent_at >= timedelta(seconds=self.settings.settle_after_s):
                outbox.sending(tx, self.claim, None)
                return True
        return self.settings.chosen_key and submission.cancel_asked_at is None

    def look_again(self, submission: Submission) -> Wait:
        """When it is looked at next: the longer it is uncertain, the later; at the latest when it counts as absent."""
        with self.store.reading() as tx:
            now, sent_at = leases.clock(tx), outbox.sent_at(tx, submission)
        pause = min(max((now - submission.since) / 2, LOOKS_EVERY), LOOKS_AT_MOST_EVERY)
        if sent_at is not None:
            pause = min(pause, sent_at + timedelta(seconds=self.settings.settle_after_s) - now)
        return Wait(max(pause, timedelta(0)))

    def may_mend(self, submission: Submission, paper: Paper) -> bool:
        """Whether its own document may be given the approved content: nobody has posted it, somebody said again."""
        with self.store.reading() as tx:
            taken = submissions.steps(tx, submission)
        was_refused = any(one.before == "rejected" for one in taken)
        return was_refused and not self.is_mended and not paper.is_posted and paper.is_ours

    def differences(self, paper: Paper) -> str:
        """What the books keep otherwise than it was sent, for a person to read; "" where all is equal."""
        found = self.books.outgoing.differences(self.books.sent, paper.row, later=paper.is_posted)
        return "\n".join(f"{one.field}: {one.sent or '—'} ≠ {one.stored or '—'}" for one in found)

    def wait(self, wait: Wait) -> None:
        with self.store.transaction() as tx:
            if wait.lasts is None:
                outbox_waits.later(tx, self.claim, self.attempts)
            else:
                outbox.release(tx, self.claim, leases.clock(tx) + wait.lasts)

    def release(self) -> None:
        with self.store.transaction() as tx:
            outbox.release(tx, self.claim)

    def _got_on(self, tx: Tx, sent_at: datetime | None) -> None:
        outbox.sending(tx, self.claim, sent_at)
        if self.attempts > 0:
            outbox_waits.back(tx, self.claim.submission.source)
        self.attempts = 0

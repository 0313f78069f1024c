"""What is to go to the books, and who is at it: a row for each that was ever queued.

Whose turn it is. A row is taken when it can move (`MOVING`, or somebody wishes to cancel what is at rest), its time has
come, and no living worker has it. Those of one lane go in the order in which they were queued: one waits while an
earlier one of its lane is on its way (`IN_ORDER`) and is worked at, or could be now. One that waits for a person
(held, rejected, uncertain) or for its next try stands in nobody's way: later ones pass it.

The fence grows with every claim, and whenever a person decides something. Who pushes checks it in every transaction,
and before every request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true, update

from schemas.errors import LeaseLostError
from schemas.submissions import State
from store import inserts, leases, submissions
from store.engine import Tx
from store.outbox_attempts import Attempt, of_submission
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION

IN_ORDER: tuple[State, ...] = ("queued", "sending", "created", "posted")
MOVING: tuple[State, ...] = (*IN_ORDER, "uncertain", "cancelling")
AT_REST: tuple[State, ...] = ("confirmed", "rejected")  # a wish to cancel wakes these
NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to push one. `attempts` is how often it was tried in vain since it last moved on; `sent_at` when a
    request to create it was last begun that may have arrived."""

    submission: Submission
    fence: int
    holder: str
    ttl_s: float
    attempts: int
    sent_at: datetime | None


def queue(tx: Tx, submission: Submission) -> None:
    """Let it be pushed, after those of its lane that are queued already. A worker that still has it loses it."""
    fresh = {"source": submission.source, "lane": submission.lane, "queued_at": tx.now, "next_at": tx.now}
    row = {"submission_number": submission.number, **fresh, "fence": 0, "attempts": 0}
    put = inserts.into(tx.dialect, OUTBOX).values(**row)
    again = {**fresh, "attempts": 0, "fence": OUTBOX.c.fence + 1, "holder": None, "held_until": None}
    tx.connection.execute(put.on_conflict_do_update(index_elements=["submission_number"], set_=again))


def claim(tx: Tx, source: str, holder: str, ttl_s: float) -> Claim | None:
    """Take whose turn it is, for `ttl_s` seconds; None where nobody's is. `holder` is "host:pid:anything"."""
    tx.alone(f"outbox {source}")
    now, column = leases.clock(tx), OUTBOX.c
    turn = _turns(tx, now).where(column.source == source)
    first = turn.order_by(column.queued_at, column.submission_number).limit(1).with_for_update(of=OUTBOX)
    row = tx.connection.execute(first).one_or_none()
    if row is None:
        return None
    taken = {"fence": row.fence + 1, "holder": holder, "held_until": now + timedelta(seconds=ttl_s)}
    tx.connection.execute(_of(row.submission_number).values(**taken))
    submission = submissions.by_number(tx, row.submission_number)
    return Claim(submission, row.fence + 1, holder, ttl_s, row.attempts, row.sent_at)


def check(tx: Tx, claim: Claim) -> Submission:
    """Hold the claim to the end of this transaction, and give how the submission is now.

    Errors: LeaseLostError where somebody else took it. A claim that ran out and that nobody took is still held.
    """
    _held(tx, claim, select(OUTBOX.c.fence).with_for_update(read=True))
    return submissions.by_number(tx, claim.submission.number)


def look(tx: Tx, claim: Claim) -> None:
    """Check it in a transaction that only reads, right before a request: here one that ran out is lost."""
    _held(tx, claim, select(OUTBOX.c.fence).where(OUTBOX.c.held_until > leases.clock(tx)))


def renew(tx: Tx, claim: Claim) -> None:
    """Let the claim run for its whole time again. Errors: LeaseLostError."""
    _set(tx, claim, held_until=leases.clock(tx) + timedelta(seconds=claim.ttl_s))


def release(tx: Tx, claim: Claim, next_at: datetime | None = None) -> None:
    """Let the next worker have it, from `next_at` on where it is given; nothing happens where it is lost already."""
    free: dict[str, Any] = {"holder": None, "held_until": None}
    mine = _of(claim.submission.number).where(OUTBOX.c.fence == claim.fence)
    tx.connection.execute(mine.values(**free, **({} if next_at is None else {"next_at": next_at})))


def sending(tx: Tx, claim: Claim, at: datetime | None) -> None:
    """Note when a request to create it began; None says that no such request can arrive any more."""
    _set(tx, claim, sent_at=at)


def wake(tx: Tx, submission: Submission) -> None:
    """Let it be looked at now: somebody wishes to cancel it."""
    tx.connection.execute(_of(submission.number).values(next_at=tx.now))


def sent_at(tx: Tx, submission: Submission) -> datetime | None:
    """When a request to create it was begun that may still reach the books: what is queued may be in there then."""
    sent = select(OUTBOX.c.sent_at).where(OUTBOX.c.submission_number == submission.number)
    found: datetime | None = tx.connection.execute(sent).scalar_one_or_none()
    return found


def may_arrive_beside(tx: Tx, submission: Submission) -> bool:
    """Whether a request of another one of its lane may still reach the books, or is about to be made."""
    mine = SUBMISSION.c.number == OUTBOX.c.submission_number
    others = (
        select(OUTBOX.c.submission_number)
        .join(SUBMISSION, mine)
        .where(
            OUTBOX.c.source == submission.source,
            OUTBOX.c.lane == submission.lane,
            OUTBOX.c.submission_number != submission.number,
            or_(OUTBOX.c.sent_at.is_not(None), SUBMISSION.c.state == "sending"),
        )
    )
    return tx.connection.execute(others.limit(1)).first() is not None


def attempts(tx: Tx, submission: Submission) -> list[Attempt]:
    """Every request that was made for it, the oldest first."""
    return of_submission(tx, submission.number)


def waiting(tx: Tx, since: datetime | None = None) -> set[str]:
    """The sources of which a worker would find something to do now, or would have done so since then."""
    turn = _turns(tx, leases.clock(tx)).with_only_columns(OUTBOX.c.source).distinct()
    if since is not None:
        turn = turn.where(OUTBOX.c.next_at <= since)
    return set(tx.connection.execute(turn).scalars())


def movable() -> ColumnElement[bool]:
    """Those of `submission` that a worker has something to do with, now or later."""
    column = SUBMISSION.c
    wished = and_(column.state.in_(AT_REST), column.cancel_asked_at.is_not(None))
    return or_(column.state.in_(MOVING), wished)


def _turns(tx: Tx, now: datetime) -> Select[Any]:
    """The rows whose turn it is."""
    dead = _dead(tx, now)
    free, due = _free(OUTBOX.c, now, dead), OUTBOX.c.next_at <= now
    first, of_first = OUTBOX.alias("earlier"), SUBMISSION.alias("of_earlier")
    sooner = or_(
        first.c.queued_at < OUTBOX.c.queued_at,
        and_(first.c.queued_at == OUTBOX.c.queued_at, first.c.submission_number < OUTBOX.c.submission_number),
    )
    in_the_way = exists().where(
        first.c.source == OUTBOX.c.source,
        first.c.lane == OUTBOX.c.lane,
        sooner,
        of_first.c.number == first.c.submission_number,
        of_first.c.state.in_(IN_ORDER),
        or_(first.c.next_at <= now, ~_free(first.c, now, dead)),
    )
    mine = SUBMISSION.c.number == OUTBOX.c.submission_number
    passes = or_(SUBMISSION.c.state.not_in(IN_ORDER), ~in_the_way)
    return select(OUTBOX).join(SUBMISSION, mine).where(movable(), free, due, passes)


def _dead(tx: Tx, now: datetime) -> list[str]:
    """The holders of this host that have ended before their time."""
    held = select(OUTBOX.c.holder).where(OUTBOX.c.held_until > now).distinct()
    return [one for one in tx.connection.execute(held).scalars() if leases.is_dead(one)]


def _free(column: Any, now: datetime, dead: Sequence[str]) -> ColumnElement[bool]:
    """Whether no living worker has it. One of this host that has ended is known at once, others by their time."""
    ran_out = or_(column.held_until.is_(None), column.held_until <= now)
    return or_(ran_out, column.holder.in_(dead)) if dead else and_(true(), ran_out)


def _of(number: int) -> Any:
    return update(OUTBOX).where(OUTBOX.c.submission_number == number)


def _set(tx: Tx, claim: Claim, **columns: Any) -> None:
    mine = _of(claim.submission.number).where(OUTBOX.c.fence == claim.fence)
    if tx.connection.execute(mine.values(**columns)).rowcount != 1:
        raise _lost(claim)


def _held(tx: Tx, claim: Claim, fence: Select[Any]) -> None:
    mine = fence.where(OUTBOX.c.submission_number == claim.submission.number)
    if tx.connection.execute(mine).scalar_one_or_none() != claim.fence:
        raise _lost(claim)


def _lost(claim: Claim) -> LeaseLostError:
    return LeaseLostError(
        "another worker, or a person, has it now",
        hint="nothing of this step was kept; who has it goes on",
        submission=claim.submission.id,
    )

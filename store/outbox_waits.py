"""When what waits in the outbox is tried again: one by itself, or all of a base that does not answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, literal, or_, select, update

from schemas.submissions import Why
from store import leases, outbox
from store.engine import Tx
from store.outbox import Claim
from store.tables_of_orders import OUTBOX, SUBMISSION
from store.types import Instant

FIRST_S, MOST_S = 2, 300
TURN_S = 1  # of a pause: by that the others of a base go before the one that met the silence


def later(tx: Tx, claim: Claim, attempts: int) -> None:
    """Give it back, and let it be tried again after a while: others of its base go on meanwhile."""
    outbox.check(tx, claim)
    mine = update(OUTBOX).where(OUTBOX.c.submission_number == claim.submission.number)
    tx.connection.execute(mine.values(attempts=attempts))
    outbox.release(tx, claim, leases.clock(tx) + pause(attempts))


def away(tx: Tx, claim: Claim) -> datetime:
    """Give it back: its base does not answer. Its own next try is at the moment that this gives.

    Several workers notice that at once: together they make one step of the pause. Perhaps only this one meets it (its
    document is locked, or breaks the server): so the others go first then, those of its lane too.
    """
    now, column = leases.clock(tx), OUTBOX.c
    of_base = (column.source == claim.submission.source, _number().in_(_movable()))
    tried = select(func.max(column.attempts), func.max(column.next_at)).where(*of_base, column.attempts > 0)
    attempts, until = tx.connection.execute(tried).one()
    if until is None or until <= now:
        attempts = (attempts or 0) + 1
        until = now + pause(attempts)
    known: datetime = until
    mine = column.submission_number == claim.submission.number
    free = or_(column.held_until.is_(None), column.held_until <= now, mine)
    turn = known - timedelta(seconds=TURN_S)
    later_ = case((column.next_at >= known, column.next_at), else_=literal(turn, Instant()))
    tx.connection.execute(update(OUTBOX).where(*of_base, free).values(next_at=later_, attempts=attempts))
    outbox.release(tx, claim, known)
    tell(tx, claim.submission.source, "source_unavailable")
    return known


def back(tx: Tx, source: str) -> None:
    """The base answers again: what waited for it is due now."""
    waited = update(OUTBOX).where(OUTBOX.c.source == source, OUTBOX.c.attempts > 0)
    tx.connection.execute(waited.values(next_at=leases.clock(tx), attempts=0))


def rest(tx: Tx, source: str, why: Why, seconds: float) -> None:
    """Nothing of the base is tried now, and that is nobody's fault."""
    now, column = leases.clock(tx), OUTBOX.c
    due = update(OUTBOX).where(
        column.source == source, column.next_at <= now, column.held_until.is_(None), _number().in_(_movable())
    )
    tx.connection.execute(due.values(next_at=now + timedelta(seconds=seconds)))
    tell(tx, source, why)


def tell(tx: Tx, source: str, why: Why) -> None:
    """Why what is queued does not get on."""
    column = SUBMISSION.c
    queued = (column.source == source, column.state == "queued", column.why.is_distinct_from(why))
    tx.connection.execute(update(SUBMISSION).where(*queued).values(why=why, updated_at=tx.now))


def pause(attempts: int) -> timedelta:
    return timedelta(seconds=min(FIRST_S * 2 ** min(attempts - 1, 10), MOST_S))


def _number() -> Any:
    return OUTBOX.c.submission_number


def _movable() -> Any:
    return select(SUBMISSION.c.number).where(outbox.movable())

"""What of the outbox needs somebody: uncertain or refused for long, or still on its way long after it was queued."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select

from schemas.submissions import Kind, State
from store import outbox, submissions
from store.engine import Tx
from store.outbox_settling import BY_PEOPLE
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION


def troubled(tx: Tx, source: str, kind: Kind, before: datetime) -> list[Submission]:
    """The newest first. What people declined is no trouble; one that turns in circles is as old as its queueing."""
    column = SUBMISSION.c
    queued = exists().where(OUTBOX.c.submission_number == column.number, OUTBOX.c.queued_at <= before)
    on_its_way = and_(column.state.in_((*outbox.IN_ORDER, "uncertain")), queued)
    by_books = and_(column.state == "rejected", column.why.not_in(BY_PEOPLE))
    stays = and_(or_(column.state == "cancelling", by_books), column.since <= before)
    return submissions.read(tx, column.source == source, column.kind == kind, or_(on_its_way, stays))


def counts(tx: Tx, source: str, kind: Kind) -> dict[State, int]:
    """How many there are in each state."""
    column = SUBMISSION.c
    wanted = select(column.state, func.count()).where(column.source == source, column.kind == kind)
    return {row[0]: row[1] for row in tx.connection.execute(wanted.group_by(column.state))}

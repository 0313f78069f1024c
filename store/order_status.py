"""How far the books are with orders: derived from documents, kept with the order, told once for each change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update

from schemas.order_status import Goods, Ordered, Progress, progress
from schemas.orders import order
from schemas.submissions import State, Status
from store import order_papers, submission_events, submissions
from store.engine import Tx
from store.standing_documents import DOCUMENT, chunks
from store.submissions import Submission
from store.tables_of_orders import SUBMISSION

WITH_STATUS: tuple[State, ...] = ("confirmed", "cancelling", "cancelled")
LIVELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Change:
    """An order whose status is not what is kept with it."""

    number: int
    id: str
    status: Status


def of(tx: Tx, submission: Submission) -> Progress | None:
    """None before the books have the order; and for one person of a company, who sees no shipping notes."""
    if submission.state not in WITH_STATUS or submission.ref_key is None or tx.tenancy.contact_id is not None:
        return None
    return _progress(tx, submission.source, [submission])[submission.number]


def differing(tx: Tx, source: str, ids: Collection[str]) -> list[Change]:
    """Of these orders, those whose documents tell another status."""
    found: list[Change] = []
    for part in chunks(ids):
        some = submissions.read(tx, SUBMISSION.c.id.in_(part), *_followed(source))
        found += _differing(tx, source, some)
    return found


def keep(tx: Tx, change: Change) -> bool:
    """Keep the new status and tell of it; tells whether there was anything to tell.

    The first one is told by the event that says that the order is confirmed.
    """
    column = SUBMISSION.c
    other = or_(column.status.is_(None), column.status != change.status)
    before = select(column.status).where(column.number == change.number, other).with_for_update()
    row = tx.connection.execute(before).one_or_none()
    if row is None:
        return False
    told = not (row.status is None and change.status == "confirmed")
    changed = {"status": change.status, "status_at": tx.now, "updated_at": tx.now}
    grown = {"event_version": column.event_version + 1} if told else {}
    tx.connection.execute(update(SUBMISSION).where(column.number == change.number).values(**changed, **grown))
    if told:
        submission = submissions.by_number(tx, change.number)
        submission_events.add(tx, submission, "order.status.changed", submission.event_version)
    return told


def orders_of(tx: Tx, source: str, refs: Collection[str]) -> set[str]:
    """The orders that these accounting documents are."""
    found: set[str] = set()
    for part in chunks(refs):
        query = select(SUBMISSION.c.id).where(SUBMISSION.c.ref_key.in_(part), *_followed(source))
        found.update(tx.connection.execute(query).scalars())
    return found


def orders_of_parties(tx: Tx, source: str, parties: Collection[str]) -> set[str]:
    """Those whose status may still change by what these owe."""
    found: set[str] = set()
    column = SUBMISSION.c
    is_theirs = (DOCUMENT.c.source == column.source) & (DOCUMENT.c.id == column.ref_key)
    for part in chunks(parties):
        by_order = select(column.id).where(column.counterparty_id.in_(part))
        by_document = select(column.id).join(DOCUMENT, is_theirs).where(DOCUMENT.c.counterparty_id.in_(part))
        for query in (by_order, by_document):
            found.update(tx.connection.execute(query.where(_may_change(tx), *_followed(source))).scalars())
    return found


def every(tx: Tx, source: str) -> set[str]:
    """All whose status may still change."""
    mine = select(SUBMISSION.c.id).where(_may_change(tx), *_followed(source))
    return set(tx.connection.execute(mine).scalars())


def _followed(source: str) -> list[ColumnElement[bool]]:
    column = SUBMISSION.c
    return [
        column.source == source,
        column.kind == "order",
        column.state.in_(WITH_STATUS),
        column.ref_key.is_not(None),
    ]


def _may_change(tx: Tx) -> ColumnElement[bool]:
    """What came to its end long ago changes only by its own documents."""
    column = SUBMISSION.c
    going_on = or_(column.status.is_(None), column.status.not_in(("paid", "cancelled")))
    return or_(going_on, column.status_at > tx.now - LIVELY)


def _differing(tx: Tx, source: str, orders: Collection[Submission]) -> list[Change]:
    found = _progress(tx, source, orders)
    return [
        Change(one.number, one.id, found[one.number].status)
        for one in orders
        if found[one.number].status != one.status
    ]


def _progress(tx: Tx, source: str, orders: Collection[Submission]) -> dict[int, Progress]:
    papers = order_papers.read(tx, source, {one.ref_key for one in orders if one.ref_key is not None})
    found, unread = {}, []
    for one in orders:
        ordered = papers.orders.get(one.ref_key or "")
        if ordered is None:
            unread.append(one)
        else:
            found[one.number] = progress(ordered, papers.papers.get(one.ref_key or "", ()))
    for one, ordered in _as_sent(tx, unread):
        found[one.number] = progress(ordered, papers.papers.get(one.ref_key or "", ()))
    return found


def _as_sent(tx: Tx, orders: Collection[Submission]) -> Iterator[tuple[Submission, Ordered]]:
    """What is not read back yet is what was approved."""
    for one in orders:
        said = order(submissions.body(tx, one))
        goods = tuple(Goods(line.item_id, line.quantity) for line in said.lines)
        stands = one.state != "cancelled"
        yield one, Ordered(stands=stands, closed=False, amount=said.amount, goods=goods, paid={})

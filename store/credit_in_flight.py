"""Orders on their way, each counted once: by the portal until the books show them, then by what is not shipped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select

from schemas import TABLES
from schemas.credit import InFlight
from schemas.submissions import State, Status
from store import standing_documents, sync_state
from store.balance_sql import total
from store.engine import Tx
from store.record_tables import STORED
from store.submissions import Submission
from store.tables_of_orders import SUBMISSION

# From the check to the end, whatever is known of it meanwhile: one that is `uncertain` may be in the books.
ON_ITS_WAY: tuple[State, ...] = (
    "approved",
    "queued",
    "sending",
    "uncertain",
    "created",
    "posted",
    "confirmed",
    "cancelling",
)
DONE: tuple[Status, ...] = ("shipped", "paid", "cancelled")
READ = ("order", "shipping_note")

_DOCUMENT, _LINE = STORED[TABLES["document"]], STORED[TABLES["document_line"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """`of_contract`: what is not shipped under the contract. `not_in_books`: submissions that the books do not show
    yet.
    """

    of_contract: tuple[InFlight, ...]
    not_in_books: tuple[Submission, ...]
    as_of: datetime | None


def read(tx: Tx, submission: Submission, *, of_everybody: bool) -> Sent:
    """Of all but the submission itself: a restored hub may meet its own order among the documents.

    `of_everybody`: what the books do not show yet of any counterparty of the base, for goods are wanted by all.
    """
    orders = _orders(tx, submission)
    on_their_way = _on_their_way(tx, submission, of_everybody=of_everybody)
    shown = _shown(tx, submission.source, on_their_way)
    not_in_books = [one for one in on_their_way if one.id not in shown]
    mine = [one for one in not_in_books if _same_contract(one, submission)]
    shipped = _shipped(tx, submission, orders)
    found = [
        InFlight(id=one.id, counted="portal", units=one.amount or 0, currency=one.currency or "")
        for one in mine
    ]
    for row in orders:
        rest = row.amount - shipped.get((row.id, row.currency), 0)
        if rest > 0 and not _is_of(row, submission):
            found.append(InFlight(id=row.id, counted="books", units=rest, currency=row.currency))
    as_of = sync_state.of(tx, submission.source, READ).as_of
    return Sent(of_contract=tuple(found), not_in_books=tuple(not_in_books), as_of=as_of)


def _on_their_way(tx: Tx, submission: Submission, *, of_everybody: bool) -> list[Submission]:
    column = SUBMISSION.c
    wanted = select(SUBMISSION).where(
        column.source == submission.source,
        column.number != submission.number,
        column.kind == "order",
        column.state.in_(ON_ITS_WAY),
        or_(column.status.is_(None), column.status.not_in(DONE)),
    )
    if not of_everybody:
        wanted = wanted.where(column.counterparty_id == submission.counterparty_id)
    rows = tx.connection.execute(wanted.order_by(column.number)).mappings()
    return [Submission(**row) for row in rows]


def _same_contract(one: Submission, other: Submission) -> bool:
    return (one.counterparty_id, one.contract_id) == (other.counterparty_id, other.contract_id)


def _orders(tx: Tx, submission: Submission) -> list[Row[Any]]:
    """Orders of the contract that count in the books and are not closed there."""
    column = _DOCUMENT.c
    wanted = select(column.id, column.currency, column.amount, column.dated_at, column.internal_memo).where(
        column.source == submission.source,
        column.counterparty_id == submission.counterparty_id,
        column.contract_id == submission.contract_id,
        column.kind == "order",
        column.status != "closed",
        standing_documents.counts(_DOCUMENT),
    )
    return list(tx.connection.execute(wanted.order_by(column.id)))


def _is_of(row: Row[Any], submission: Submission) -> bool:
    """By its reference, or by our marker in the comment, which has the id."""
    return bool(row.id == submission.ref_key or submission.id in row.internal_memo)


def _shown(tx: Tx, source: str, sent: Iterable[Submission]) -> set[str]:
    """Which of them the books show as documents that count."""
    sent = list(sent)
    by_key = {one.ref_key: one.id for one in sent if one.ref_key is not None}
    column = _DOCUMENT.c
    found: set[str] = set()
    living = and_(column.source == source, column.kind == "order", standing_documents.counts(_DOCUMENT))
    for part in standing_documents.chunks(list(by_key)):
        wanted = select(column.id).where(living, column.id.in_(part))
        found.update(by_key[key] for key in tx.connection.execute(wanted).scalars())
    unknown = [one for one in sent if one.ref_key is None]
    parties = {one.counterparty_id for one in unknown if one.counterparty_id}
    references = {one.reference for one in unknown}
    for part in standing_documents.chunks(references):
        wanted_too = select(column.internal_memo).where(
            living, column.external_number.in_(part), column.counterparty_id.in_(sorted(parties))
        )
        memos = tx.connection.execute(wanted_too).scalars().all()
        found.update(one.id for one in unknown if any(one.id in memo for memo in memos))
    return found


def _shipped(tx: Tx, submission: Submission, orders: Sequence[Row[Any]]) -> dict[tuple[str, str], int]:
    """What was shipped of each order, by currency: whole notes of it, and its lines in notes of several orders."""
    if not orders:
        return {}
    note, line, shipped = _DOCUMENT.c, _LINE.c, dict[tuple[str, str], int]()
    of_base = (note.source == submission.source, note.kind == "shipping_note")
    counts = and_(*of_base, standing_documents.counts(_DOCUMENT))
    since = min(row.dated_at for row in orders)
    of_contract = and_(note.contract_id == submission.contract_id, note.dated_at >= since)
    for part in standing_documents.chunks([row.id for row in orders]):
        whole = select(note.order_id, note.currency, total(note.amount)).where(
            counts, note.order_id.in_(part)
        )
        lines = (
            select(line.order_id, note.currency, total(line.amount))
            .join(_LINE, and_(line.source == note.source, line.document_id == note.id))
            .where(counts, of_contract, line.order_id.in_(part))
            .where(func.coalesce(note.order_id, "") != line.order_id)
        )
        each = (whole.group_by(note.order_id, note.currency), lines.group_by(line.order_id, note.currency))
        for wanted in each:
            for order_id, currency, units in tx.connection.execute(wanted):
                shipped[order_id, currency] = shipped.get((order_id, currency), 0) + int(units)
    return shipped

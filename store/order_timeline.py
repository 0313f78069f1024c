"""Everything that happened to an order, in the order of the moments: on the portal, on its way, and in the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select

from schemas import TABLES
from schemas.journal import Withdrawn, withdrawn
from schemas.order_differences import Difference, differences
from schemas.records.document import Document
from store import allocations, history, journal, order_differences, order_papers, payment_rows, submissions
from store.engine import Tx
from store.standing_documents import DOCUMENT, chunks, counted, counts
from store.submissions import Step, Submission
from store.tables_of_orders import SUBMISSION_VERSION

# placed, changed: by who orders. step: from one state to the next. document: something that belongs to it in the
# books. edited, withdrawn, restored: the order itself, in the books, after it was confirmed.
What = Literal["placed", "changed", "step", "document", "edited", "withdrawn", "restored"]
MOST_EDITS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`by`, and of a step its note and words, are for the company's people only.

    `document` is a row of the journal; `paid` is what a payment paid of this order, by currency. `at` is a
    document's own moment; of what was edited in the books the moment at which the hub read it.
    """

    at: datetime
    what: What
    version: int | None = None
    by: str | None = None
    step: Step | None = None
    document: Row[Any] | None = None
    paid: Mapping[str, int] | None = None
    reason: Withdrawn | None = None
    differences: tuple[Difference, ...] = ()


def of(tx: Tx, submission: Submission, zone: ZoneInfo) -> list[Entry]:
    """The oldest first; as far as the reader sees the documents. `zone` is that of the base."""
    steps = submissions.steps(tx, submission)
    found = [*_versions(tx, submission), *(_step(one) for one in steps)]
    if submission.ref_key is not None:
        found += _documents(tx, submission, submission.ref_key, zone)
        confirmed = next((one.at for one in steps if one.after == "confirmed"), None)
        if confirmed is not None:
            found += _edits(tx, submission, submission.ref_key, confirmed)
    return sorted(found, key=lambda entry: entry.at)


def _versions(tx: Tx, submission: Submission) -> Iterator[Entry]:
    column = SUBMISSION_VERSION.c
    wanted = select(column.version, column.made_at, column.made_by).where(
        column.submission_number == submission.number
    )
    for version, made_at, made_by in tx.connection.execute(wanted.order_by(column.version)):
        yield Entry(at=made_at, what="placed" if version == 1 else "changed", version=version, by=made_by)


def _step(step: Step) -> Entry:
    return Entry(at=step.at, what="step", version=step.version, by=step.by, step=step)


def _documents(tx: Tx, submission: Submission, ref: str, zone: ZoneInfo) -> Iterator[Entry]:
    """What belongs to it, also what no longer counts, and the payments for it."""
    source = submission.source
    heads = order_papers.heads(tx, source, [ref])
    papers = order_papers.belonging(tx, source, heads, [ref], standing=False)
    ids = {ref, *papers.heads}
    paid: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for payment, _, part in allocations.to(tx, source, ids):
        paid[payment][part.currency] += part.units
    shown = {*papers.heads, *paid, *payment_rows.naming(tx, source, ids)} - {ref}
    for row in _journal(tx, source, shown):
        yield Entry(
            at=datetime.fromisoformat(row.dated_at).replace(tzinfo=zone),
            what="document",
            document=row,
            paid=dict(paid[row.id]) if row.id in paid else None,
            reason=_withdrawn(row),
        )


def _journal(tx: Tx, source: str, ids: Collection[str]) -> Iterator[Row[Any]]:
    column = DOCUMENT.c
    for part in chunks(ids):
        mine = journal.rows(tx).where(column.source == source, column.id.in_(part))
        yield from tx.connection.execute(mine.where(or_(counts(DOCUMENT), counted(tx))))


def _edits(tx: Tx, submission: Submission, ref: str, confirmed: datetime) -> Iterator[Entry]:
    """What was changed inside the books after the order was confirmed, one entry for each version of the document."""
    source, lines = submission.source, TABLES["document_line"]
    before = order_differences.approved(tx, submission)
    reason: Withdrawn | None = None
    for version in history.versions(tx, TABLES["document"], source, (ref,))[-MOST_EDITS:]:
        head: Document = version.record
        rows = history.nested_as_of(tx, lines, source, ref, version.from_at)
        now, its_reason = order_differences.content(head, rows), _withdrawn(head)
        if version.from_at >= confirmed:
            if its_reason != reason:
                yield Entry(
                    at=version.from_at, what="withdrawn" if its_reason else "restored", reason=its_reason
                )
            if found := differences(before, now):
                yield Entry(at=version.from_at, what="edited", differences=found)
            reason = its_reason
        before = now
        if version.reason == "deleted" and version.to_at is not None and version.to_at >= confirmed:
            reason = "deleted"
            yield Entry(at=version.to_at, what="withdrawn", reason=reason)


def _withdrawn(row: Any) -> Withdrawn | None:
    """Of a row of the journal, or of a record, which is there."""
    is_gone = getattr(row, "gone_at", None) is not None
    return withdrawn(posted=row.posted, deletion_mark=row.deletion_mark, is_gone=is_gone)

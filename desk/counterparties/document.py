"""One document: lines, payments, what it was made from and into."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.documents.document_detail import DocumentId
from api.documents.document_lines import counted
from api.web import ids
from api.web.errors import ProblemError
from api.web.hub import Hub
from desk.counterparties import journal as rows
from desk.counterparties import opened, words
from desk.counterparties.journal import Paid, Row
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from printing import formats
from schemas.ids import external
from schemas.journal import CHARGES, PAYMENTS, withdrawn
from schemas.languages import Language
from schemas.money import currencies
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import allocations, chain, document_parts, journal, order_links
from store.allocations import Allocated
from store.engine import Tx

ADDRESS = "/desk/documents/{document_id:str}"
PER_PAGE = 200
From = Annotated[int, QueryParameter(name="from", ge=0, le=10_000_000)]


class Line(NamedTuple):
    """A line as the document keeps it; quantity and price as they are read."""

    row: Any
    quantity: str
    price: str


class Payer(NamedTuple):
    """A payment, and how much of it paid the document."""

    of: Paid
    by: str


@get(ADDRESS, sync_to_thread=True)
def document(
    document_id: DocumentId,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    start: From = 0,
) -> Response[str]:
    source, guid = place(hub, visit, document_id)
    with hub.store.reading() as tx:
        row = journal.one(tx, source.id, guid)
        if row is None:
            raise not_found(visit)
        lines = document_parts.lines(tx, source.id, guid)
        shown = lines[start : start + PER_PAGE]
        more = f"/desk/documents/{document_id}?from={start + PER_PAGE}"
        values: dict[str, Any] = {
            "id": document_id,
            "row": row,
            "lines": [_line(one, row.currency, visit.language) for one in shown],
            "more": more if start + PER_PAGE < len(lines) else None,
        }
        if visit.htmx and start:
            return pages.fragment(visit, "counterparties/line_rows.html", **values)
        values |= _around(tx, visit, source, row)
    gone = withdrawn(posted=row.posted, deletion_mark=row.deletion_mark, is_gone=row.gone_at is not None)
    return pages.page(
        visit,
        "counterparties/document.html",
        **values,
        source=source,
        document=rows.row(visit, source.id, row),
        party=row.counterparty_id and opened.address(external(source.id, row.counterparty_id)),
        count=len(lines),
        totals=counted(lines, row.amount),
        withdrawn=words.withdrawn(visit.text)[gone] if gone else None,
        by_words=words.allocated_by(visit.text),
        status_words=words.statuses(visit.text),
        stage_words=words.stages(visit.text),
    )


def place(hub: Hub, visit: Visit, given: str) -> tuple[SourceSettings, Guid]:
    """The base and the reference that an address names. Errors: DeskError."""
    try:
        source, guid = ids.parse(given)
        return hub.source(source), guid
    except ProblemError as error:
        raise not_found(visit) from error


def not_found(visit: Visit) -> DeskError:
    return pages.not_found(visit, visit.text.gettext("There is no such document, or it was never posted."))


def _around(tx: Tx, visit: Visit, source: SourceSettings, row: Any) -> dict[str, Any]:
    """What belongs to the document beside its lines."""
    found = chain.of(tx, source.id, row.id)
    is_payment = row.kind in PAYMENTS
    allocated, paid = _paid(tx, visit, source.id, row.id) if is_payment else (None, [])
    return {
        "stages": document_parts.stages(tx, source.id, row.id),
        "people": document_parts.people(tx, source.id, row.id),
        "made_from": [_link(visit, source.id, one) for one in found.made_from],
        "made": [_link(visit, source.id, one) for one in found.made],
        "complete": found.complete,
        "placed_as": order_links.of(tx, source.id, {row.id, row.order_id} - {None}),
        "allocated": allocated,
        "paid": paid,
        "payers": _payers(tx, visit, source.id, row.id) if row.kind in CHARGES else [],
    }


def _paid(tx: Tx, visit: Visit, source: str, guid: str) -> tuple[Allocated | None, list[Paid]]:
    found = allocations.of(tx, source, [guid])
    return found.get(guid), rows.parts(tx, visit, source, found).get(guid, [])


def _payers(tx: Tx, visit: Visit, source: str, guid: str) -> list[Payer]:
    """The oldest payment first."""
    found = allocations.to(tx, source, [guid])
    named = journal.some(tx, source, {key for key, _, _ in found})
    by_date = sorted(found, key=lambda one: (named[one[0]].dated_at, one[0]))
    return [
        Payer(
            Paid(external(source, key), rows.title(named[key], visit.language), part.units, part.currency),
            by,
        )
        for key, by, part in by_date
    ]


def _link(visit: Visit, source: str, one: Any) -> Row:
    return rows.row(visit, source, one)


def _line(row: Any, currency: str, language: Language) -> Line:
    known = currency if currency in currencies() else None
    return Line(row, formats.exact(row.quantity, language), formats.exact(row.price, language, known))

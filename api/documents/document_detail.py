"""One document with its lines, its payment and its chain: GET /v1/documents/{id}."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta, Struct

from api.documents import allocation_rows, document_files, document_lines, portal_orders
from api.documents.allocation_rows import Allocation, PaidPart
from api.documents.document_files import DocumentFile
from api.documents.document_lines import Line, LineTotals, Stage
from api.documents.document_rows import DocumentRow, link, values
from api.money.answers import DocumentRef, Id
from api.trust import families
from api.trust.standing import Agreement, Recency
from api.web import callers, ids, refusals
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from schemas.journal import CHARGES, PAYMENTS
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import chain, document_parts, journal
from store.chain import Chain
from store.document_parts import People
from store.engine import Tx

DocumentId = Annotated[
    str, PathParameter(description="The document's id as this API gave it, opaque to clients.")
]


class Person(Struct, frozen=True, kw_only=True):
    id: Id
    name: str


class DocumentChain(Struct, frozen=True, kw_only=True):
    """What the document was made from, and what was made from it or belongs to it, in steps, the oldest first.

    Only documents that count and that the key sees; not `complete` where there are too many of them.
    """

    made_from: list[DocumentRef]
    made: list[DocumentRef]
    complete: bool


class DocumentAnswer(DocumentRow, frozen=True, kw_only=True):
    """A document with everything in it. `line_totals` is null for kinds without lines.

    `allocation` is what a payment paid, `paid_by` what paid this document; both are empty for keys of one person.
    `lineage` leads to the bytes of the accounting system (it asks for a permission of its own).
    """

    delivery_address: str | None
    placed_by: Annotated[Person | None, Meta(description="The person of the buyer who ordered.")]
    manager: str | None
    lines: list[Line]
    line_totals: LineTotals | None
    payment_stages: list[Stage]
    allocation: Allocation | None
    paid_by: list[PaidPart]
    chain: DocumentChain
    files: list[DocumentFile]
    lineage: str
    as_of: datetime | None
    synced_at: datetime | None
    freshness: Recency
    agreement: Agreement
    time_zone: str


@get(
    "/v1/documents/{document_id:str}",
    sync_to_thread=True,
    summary="A document with its lines",
    operation_id="getDocument",
    tags=["documents"],
    security=callers.needs("documents:read"),
    responses=refusals.of("malformed_id", "document_not_found", "source_not_found"),
)
def document(
    document_id: DocumentId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> DocumentAnswer:
    """Lines, payment stages, what it was made from and what was made from it, and what paid it."""
    source, guid = _named(hub, caller, document_id)
    source_id = source.id
    with hub.store.reading(caller.tenancy) as tx:
        row = _row(tx, source, guid)
        basis = families.basis(tx, hub, source, "documents", counterparty_id=row.counterparty_id)
        people = document_parts.people(tx, source_id, guid)
        return DocumentAnswer(
            **_row_values(tx, row, source, sees_all=caller.tenancy.counterparties is None),
            **_people(people, source_id),
            **_parts(tx, source, row),
            **_settlement(tx, source, row),
            chain=_chain(chain.of(tx, source_id, guid), source),
            files=document_files.of(tx, source, row, caller.by),
            lineage=f"/v1/lineage/document/{ids.external(source_id, guid)}",
            **basis,
        )


def seen(hub: Hub, caller: Caller, document_id: str) -> tuple[SourceSettings, Any]:
    """The document of an address as the journal has it, for a caller who may see it.

    Errors: ProblemError malformed_id, document_not_found, source_not_found.
    """
    source, guid = _named(hub, caller, document_id)
    with hub.store.reading(caller.tenancy) as tx:
        return source, _row(tx, source, guid)


def _named(hub: Hub, caller: Caller, document_id: str) -> tuple[SourceSettings, Guid]:
    source_id, guid = ids.parse(document_id)
    source = hub.source(source_id)
    if not caller.tenancy.reads(source_id):
        raise not_found()
    return source, guid


def _row(tx: Tx, source: SourceSettings, guid: Guid) -> Any:
    row = journal.one(tx, source.id, guid)
    if row is None:
        raise not_found()
    return row


def _row_values(tx: Tx, row: Any, source: SourceSettings, *, sees_all: bool) -> dict[str, Any]:
    order = portal_orders.of(tx, [row]).get((row.source, row.id))
    return values(row, source, order, sees_all=sees_all)


def not_found() -> ProblemError:
    return ProblemError(
        "document_not_found",
        "The store has no document with this id.",
        hint="Check the id; if the document is new, it appears after the next sync of its source.",
    )


def _people(found: People, source: str) -> dict[str, Any]:
    person = None
    if found.contact_id is not None:
        person = Person(id=ids.external(source, found.contact_id), name=found.contact or "")
    return {
        "placed_by": person,
        "manager": found.manager,
        "delivery_address": found.delivery_address or None,
    }


def _parts(tx: Tx, source: SourceSettings, row: Any) -> dict[str, Any]:
    rows = document_parts.lines(tx, source.id, row.id)
    return {
        "lines": [document_lines.line(one, row.currency, source.id) for one in rows],
        "line_totals": document_lines.totals(rows, row.amount, row.currency),
        "payment_stages": [
            document_lines.stage(one, row.currency) for one in document_parts.stages(tx, source.id, row.id)
        ],
    }


def _settlement(tx: Tx, source: SourceSettings, row: Any) -> dict[str, Any]:
    """What a payment paid or a charge was paid by: not for one person of a company, and not once withdrawn."""
    tells = tx.tenancy.contact_id is None
    is_payment, is_charge = row.kind in PAYMENTS, row.kind in CHARGES
    return {
        "allocation": allocation_rows.of(tx, source, [row.id]).get(row.id) if tells and is_payment else None,
        "paid_by": allocation_rows.to(tx, source, row.id) if tells and is_charge else [],
    }


def _chain(found: Chain, source: SourceSettings) -> DocumentChain:
    return DocumentChain(
        made_from=[link(one, source) for one in found.made_from],
        made=[link(one, source) for one in found.made],
        complete=found.complete,
    )

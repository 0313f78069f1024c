"""Money received, and what it paid (BS-07, KT-06): GET /v1/payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec import UNSET, Struct

from api.documents import allocation_rows, journal
from api.documents.allocation_rows import Allocation
from api.documents.document_rows import DocumentRow, values
from api.documents.journal import Asked, NextUpdatedSince
from api.trust import families
from api.trust.standing import SourceBasis
from api.web import callers, filters, paging, refusals, sparse
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from api.web.sparse import Maybe
from schemas.journal import PAYMENTS
from store.engine import Tx

Kinds = Annotated[
    list[str] | None,
    QueryParameter(
        name="kind",
        max_items=20,
        description=f"Only of these kinds, given once or more: {', '.join(PAYMENTS)}.",
    ),
]
ALLOCATION = "allocation"


class PaymentRow(DocumentRow, frozen=True, kw_only=True):
    """A payment with what it paid; null for one that is withdrawn."""

    allocation: Maybe[Allocation | None] = UNSET


class Payments(Struct, frozen=True, kw_only=True):
    """Payments, the newest first, or with `updated_since` by when they changed.

    What a payment paid may change without the payment: then its `updated_at` stays.
    """

    items: list[PaymentRow]
    next_cursor: NextCursor
    next_updated_since: NextUpdatedSince
    sources: list[SourceBasis]


@get(
    "/v1/payments",
    sync_to_thread=True,
    summary="Payments and what they paid",
    operation_id="listPayments",
    tags=["documents"],
    security=callers.needs("documents:read"),
    responses=refusals.of("malformed_id", "bad_cursor", "counterparty_not_found", "source_not_found"),
    dependencies={"asked": Provide(journal.asked, sync_to_thread=False)},
)
def payments(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    asked: NamedDependency[Asked],
    kind: Kinds = None,
    fields: sparse.Fields = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Payments:
    """Bank and cash receipts with the documents each of them paid, and what it has not paid yet."""
    kinds = filters.one_of(kind, PAYMENTS, "kind") or list(PAYMENTS)
    chosen = sparse.chosen(fields, PaymentRow)
    wanted = replace(asked.filters, kinds=kinds)
    about = {"list": "payments", "kinds": kinds, **asked.about}
    walk = journal.walk(hub, wanted.updated_since, cursor, about)
    sources = asked.narrowed.sources
    with hub.store.reading(caller.tenancy) as tx:
        found = journal.page(tx, replace(asked, filters=wanted), walk, limit)
        paid = _paid(tx, hub, found.rows) if chosen is None or ALLOCATION in chosen else {}
        bases = families.bases(
            tx, hub, sources, "documents", "settlements", counterparty_id=asked.counterparty_id
        )
    sees_all = caller.tenancy.counterparties is None
    return Payments(
        items=[
            sparse.row(
                PaymentRow,
                values(row, hub.source(row.source), None, sees_all=sees_all)
                | {ALLOCATION: paid.get((row.source, row.id))},
                chosen,
            )
            for row in found.rows
        ],
        next_cursor=walk.cursor(found, about),
        next_updated_since=walk.next_since,
        sources=bases,
    )


def _paid(tx: Tx, hub: Hub, rows: Sequence[Any]) -> dict[tuple[str, str], Allocation]:
    """What each of these payments paid, by source and reference."""
    return {
        (source, key): one
        for source in {row.source for row in rows}
        for key, one in allocation_rows.of(
            tx, hub.source(source), [row.id for row in rows if row.source == source]
        ).items()
    }

"""The journal (BS-03, BS-05): GET /v1/documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from msgspec import Struct

from api.documents import journal, portal_orders
from api.documents.document_rows import DocumentRow, values
from api.documents.journal import Asked, NextUpdatedSince
from api.documents.portal_orders import PortalOrderFilter
from api.trust import families
from api.trust.standing import SourceBasis
from api.web import callers, filters, paging, refusals, sparse
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from mappings import MAPPINGS
from schemas import TABLES

KINDS = tuple(
    dict.fromkeys(
        one.name for declared in MAPPINGS.values() for one in declared if one.table is TABLES["document"]
    )
)
Kinds = Annotated[
    list[str] | None,
    QueryParameter(
        name="kind", max_items=50, description=f"Only of these kinds, given once or more: {', '.join(KINDS)}."
    ),
]
OrderFilter = Annotated[
    str | None,
    QueryParameter(
        max_length=200, description="Only what belongs to the order of the accounting system with this id."
    ),
]
REFUSALS = refusals.of("malformed_id", "bad_cursor", "counterparty_not_found", "source_not_found")


class Journal(Struct, frozen=True, kw_only=True):
    """Documents, the newest first, or with `updated_since` by when they changed.

    `sources` tells of each accounting base how far its documents may be trusted.
    """

    items: list[DocumentRow]
    next_cursor: NextCursor
    next_updated_since: NextUpdatedSince
    sources: list[SourceBasis]


@get(
    "/v1/documents",
    sync_to_thread=True,
    summary="Journal of documents",
    operation_id="listDocuments",
    tags=["documents"],
    security=callers.needs("documents:read"),
    responses=REFUSALS,
    dependencies={"asked": Provide(journal.asked, sync_to_thread=False)},
)
def documents(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    asked: NamedDependency[Asked],
    kind: Kinds = None,
    order_id: OrderFilter = None,
    portal_order_id: PortalOrderFilter = None,
    fields: sparse.Fields = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Journal:
    """Documents of every kind that count; drafts, which never did, are not shown."""
    kinds = filters.one_of(kind, KINDS, "kind")
    chosen = sparse.chosen(fields, DocumentRow)
    wanted = replace(asked.filters, kinds=kinds, order_id=asked.narrowed.by(order_id))
    portal_order = asked.narrowed.by(portal_order_id)
    about = {"list": "documents", "kinds": kinds, "orders": [order_id, portal_order_id], **asked.about}
    walk = journal.walk(hub, wanted.updated_since, cursor, about)
    sources = asked.narrowed.sources
    with hub.store.reading(caller.tenancy) as tx:
        if portal_order is not None:
            wanted = replace(wanted, belongs_to=portal_orders.ref_key(tx, portal_order))
        found = journal.page(tx, replace(asked, filters=wanted), walk, limit)
        orders = portal_orders.of(tx, found.rows)
        bases = families.bases(tx, hub, sources, "documents", counterparty_id=asked.counterparty_id)
    sees_all = caller.tenancy.counterparties is None
    return Journal(
        items=[
            sparse.row(
                DocumentRow,
                values(row, hub.source(row.source), orders.get((row.source, row.id)), sees_all=sees_all),
                chosen,
            )
            for row in found.rows
        ],
        next_cursor=walk.cursor(found, about),
        next_updated_since=walk.next_since,
        sources=bases,
    )

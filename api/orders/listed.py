"""Orders that were placed: GET /v1/orders."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.documents import journal
from api.orders import rows
from api.orders.answers import OrderRow, Orders
from api.web import callers, filters, paging, refusals
from api.web.callers import Caller
from api.web.filters import Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit
from schemas.order_limits import LONGEST_REFERENCE
from schemas.submissions import State, Status
from store import order_list
from store.engine import Tx
from store.order_list import OrderFilters
from store.submissions import Submission

States = Annotated[
    list[State] | None, QueryParameter(name="state", description="Only in one of these states.")
]
Statuses = Annotated[
    list[Status] | None,
    QueryParameter(name="status", description="Only where the books are as far as one of these."),
]
BranchFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only what the branch with this id ordered.")
]
ContactFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only what the person with this id ordered.")
]
Reference = Annotated[
    str | None,
    QueryParameter(
        max_length=LONGEST_REFERENCE, pattern=filters.NO_NUL, description="Only with exactly this reference."
    ),
]


@get(
    "/v1/orders",
    sync_to_thread=True,
    summary="Orders",
    operation_id="listOrders",
    tags=["orders"],
    security=callers.needs("orders:read"),
    responses=refusals.of("malformed_id", "bad_cursor", "source_not_found"),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    states: States = None,
    statuses: Statuses = None,
    counterparty_id: filters.CounterpartyFilter = None,
    branch_id: BranchFilter = None,
    contact_id: ContactFilter = None,
    reference: Reference = None,
    updated_since: filters.UpdatedSince = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Orders:
    """What the key sees: of its counterparties and branches, or of its person only."""
    narrowed = Narrowed.of(hub, caller, source)
    wanted = OrderFilters(
        states=states,
        statuses=statuses,
        counterparty_id=narrowed.by(counterparty_id),
        branch_id=narrowed.by(branch_id),
        contact_id=narrowed.by(contact_id),
        reference=reference,
        updated_since=filters.moment(updated_since, "updated_since"),
    )
    given = [source, counterparty_id, branch_id, contact_id, reference, str(updated_since)]
    about = {"list": "orders", "asked": given, "in": [sorted(states or ()), sorted(statuses or ())]}
    walk = journal.walk(hub, wanted.updated_since, cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = order_list.orders(tx, wanted, sources=narrowed.ids, after=walk.after, limit=limit)
        items = _rows(tx, hub, [order_list.submission(row) for row in found.rows])
    return Orders(items=items, next_cursor=walk.cursor(found, about), next_updated_since=walk.next_since)


def _rows(tx: Tx, hub: Hub, found: list[Submission]) -> list[OrderRow]:
    bases = {one.source for one in found}
    names = {base: order_list.names(tx, base, [one for one in found if one.source == base]) for base in bases}
    return [rows.row(one, hub.source(one.source), names[one.source]) for one in found]

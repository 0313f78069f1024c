"""How far requests are: GET /v1/party-requests and /v1/party-requests/{id}."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.party_requests import found
from api.party_requests.answers import PartyRequest, PartyRequests, RequestKind
from api.party_requests.found import RequestId
from api.web import callers, filters, paging, refusals
from api.web.callers import Caller
from api.web.filters import Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit
from schemas.submissions import State
from store import order_list, party_requests

KindFilter = Annotated[RequestKind | None, QueryParameter(name="kind", description="Only of this kind.")]
States = Annotated[
    list[State] | None, QueryParameter(name="state", description="Only in one of these states.")
]


@get(
    "/v1/party-requests",
    sync_to_thread=True,
    summary="Requests for new counterparties and delivery points",
    operation_id="listPartyRequests",
    tags=["party requests"],
    security=callers.needs("parties:read"),
    responses=refusals.of("malformed_id", "bad_cursor", "source_not_found"),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    kind: KindFilter = None,
    states: States = None,
    counterparty_id: filters.CounterpartyFilter = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> PartyRequests:
    """Those that the key's company made; new entities by their head. The newest first."""
    narrowed = Narrowed.of(hub, caller, source)
    about = {"list": "party-requests", "asked": [source, kind, counterparty_id], "in": sorted(states or ())}
    after, of = paging.opened(cursor, about), narrowed.by(counterparty_id)
    with hub.store.reading(caller.tenancy) as tx:
        page = party_requests.requests(
            tx,
            sources=narrowed.ids,
            kind=kind,
            states=states,
            counterparty_id=of,
            after=after,
            limit=limit,
        )
        rows = [order_list.submission(row) for row in page.rows]
        items = [found.shown(tx, caller, hub.source(one.source), one) for one in rows]
    return PartyRequests(items=items, next_cursor=paging.next_cursor(page.next_key, about))


@get(
    "/v1/party-requests/{request_id:str}",
    sync_to_thread=True,
    summary="A request for a new counterparty or delivery point",
    operation_id="getPartyRequest",
    tags=["party requests"],
    security=callers.needs("parties:read"),
    responses=refusals.of(*found.CODES),
)
def request(
    request_id: RequestId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> PartyRequest:
    """How far it is, and the counterparty that it became."""
    with hub.store.reading(caller.tenancy) as tx:
        source, row = found.row(tx, hub, request_id)
        return found.shown(tx, caller, source, row)


ROUTES = (listed, request)

"""Cancelling a request: POST /v1/party-requests/{id}/cancel."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.orders import refused
from api.party_requests import found
from api.party_requests.answers import PartyRequest
from api.party_requests.found import RequestId
from api.party_requests.wanted import RequestNote
from api.web import callers, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from store import party_flow, submissions
from store.engine import Tx


@post(
    "/v1/party-requests/{request_id:str}/cancel",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Cancel a request",
    operation_id="cancelPartyRequest",
    tags=["party requests"],
    security=callers.needs("parties:write"),
    responses=refusals.of(*repeats.CODES, *found.CODES, "step_refused", "invalid_value", "too_large"),
)
def cancel(
    request_id: RequestId,
    data: JSONBody[RequestNote],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[PartyRequest]:
    """While the accounting system was not asked for it; what it has is put right there."""
    with hub.store.reading(caller.tenancy) as tx:
        source, seen = found.row(tx, hub, request_id)

    def work(tx: Tx) -> PartyRequest:
        with refused.told():
            now = submissions.by_number(tx, seen.number)
            row = party_flow.cancel(tx, now, caller.by, data.note.strip())
        return found.shown(tx, caller, source, row)

    return repeat.once(
        "cancelPartyRequest",
        work,
        status=200,
        source=source.id,
        counterparty_id=seen.counterparty_id,
        subject=request_id,
        details={"note": data.note},
    )

"""The request of an address, for a caller who may see it; and a request as every answer shows it."""

from __future__ import annotations

from typing import Annotated

from litestar.params import PathParameter

from api.party_requests import explained
from api.party_requests.answers import PartyRequest
from api.web import ids
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from schemas import parties
from schemas.settings import SourceSettings
from store import party_flow, party_requests, submissions
from store.engine import Tx
from store.submissions import Submission

CODES = ("malformed_id", "party_request_not_found", "source_not_found")  # for `refusals.of`
RequestId = Annotated[
    str, PathParameter(description="The request's id as this API gave it, opaque to clients.")
]


def row(tx: Tx, hub: Hub, request_id: str) -> tuple[SourceSettings, Submission]:
    """Errors: ProblemError of CODES."""
    source_id, guid = ids.parse(request_id)
    source = hub.source(source_id)
    found = submissions.get(tx, guid)
    if found is None or found.source != source_id or found.kind not in party_requests.KINDS:
        raise ProblemError(
            "party_request_not_found",
            "There is no request with this id.",
            hint="Use an id as an answer of this API gave it; the list of requests has them all.",
        )
    return source, found


def shown(tx: Tx, caller: Caller, source: SourceSettings, of: Submission) -> PartyRequest:
    body, zone = submissions.body(tx, of), source.time_zone
    is_new = of.kind == "counterparty"
    became = (of.ref_key if of.state == "confirmed" else None) if is_new else of.counterparty_id
    may = "parties:write" in caller.key.permissions and party_flow.may_cancel(of)
    return PartyRequest(
        id=ids.external(source.id, of.id),
        number=of.number,
        kind="counterparty" if is_new else "delivery_point",
        reference=parties.plain(of.reference, of.counterparty_id),
        name=body["name"] if is_new else body["address"],
        tax_id=body.get("tax_id") or None,
        tax_reason_code=body.get("tax_reason_code") or None,
        registry_code=body.get("registry_code") or None,
        head_id=ids.optional(source.id, body.get("head_id")),
        counterparty_id=ids.optional(source.id, became),
        state=of.state,
        why=of.why,
        explained=explained.sentence(of.state, of.why),
        since=of.since.astimezone(zone),
        created_at=of.created_at.astimezone(zone),
        updated_at=of.updated_at.astimezone(zone),
        actions=["cancel"] if may else [],
        time_zone=zone.key,
    )


def address(request_id: str) -> dict[str, str]:
    """Headers that tell where it is."""
    return {"Location": f"/v1/party-requests/{request_id}"}

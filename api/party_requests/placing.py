"""Asking for a new legal entity or a delivery point: kept with its place in the outbox before the answer.

The accounting system is not asked here. ADR 0030 tells who may, and what nobody learns by it.
"""

from __future__ import annotations

from typing import Any, NoReturn

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.orders import refused
from api.parties import party
from api.parties.party import CounterpartyId
from api.party_requests import found, understood
from api.party_requests.answers import PartyRequest
from api.party_requests.wanted import NewParty, NewPoint
from api.web import callers, ids, refusals, repeats
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas import parties
from schemas.settings import SourceSettings
from schemas.submissions import Kind, identity
from store import party_flow, party_matches, submissions
from store.engine import Tx

_CODES = (*repeats.CODES, "orders_off", "party_request_exists", "invalid_value", "too_large")


@post(
    "/v1/counterparties",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Ask for a new counterparty",
    operation_id="createCounterparty",
    tags=["party requests"],
    security=callers.needs("parties:write"),
    responses=refusals.of(*_CODES, "counterparty_exists"),
)
def counterparty(
    data: JSONBody[NewParty],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[PartyRequest]:
    """A legal entity made on the portal. Ask its `Location` how far it is, or wait for the webhooks `party.*`.

    The accounting system is looked through by the tax id first: one that it has is taken, and none is made twice.
    """
    source = _source(hub, caller, data)

    def work(tx: Tx) -> PartyRequest:
        refused.must_take(source)
        wanted = understood.counterparty(tx, caller, source.id, data)
        tx.alone(f"parties {source.id} {wanted.lane}")
        reference = parties.qualified(wanted.reference, wanted.head_id)
        _must_be_new(tx, source, "counterparty", wanted.lane, reference)
        _must_be_unknown(caller, source, party_matches.same(tx, source.id, wanted))
        row = party_flow.place_counterparty(tx, source.id, wanted, caller.by, caller.tenancy.contact_id)
        return found.shown(tx, caller, source, row)

    head = data.head_id.partition(":")[2] if data.head_id else None
    return _once(repeat, "createCounterparty", work, source, head, data.reference)


@post(
    "/v1/counterparties/{counterparty_id:str}/delivery-points",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Ask for a new delivery point",
    operation_id="createDeliveryPoint",
    tags=["party requests"],
    security=callers.needs("parties:write"),
    responses=refusals.of(*_CODES, *party.CODES),
)
def delivery_point(
    counterparty_id: CounterpartyId,
    data: JSONBody[NewPoint],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[PartyRequest]:
    """It joins those that are there; one with the same address is taken as it is."""
    of = party.of(hub, caller, counterparty_id)

    def work(tx: Tx) -> PartyRequest:
        refused.must_take(of.source)
        known = of.record(tx)
        wanted = understood.delivery_point(of.source.id, known, data)
        if known.partner_id is None:
            _invalid("", "The accounting system keeps no delivery points of this counterparty.")
        tx.alone(f"parties {of.source.id} {known.partner_id}")
        reference = parties.qualified(wanted.reference, of.guid)
        _must_be_new(tx, of.source, "delivery_point", known.partner_id, reference)
        row = party_flow.place_delivery_point(
            tx, of.source.id, known.partner_id, wanted, caller.by, caller.tenancy.contact_id
        )
        return found.shown(tx, caller, of.source, row)

    return _once(repeat, "createDeliveryPoint", work, of.source, of.guid, data.reference)


def _once(
    repeat: Repeat, operation: str, work: Any, source: SourceSettings, of: str | None, reference: str
) -> Response[PartyRequest]:
    return repeat.once(
        operation,
        work,
        status=202,
        source=source.id,
        counterparty_id=of,
        subject=lambda request: request.id,
        details={"reference": reference},
        headers=lambda request: found.address(request.id),
    )


def _source(hub: Hub, caller: Caller, data: NewParty) -> SourceSettings:
    """The head's, the named, or the only one that the caller reads. Errors: ProblemError invalid_value."""
    head = data.head_id.partition(":")[0] if data.head_id else None
    known = [one for one in hub.settings.sources if caller.tenancy.reads(one.id)]
    wanted = data.source or head
    if wanted is not None:
        known = [one for one in known if one.id == wanted]
    if len(known) != 1:
        place = "head_id" if head and not data.source else "source"
        _invalid(place, "Say for which accounting base it is, by the part of its ids before the colon.")
    return known[0]


def _must_be_new(tx: Tx, source: SourceSettings, kind: Kind, lane: str, reference: str) -> None:
    """Errors: ProblemError party_request_exists. Its id says nothing new: it is made of what was sent."""
    if submissions.exists(tx, source.id, kind, lane, reference) is None:
        return
    request_id = ids.external(source.id, identity(source.id, kind, lane, reference))
    raise ProblemError(
        "party_request_exists",
        f"There is a request of this reference: {request_id}.",
        hint="Read that one; for another one use another reference.",
        headers=found.address(request_id),
    )


def _must_be_unknown(caller: Caller, source: SourceSettings, same: list[str]) -> None:
    """Errors: ProblemError counterparty_exists, of one that the caller sees; of others nothing is told."""
    seen = next((one for one in same if caller.tenancy.admits(source.id, one)), None)
    if seen is not None:
        known = ids.external(source.id, seen)
        raise ProblemError(
            "counterparty_exists",
            f"There is a counterparty with these tax numbers: {known}.",
            hint="Use that one.",
            headers={"Location": f"/v1/counterparties/{known}"},
        )


def _invalid(place: str, detail: str) -> NoReturn:
    raise ProblemError(
        "invalid_value",
        "A request like this cannot be taken.",
        hint="Correct what `errors` points to.",
        errors=(FieldError(detail=detail, pointer=f"#/{place}" if place else "#"),),
    )


ROUTES = (counterparty, delivery_point)

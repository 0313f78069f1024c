"""Placing an order: POST /v1/orders. It is kept before the answer, with its place in the outbox; nothing is asked
of the accounting system, which may be away (BS-16).
"""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.orders import detail, figures, found, refused, understood
from api.orders.answers import Order
from api.orders.wanted import MAX_BODY, NewOrder
from api.web import callers, ids, refusals, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.order_problems import Problem
from schemas.settings import SourceSettings
from schemas.submissions import identity
from store import order_flow, submissions
from store.engine import Tx
from store.submissions import Submission

_UNKNOWN = "There is no counterparty with this id. Send an id as an answer gave it."


@post(
    "/v1/orders",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=MAX_BODY,
    summary="Place an order",
    operation_id="createOrder",
    tags=["orders"],
    security=callers.needs("orders:write"),
    responses=refusals.of(*repeats.CODES, "orders_off", "order_exists", "too_large", *refused.CODES),
)
def place(
    data: JSONBody[NewOrder],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Order]:
    """Ask its `Location` how far it is, or wait for the webhooks `order.*`; the hub sends it by itself.

    Everything that is wrong is told at once, each with its place. `warnings` stop nothing: prices that no list
    has, more than is free. An order of this reference that is there already is not another one: `order_exists`
    names it in `Location`.
    """
    source, guid = _party(hub, caller, data)

    def work(tx: Tx) -> Order:
        tx.alone(f"orders {source.id} {guid}")
        _must_be_new(tx, source, guid, data)
        refused.must_take(source)
        row = _kept(tx, hub, caller, source, guid, data)
        if not data.draft:
            with refused.told():
                row = order_flow.place(tx, hub.settings, row, caller.by)
        return detail.whole(tx, hub, caller, source, row, warns=True)

    return repeat.once(
        "createOrder",
        work,
        status=202,
        source=source.id,
        counterparty_id=guid,
        subject=lambda order: order.id,
        details={"reference": data.reference, "draft": data.draft, "total": data.total},
        headers=lambda order: found.address(order.id),
    )


def _party(hub: Hub, caller: Caller, data: NewOrder) -> tuple[SourceSettings, str]:
    """Errors: ProblemError invalid_value for a counterparty that is not there for the caller."""
    try:
        source_id, guid = ids.parse(data.counterparty_id)
        source = hub.source(source_id)
        caller.must_see(source_id, guid)
    except ProblemError as error:
        if error.code not in ("malformed_id", "source_not_found", "counterparty_not_found"):
            raise
        understood.refuse([Problem("counterparty_id", _UNKNOWN), *figures.unreferred(data)])
        raise
    return source, guid


def _must_be_new(tx: Tx, source: SourceSettings, guid: str, data: NewOrder) -> None:
    """Errors: ProblemError order_exists. Its id says nothing new: it is made of what was sent."""
    there = submissions.exists(tx, source.id, "order", guid, data.reference)
    if there is None:
        return
    order_id = ids.external(source.id, identity(source.id, "order", guid, data.reference))
    raise ProblemError(
        "order_exists",
        f"The counterparty has an order of this reference: {order_id}.",
        hint="Read that one; for another order use another reference, to change it PUT.",
        headers=found.address(order_id),
    )


def _kept(tx: Tx, hub: Hub, caller: Caller, source: SourceSettings, guid: str, data: NewOrder) -> Submission:
    read = understood.read(tx, hub.settings, source, caller, guid, data, hub.clock())
    reading = figures.Reading(source.id)
    reference = figures.reference(reading, data)
    unkept = [*reading.found, *read.unkept]
    understood.refuse([*unkept, *read.found] if unkept or not data.draft else [])
    return order_flow.draft(tx, source.id, reference, read.order, caller.by)

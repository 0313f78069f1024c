"""What people decide about an order (BC-06): POST /v1/orders/{id}/submit, /approve, /reject, /cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.orders import detail, found, refused, understood
from api.orders.answers import Order
from api.orders.approvers import approver
from api.orders.found import OrderId
from api.orders.wanted import OrderDecision, OrderNote
from api.web import callers, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas import orders as content
from schemas.settings import SourceSettings
from store import order_checks, order_flow, submissions
from store.engine import Tx
from store.submissions import Submission

_STEPS = refusals.of(*found.CODES, *repeats.CODES, "orders_off", "too_large", *refused.CODES)


@dataclass(frozen=True, slots=True)
class Deciding:
    """One order, and who decides about it."""

    hub: Hub
    caller: Caller
    repeat: Repeat
    source: SourceSettings
    seen: Submission
    order_id: str

    def done(
        self, operation: str, step: Callable[[Tx, Submission], Submission], **details: object
    ) -> Response[Order]:
        def work(tx: Tx) -> Order:
            tx.alone(f"orders {self.seen.source} {self.seen.lane}")
            with refused.told():
                row = step(tx, submissions.by_number(tx, self.seen.number))
            return detail.whole(tx, self.hub, self.caller, self.source, row)

        return self.repeat.once(
            operation,
            work,
            status=200,
            source=self.source.id,
            counterparty_id=self.seen.counterparty_id,
            subject=self.order_id,
            details=details,
        )

    def approval(
        self,
        operation: str,
        data: OrderDecision,
        decide: Callable[[Tx, Submission, str | None], Submission],
    ) -> Response[Order]:
        """What somebody who may approve decides of the version that he saw; `decide` is given the person, if named."""

        def step(tx: Tx, row: Submission) -> Submission:
            if row.version != data.version:
                raise refused.changed()
            return decide(tx, row, approver(tx, self.caller, row, data.contact_id))

        told = {"version": data.version, "note": data.note, "contact_id": data.contact_id}
        return self.done(operation, step, **told)


@post(
    "/v1/orders/{order_id:str}/submit",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Submit a draft",
    operation_id="submitOrder",
    tags=["orders"],
    security=callers.needs("orders:write"),
    responses=_STEPS,
)
def submit(
    order_id: OrderId,
    data: JSONBody[OrderNote],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Order]:
    """It goes on to who approves, or to the books; what `problems` says of it is to be corrected before."""
    source, seen = found.seen(hub, caller, order_id)

    def step(tx: Tx, row: Submission) -> Submission:
        refused.must_take(source)
        if row.state == "draft":
            told = content.order(submissions.body(tx, row))
            understood.refuse(order_checks.problems(tx, hub.settings, source, told, hub.clock()))
        return order_flow.place(tx, hub.settings, row, caller.by)

    return Deciding(hub, caller, repeat, source, seen, order_id).done("submitOrder", step, note=data.note)


@post(
    "/v1/orders/{order_id:str}/approve",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Approve an order",
    operation_id="approveOrder",
    tags=["orders"],
    security=callers.needs("orders:approve"),
    responses=_STEPS,
)
def approve(
    order_id: OrderId,
    data: JSONBody[OrderDecision],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Order]:
    """This version, and no other one, may go to the books from now on; then its credit is checked.

    Who placed it does not approve it: neither the person, nor, where no person is named, the key.
    """
    source, seen = found.seen(hub, caller, order_id)
    note = data.note.strip()
    return Deciding(hub, caller, repeat, source, seen, order_id).approval(
        "approveOrder",
        data,
        lambda tx, row, person: order_flow.approve(tx, hub.settings, row, caller.by, note, contact_id=person),
    )


@post(
    "/v1/orders/{order_id:str}/reject",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Decline to approve an order",
    operation_id="rejectOrder",
    tags=["orders"],
    security=callers.needs("orders:approve"),
    responses=_STEPS,
)
def reject(
    order_id: OrderId,
    data: JSONBody[OrderDecision],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Order]:
    """Say why in `note`. It may be changed and submitted again, or cancelled."""
    source, seen = found.seen(hub, caller, order_id)
    note = data.note.strip()
    return Deciding(hub, caller, repeat, source, seen, order_id).approval(
        "rejectOrder", data, lambda tx, row, _person: order_flow.decline(tx, row, caller.by, note)
    )


@post(
    "/v1/orders/{order_id:str}/cancel",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Cancel an order",
    operation_id="cancelOrder",
    tags=["orders"],
    security=callers.needs("orders:write"),
    responses=_STEPS,
)
def cancel(
    order_id: OrderId,
    data: JSONBody[OrderNote],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Order]:
    """At once while the books were not asked for it; later it is a wish (`cancel_asked_at`) that they may refuse.

    In the accounting system it is unposted and marked for deletion, never deleted.
    """
    source, seen = found.seen(hub, caller, order_id)
    one = Deciding(hub, caller, repeat, source, seen, order_id)
    return one.done(
        "cancelOrder",
        lambda tx, row: order_flow.cancel(tx, row, caller.by, data.note.strip()),
        note=data.note,
    )


ROUTES = (submit, approve, reject, cancel)

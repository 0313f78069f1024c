"""Letting an order say something else before it goes out: PUT /v1/orders/{id}."""

from __future__ import annotations

from typing import Any

from litestar import Request, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.orders import detail, found, refused, understood
from api.orders.answers import Order
from api.orders.found import OrderId
from api.orders.wanted import MAX_BODY, ChangedOrder
from api.web import callers, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from store import order_flow, submissions
from store.engine import Tx


@put(
    "/v1/orders/{order_id:str}",
    sync_to_thread=True,
    request_max_body_size=MAX_BODY,
    summary="Change an order",
    operation_id="changeOrder",
    tags=["orders"],
    security=callers.needs("orders:write"),
    responses=refusals.of(*found.CODES, "orders_off", "too_large", *refused.CODES),
)
def change(
    order_id: OrderId,
    data: JSONBody[ChangedOrder],
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
) -> Order:
    """All of its content anew, as a new version that nobody has approved: a draft, which goes on unless `draft`.

    Only what the books were not asked for yet can be changed; an order that was declined, too.
    """
    source, seen = found.seen(hub, caller, order_id)

    def work(tx: Tx) -> Order:
        tx.alone(f"orders {seen.source} {seen.lane}")
        row = submissions.by_number(tx, seen.number)
        if row.version != data.version:
            raise refused.changed()
        refused.must_take(source)
        read = understood.read(tx, hub.settings, source, caller, seen.lane, data, hub.clock())
        understood.refuse([*read.unkept, *read.found] if read.unkept or not data.draft else [])
        with refused.told():
            row = order_flow.change(tx, row, read.order, caller.by)
            if not data.draft:
                row = order_flow.place(tx, hub.settings, row, caller.by)
        return detail.whole(tx, hub, caller, source, row, warns=True)

    return repeats.audited(
        request,
        hub,
        work,
        operation="changeOrder",
        source=source.id,
        counterparty_id=seen.counterparty_id,
        subject=order_id,
        details={"version": data.version, "draft": data.draft, "total": data.total},
    )

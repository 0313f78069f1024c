"""One order, line by line: GET /v1/orders/{id}."""

from __future__ import annotations

from datetime import date
from typing import Any

from litestar import get
from litestar.di import NamedDependency

from api.orders import actions, changes, found, lines, rows
from api.orders.answers import (
    CreditFinding,
    Order,
    OrderApproval,
    OrderCredit,
    OrderProblem,
    OrderWarning,
)
from api.orders.found import OrderId
from api.trust import families
from api.web import callers, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from schemas import orders as content
from schemas.settings import SourceSettings
from schemas.submissions import State
from store import credit, order_checks, order_facts, order_list, order_warnings, submissions
from store.engine import Tx
from store.submissions import Submission

UNSENT: tuple[State, ...] = ("draft", "awaiting_approval", "held")
_NOTHING: dict[str, Any] = {"problems": [], "warnings": [], "prices_as_of": None, "stock_as_of": None}


@get(
    "/v1/orders/{order_id:str}",
    sync_to_thread=True,
    summary="An order, line by line",
    operation_id="getOrder",
    tags=["orders"],
    security=callers.needs("orders:read"),
    responses=refusals.of(*found.CODES),
)
def order(order_id: OrderId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]) -> Order:
    """Where it is, what it says, what is wrong with it, and what may be done next."""
    with hub.store.reading(caller.tenancy) as tx:
        source, row = found.row(tx, hub, order_id)
        told = content.order(submissions.body(tx, row))
        names = order_list.names(tx, source.id, [row], told)
    with hub.store.reading() as tx:  # what is decided about it, and with it, is not all the reader's to see
        return answer(tx, hub, caller, source, row, told, names)


def whole(
    tx: Tx, hub: Hub, caller: Caller, source: SourceSettings, row: Submission, *, warns: bool = False
) -> Order:
    """The answer of a request that changed it, in the same transaction; it `warns` also of what is on its way."""
    told = content.order(submissions.body(tx, row))
    names = order_list.names(tx, source.id, [row], told)
    return answer(tx, hub, caller, source, row, told, names, warns=warns)


def answer(
    tx: Tx,
    hub: Hub,
    caller: Caller,
    source: SourceSettings,
    row: Submission,
    told: content.Order,
    names: order_list.Names,
    *,
    warns: bool = False,
) -> Order:
    held_against = _NOTHING
    if warns or row.state in UNSENT:
        held_against = _held_against(tx, hub, source, told)
    return Order(
        **rows.values(row, source, names),
        **held_against,
        on_behalf_of=rows.person(told.on_behalf_of, source, names),
        delivery_address=told.delivery_address or None,
        wished_on=date.fromisoformat(told.wished_on) if told.wished_on else None,
        comment=told.comment or None,
        prices_include_vat=told.prices_include_vat,
        lines=lines.lines(told, source, names),
        vat=lines.vat(told),
        approval=_approval(tx, row, source),
        credit=_credit(tx, row, source) if caller.tenancy.contact_id is None else None,
        changes=changes.of(tx, caller, row, source),
        actions=actions.of(row, caller),
        digest=row.digest,
        is_approved=row.approved_digest == row.digest,
        time_zone=source.time_zone.key,
    )


def _held_against(tx: Tx, hub: Hub, source: SourceSettings, told: content.Order) -> dict[str, Any]:
    """What the store says about it now; of one that is on its way that is the books' business."""
    facts = order_facts.gather(tx, source.id, order_facts.named(told))
    standing = order_checks.standing(tx, hub.settings, source, facts, hub.clock())
    prices = families.dated(tx, hub, source, "prices", ["price"])["as_of"]
    stock = families.dated(tx, hub, source, "stock", ["stock"])["as_of"]
    warned = order_warnings.warnings(told, facts, prices_as_of=prices, stock_as_of=stock)
    return {
        "problems": [
            OrderProblem(code=one.kind, pointer=f"#/{one.place}", detail=one.detail)
            for one in order_checks.found(told, facts, standing)
        ],
        "warnings": [
            OrderWarning(code=one.kind, pointer=f"#/{one.place}", detail=one.detail, as_of=one.as_of)
            for one in warned
        ],
        "prices_as_of": prices,
        "stock_as_of": stock,
    }


def _approval(tx: Tx, row: Submission, source: SourceSettings) -> OrderApproval | None:
    """Of this version; None where nobody's was asked for."""
    steps = [one for one in submissions.steps(tx, row) if one.version == row.version]
    asked = [place for place, one in enumerate(steps) if one.after == "awaiting_approval"]
    if not asked:
        return None
    last = steps[asked[-1] + 1 :]
    came = next((one for one in last if one.before == "awaiting_approval"), steps[asked[-1]])
    zone = source.time_zone
    note = came.note if came.by.startswith(callers.BY_KEY) else ""
    if came.after == "approved":
        return OrderApproval(state="approved", at=came.at.astimezone(zone), note=note or None)
    if came.after == "rejected":
        return OrderApproval(state="declined", at=came.at.astimezone(zone), note=note or None)
    return OrderApproval(state="awaited", at=steps[asked[-1]].at.astimezone(zone))


def _credit(tx: Tx, row: Submission, source: SourceSettings) -> OrderCredit | None:
    made = credit.latest(tx, row)
    if made is None:
        return None
    return OrderCredit(
        outcome=made.outcome,
        findings=[CreditFinding(rule=one.rule, result=one.result) for one in made.findings],
        version=made.version,
        at=made.at.astimezone(source.time_zone),
    )

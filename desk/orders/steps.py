"""What people decide about an order: approving on behalf, releasing a hold, refusing, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from api.web.hub import Hub
from desk.counterparties import forms
from desk.frame import audited, pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.orders import found
from desk.orders.found import Decision
from schemas.errors import StepRefusedError, StoreError
from schemas.settings import HubSettings
from store import order_flow
from store.engine import Tx
from store.submissions import Submission

Take = Callable[[Tx, HubSettings, Submission, str, str], Submission]
OPERATIONS: dict[Decision, str] = {
    "approve": "approveOrder",
    "decline": "rejectOrder",
    "release": "releaseOrder",
    "refuse": "refuseOrder",
    "cancel": "cancelOrder",
}
_TAKE: dict[Decision, Take] = {
    "approve": order_flow.approve,
    "decline": lambda tx, _, order, by, note: order_flow.decline(tx, order, by, note),
    "release": order_flow.release,
    "refuse": lambda tx, _, order, by, note: order_flow.refuse(tx, order, by, note),
    "cancel": lambda tx, _, order, by, note: order_flow.cancel(tx, order, by, note),
}


@post("/desk/orders/{order_id:str}/decide", sync_to_thread=True, status_code=200)
def decide(
    order_id: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """`state` and `version` are those that the page showed: nobody decides about what he has not seen."""
    decision, reason = _decision(visit, data), forms.reason(visit, data)
    with hub.store.transaction() as tx:
        order = found.order(tx, visit, order_id)
        found.must_be_seen(visit, order, data.get("seen"))
        try:
            after = _TAKE[decision](tx, hub.settings, order, visit.by, reason)
        except StoreError as error:
            raise refused(visit, error) from error
        note(tx, visit, OPERATIONS[decision], order, after, reason)
    return pages.redirect(visit, found.address(order))


def note(tx: Tx, visit: Visit, operation: str, order: Submission, after: Submission, reason: str) -> None:
    """Into the audit: what was decided, and where the order is by that."""
    audited.note(
        tx,
        visit,
        operation,
        source=order.source,
        counterparty_id=order.counterparty_id,
        subject=order.id,
        details={"before": order.state, "after": after.state, "version": order.version, "reason": reason},
    )


def refused(visit: Visit, error: StoreError) -> DeskError:
    """Why it cannot be, in the reader's language."""
    _ = visit.text.gettext
    by_rules = _("Change that under its access and terms, or refuse the order.")
    told = {
        "trading_suspended": (_("The counterparty is not traded with."), by_rules),
        "access_blocked": (_("The counterparty may not order on the site now."), by_rules),
        "unknown_counterparty": (
            _("The counterparty is not in the hub, or was deleted in 1C."),
            _("Bring it up to date from 1C, or refuse the order."),
        ),
    }
    if isinstance(error, StepRefusedError) and error.code in told:
        return DeskError(409, *told[error.code])
    return found.meanwhile(visit)


def _decision(visit: Visit, data: forms.Form) -> Decision:
    known: tuple[Decision, ...] = get_args(Decision)
    for decision in known:
        if decision == data.get("to"):
            return decision
    _ = visit.text.gettext
    raise DeskError(422, _("There is no such step."), _("Load the order again."))

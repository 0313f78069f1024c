"""What operators settle: trying again, "1C has not got it", "it is this document"."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from api.web.hub import Hub
from desk.counterparties import forms
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.roles import needs
from desk.frame.visits import Visit
from desk.orders import candidates, found, steps
from schemas.errors import StoreError
from store import outbox_settling
from store.engine import Tx
from store.submissions import Submission


@post("/desk/orders/{order_id:str}/settle", sync_to_thread=True, status_code=200, opt=needs("ops"))
def settle(
    order_id: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """By one's word: it is kept, with the name. A worker that is at it just then loses its claim."""
    reason, to = forms.reason(visit, data), data.get("to")
    with hub.store.transaction() as tx:
        order = found.order(tx, visit, order_id)
        found.must_be_seen(visit, order, data.get("seen"))
        if to not in found.settlements(order, visit.user):
            _ = visit.text.gettext
            raise DeskError(422, _("There is no such step."), _("Load the order again."))
        try:
            operation, after = _settled(tx, visit, order, to, data, reason)
        except StoreError as error:
            raise steps.refused(visit, error) from error
        steps.note(tx, visit, operation, order, after, reason)
    return pages.redirect(visit, found.address(order))


def _settled(
    tx: Tx, visit: Visit, order: Submission, to: str, data: forms.Form, reason: str
) -> tuple[str, Submission]:
    """What the audit calls it, and the order after it."""
    if to == "again":
        return "pushOrderAgain", outbox_settling.again(tx, order, visit.by, reason)
    if to == "absent":
        return "settleOrderAbsent", outbox_settling.absent(tx, order, visit.by, reason)
    key = candidates.named(tx, visit, order, data.get("document", ""), data.get("which", ""))
    return "settleOrderFound", outbox_settling.found(tx, order, key, visit.by, reason)

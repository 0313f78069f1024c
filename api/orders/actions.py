"""What a key may do next with an order."""

from __future__ import annotations

from api.orders.answers import Action
from api.web.callers import Caller
from store.order_flow import CHANGEABLE, NEVER_SENT, may_cancel
from store.submissions import Submission


def of(row: Submission, caller: Caller) -> list[Action]:
    found: list[Action] = []
    if "orders:write" in caller.key.permissions:
        if row.state in CHANGEABLE and (row.state != "rejected" or row.why in NEVER_SENT):
            found.append("change")
        if row.state == "draft":
            found.append("submit")
        if row.cancel_asked_at is None and may_cancel(row):
            found.append("cancel")
    own = caller.tenancy.contact_id is not None  # sees what he placed himself only
    if "orders:approve" in caller.key.permissions and row.state == "awaiting_approval" and not own:
        found += ["approve", "reject"]
    return found

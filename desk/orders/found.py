"""The order of an address, and what may be done with it now."""

from __future__ import annotations

import re
from typing import Literal

from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas.desk import User
from store import order_flow, outbox_settling, submissions
from store.engine import Tx
from store.submissions import Submission

Decision = Literal["approve", "decline", "release", "refuse", "cancel"]
Settlement = Literal["again", "absent", "found"]
LONGEST_ID = 100
_ID = re.compile(r"(?:[^:/]{1,60}:)?([0-9a-f-]{36})")


def order(tx: Tx, visit: Visit, given: str) -> Submission:
    """By its id, or as the API writes it, with its base. Errors: DeskError 404."""
    known = _ID.fullmatch(given) if len(given) <= LONGEST_ID else None
    found = submissions.get(tx, known[1]) if known else None
    if found is None or found.kind != "order":
        raise pages.not_found(visit, visit.text.gettext("There is no such order."))
    return found


def address(found: Submission, *more: str) -> str:
    return "/".join(("/desk/orders", found.id, *more))


def decisions(found: Submission) -> tuple[Decision, ...]:
    """What whoever keeps the books may decide."""
    if found.state == "awaiting_approval":
        return "approve", "decline", "cancel"
    if found.state == "held":
        return "release", "refuse", "cancel"
    return ("cancel",) if order_flow.may_cancel(found) and found.cancel_asked_at is None else ()


def settlements(found: Submission, user: User) -> tuple[Settlement, ...]:
    """What whoever operates the hub may settle."""
    if not user.may("ops"):
        return ()
    if found.state == "uncertain":
        return "found", "absent"
    refused_by_books = found.state == "rejected" and found.why not in outbox_settling.BY_PEOPLE
    return ("again",) if refused_by_books and found.approved_digest == found.digest else ()


def seen(order: Submission) -> str:
    """What a page shows of where it is, to tell whether it is still so: it may come into a state twice."""
    asked = "c" if order.cancel_asked_at else ""
    return f"{order.state}-{order.version}-{order.since.timestamp():.6f}{asked}"


def must_be_seen(visit: Visit, found: Submission, shown: str | None) -> None:
    """It is still as the page showed it, of which somebody decides. Errors: DeskError 409."""
    if shown != seen(found):
        raise meanwhile(visit)


def meanwhile(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    return DeskError(
        409,
        _("Something has happened with this order meanwhile."),
        _("Load the page again: it shows where the order is now. Then decide anew."),
    )

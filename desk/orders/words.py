"""Where an order is and what the books make of it, in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

from desk.frame.pages import Badge
from schemas.submissions import State, Status, Why

STATE_BADGES: Mapping[State, Badge] = {
    "draft": "mute",
    "awaiting_approval": "warn",
    "approved": "wait",
    "held": "warn",
    "queued": "wait",
    "sending": "wait",
    "created": "wait",
    "posted": "wait",
    "confirmed": "ok",
    "uncertain": "bad",
    "rejected": "bad",
    "cancelling": "wait",
    "cancelled": "mute",
}
STATUS_BADGES: Mapping[Status, Badge] = {
    "confirmed": "mute",
    "invoiced": "wait",
    "shipped_in_part": "wait",
    "shipped": "ok",
    "paid": "ok",
    "cancelled": "bad",
}


def states(text: NullTranslations) -> dict[State, str]:
    return {
        "draft": text.gettext("Draft"),
        "awaiting_approval": text.gettext("Awaits approval"),
        "approved": text.gettext("Approved"),
        "held": text.gettext("On hold"),
        "queued": text.gettext("In the queue"),
        "sending": text.gettext("Being sent"),
        "created": text.gettext("In 1C, not posted"),
        "posted": text.gettext("In 1C, being checked"),
        "confirmed": text.gettext("Confirmed"),
        "uncertain": text.gettext("Unclear"),
        "rejected": text.gettext("Rejected"),
        "cancelling": text.gettext("Being cancelled"),
        "cancelled": text.gettext("Order cancelled"),
    }


def statuses(text: NullTranslations) -> dict[Status, str]:
    """How the books go on with a confirmed one."""
    return {
        "confirmed": text.gettext("Accepted"),
        "invoiced": text.gettext("Invoiced"),
        "shipped_in_part": text.gettext("Shipped in part"),
        "shipped": text.gettext("Shipped"),
        "paid": text.gettext("Paid"),
        "cancelled": text.gettext("Cancelled in 1C"),
    }


def whys(text: NullTranslations) -> dict[Why, str]:
    """In a few words, beside a state."""
    return {
        "declined": text.gettext("declined by a person"),
        "over_limit": text.gettext("over the credit limit"),
        "overdue": text.gettext("overdue debts"),
        "over_stock": text.gettext("not enough in stock"),
        "not_checked": text.gettext("no fresh figures for the credit check"),
        "released": text.gettext("released by a person"),
        "placed_again": text.gettext("changed by who placed it"),
        "on_request": text.gettext("on request"),
        "source_paused": text.gettext("the base is paused"),
        "quiet_hours": text.gettext("the base is left alone at these hours"),
        "source_unavailable": text.gettext("1C did not answer, and has surely not got it"),
        "unclear_answer": text.gettext("1C's answer was lost or unclear"),
        "worker_died": text.gettext("the hub stopped in the middle"),
        "proven_absent": text.gettext("1C was proven not to have it"),
        "found": text.gettext("1C had it already"),
        "several_found": text.gettext("1C has several like it"),
        "marked_in_books": text.gettext("marked for deletion in 1C"),
        "creation_refused": text.gettext("1C refused to take it"),
        "posting_refused": text.gettext("1C refused to post it"),
        "cancelling_refused": text.gettext("1C refused to cancel it"),
        "not_equal": text.gettext("1C keeps something else"),
        "not_understood": text.gettext("1C's answer was not understood"),
    }


def happened(text: NullTranslations) -> dict[State, str]:
    """What happened, by the state it led to."""
    return {
        "draft": text.gettext("Changed by who placed it"),
        "awaiting_approval": text.gettext("Sent off; somebody has to approve it"),
        "approved": text.gettext("Approved"),
        "held": text.gettext("Put on hold by the credit check"),
        "queued": text.gettext("Put into the queue to 1C"),
        "sending": text.gettext("Taken out of the queue to be sent"),
        "created": text.gettext("1C has it, not posted"),
        "posted": text.gettext("1C posted it"),
        "confirmed": text.gettext("Confirmed: 1C has what was approved"),
        "uncertain": text.gettext("It became unclear whether 1C has it"),
        "rejected": text.gettext("Rejected"),
        "cancelling": text.gettext("1C is asked to cancel it"),
        "cancelled": text.gettext("The order was cancelled"),
    }

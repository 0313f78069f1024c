"""Where an order stands, as an accountant would say it, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations
from typing import NamedTuple

from schemas.submissions import State, Why
from store import outbox_settling
from store.submissions import Submission


class Told(NamedTuple):
    text: str
    next: str


def of(order: Submission, text: NullTranslations, *, changed: bool = False) -> Told:
    """`changed` tells that 1C keeps something else by now than what was approved."""
    if order.cancel_asked_at is not None and order.state not in ("cancelling", "cancelled"):
        return _asked_to_cancel(text)
    by_why = {"held": _held, "queued": _queued, "uncertain": _uncertain, "rejected": _rejected}.get(
        order.state
    )
    found = by_why(text).get(order.why) if by_why and order.why else None
    if order.state == "confirmed" and order.why == "cancelling_refused":
        return Told(
            text.gettext("1C would not cancel it: it is still confirmed."),
            text.gettext("Its own words are below. Undo in 1C what stands in the way, then cancel it again."),
        )
    if order.state == "confirmed" and changed:
        return Told(
            text.gettext("1C took it as it was approved, and has changed it since."),
            text.gettext("What differs is below: tell the counterparty if it does not know."),
        )
    return found or _states(text)[order.state]


def _states(text: NullTranslations) -> Mapping[State, Told]:
    itself = text.gettext("Nothing is to be done: it goes on by itself, and this page follows.")
    return {
        "draft": Told(
            text.gettext("Its author has not sent it off yet."),
            text.gettext("It is changed and sent off on the storefront."),
        ),
        "awaiting_approval": Told(
            text.gettext("The counterparty's own people have to approve it."),
            text.gettext("They do so on the storefront. You may decide on their behalf: say on whose word."),
        ),
        "approved": Told(text.gettext("It is approved."), itself),
        "held": Told(
            text.gettext("The credit check stopped it."),
            text.gettext("Release it, or refuse it. The figures are below."),
        ),
        "queued": Told(text.gettext("It waits for its turn to go to 1C."), itself),
        "sending": Told(text.gettext("It is being sent to 1C right now."), itself),
        "created": Told(
            text.gettext("1C has it. It is compared with what was approved, then posted."), itself
        ),
        "posted": Told(text.gettext("1C has posted it. It is compared once more."), itself),
        "confirmed": Told(
            text.gettext("1C has it, posted, and equal to what was approved."),
            text.gettext("What 1C makes of it comes back here with every reading."),
        ),
        "uncertain": _uncertain(text)["unclear_answer"],
        "rejected": _rejected(text)["creation_refused"],
        "cancelling": Told(
            text.gettext("1C is being asked to cancel it: to undo the posting and to mark it for deletion."),
            itself,
        ),
        "cancelled": Told(text.gettext("It is cancelled."), text.gettext("This is the end of it.")),
    }


def _asked_to_cancel(text: NullTranslations) -> Told:
    return Told(
        text.gettext("Somebody wants it cancelled."),
        text.gettext("The hub asks 1C for it as soon as it is known to be there. This page follows."),
    )


def _held(text: NullTranslations) -> Mapping[Why, Told]:
    decide = text.gettext("Release it, or refuse it. The figures are below.")
    return {
        "over_limit": Told(text.gettext("With this order more would be owed than the limit allows."), decide),
        "overdue": Told(text.gettext("The counterparty has overdue debts."), decide),
        "over_stock": Told(text.gettext("There is less free in stock than was ordered."), decide),
        "not_checked": Told(
            text.gettext("The figures that the credit check needs are missing or too old."),
            text.gettext("Bring the counterparty up to date, or decide on what you know."),
        ),
    }


def _queued(text: NullTranslations) -> Mapping[Why, Told]:
    return {
        "source_paused": Told(
            text.gettext("It waits: the base is paused at the hub."),
            text.gettext("It goes to 1C as soon as somebody resumes the base."),
        ),
        "quiet_hours": Told(
            text.gettext("It waits: the base is left alone at these hours."),
            text.gettext("It goes to 1C when they end."),
        ),
        "source_unavailable": Told(
            text.gettext("1C does not answer, and has surely not got it."),
            text.gettext("It is tried again by itself until 1C answers."),
        ),
        "proven_absent": Told(
            text.gettext("1C has not got it: that is proven."),
            text.gettext("It is sent again by itself."),
        ),
    }


def _uncertain(text: NullTranslations) -> Mapping[Why, Told]:
    settles = text.gettext(
        "The hub looks for it in 1C by itself, and never sends it a second time before that is known. "
        "Who can see in 1C whether it is there may say so."
    )
    return {
        "unclear_answer": Told(
            text.gettext("Nobody knows yet whether 1C has it: the answer was lost or unclear."), settles
        ),
        "worker_died": Told(
            text.gettext("Nobody knows yet whether 1C has it: the hub stopped while sending it."), settles
        ),
        "not_understood": Told(
            text.gettext("Nobody knows yet whether 1C has it: its answer cannot be read."), settles
        ),
        "several_found": Told(
            text.gettext("1C has several documents of this order."),
            text.gettext("Mark those that are too many for deletion in 1C, then say which one it is."),
        ),
    }


def _rejected(text: NullTranslations) -> Mapping[Why, Told]:
    again = text.gettext("Mend in 1C what it says below, then send it again; or cancel it.")
    anew = text.gettext("Its author may change it on the storefront and send it off anew.")
    refused = Told(text.gettext("A person refused it after the credit check."), anew)
    return {
        **dict.fromkeys(outbox_settling.BY_PEOPLE, refused),
        "declined": Told(text.gettext("A person declined it."), anew),
        "creation_refused": Told(text.gettext("1C refused to take it."), again),
        "posting_refused": Told(
            text.gettext("1C has it, but refused to post it: it moves nothing there."), again
        ),
        "not_equal": Told(
            text.gettext("1C keeps something else than what was approved. It is not confirmed."),
            text.gettext("What differs is below. Mend it in 1C, then send it again: nothing is made twice."),
        ),
        "marked_in_books": Told(
            text.gettext("It was marked for deletion in 1C."),
            text.gettext("Take the mark off in 1C and send it again; or cancel it here too."),
        ),
        "not_understood": Told(
            text.gettext("1C's answer was not understood."),
            text.gettext("Whoever operates the hub must look at it: the requests are below."),
        ),
    }

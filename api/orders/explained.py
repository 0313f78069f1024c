"""Why an order is where it is, as a sentence for its buyer; the books' own words are for the supplier's people."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.submissions import Why

SENTENCES: Mapping[Why, str] = {
    "declined": "It was not approved. Change it and submit it again, or cancel it.",
    "over_limit": "It goes beyond the credit limit; the supplier decides.",
    "overdue": "Debts are overdue; the supplier decides.",
    "over_stock": "More is ordered than is free; the supplier decides.",
    "not_checked": "The figures that the credit check needs are missing or old; the supplier decides.",
    "released": "The supplier let it go on.",
    "placed_again": "It was changed, and is to be submitted again.",
    "on_request": "It was cancelled because somebody asked for it.",
    "source_paused": "The supplier has paused the exchange with the accounting system; it goes on by itself.",
    "source_unavailable": "The accounting system is away and has not got it; it goes on by itself.",
    "quiet_hours": "The accounting system is left alone at these hours; it goes on by itself.",
    "unclear_answer": "Whether the accounting system has it is not clear yet; the hub is looking. Do not order again.",
    "worker_died": "Whether the accounting system has it is not clear yet; the hub is looking. Do not order again.",
    "proven_absent": "The accounting system has not got it; it is sent by itself.",
    "found": "The accounting system had it already.",
    "several_found": "The accounting system has it more than once; the supplier settles that.",
    "marked_in_books": "The supplier marked it for deletion in the accounting system.",
    "creation_refused": "The accounting system does not take it; the supplier knows why.",
    "posting_refused": "The accounting system has it and does not let it count; the supplier knows why.",
    "cancelling_refused": "The accounting system does not cancel it; ask the supplier.",
    "not_equal": "The accounting system keeps something else than was approved; the supplier settles that.",
    "not_understood": "The accounting system's answer was not understood; the supplier settles that.",
}


def sentence(why: Why | None) -> str | None:
    return None if why is None else SENTENCES[why]

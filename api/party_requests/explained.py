"""Why a request is where it is, as a sentence for whoever made it."""

from __future__ import annotations

from collections.abc import Mapping

from api.orders.explained import SENTENCES
from schemas.submissions import State, Why

OF_PARTY: Mapping[Why, str] = {
    "released": "The supplier lets it be tried again.",
    "unclear_answer": "Whether the accounting system has it is not clear yet; the hub is looking.",
    "worker_died": "Whether the accounting system has it is not clear yet; the hub is looking.",
    "not_equal": "The accounting system keeps something else than was sent; the supplier settles that.",
}
SETTLED_BY_PEOPLE = "It cannot be made over the portal; call the supplier."


def sentence(state: State, why: Why | None) -> str | None:
    if why is None:
        return None
    if (state, why) == ("rejected", "found"):
        return SETTLED_BY_PEOPLE
    return OF_PARTY.get(why, SENTENCES[why])

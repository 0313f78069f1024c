"""What the portal sends to the books: orders, new counterparties, delivery points; and how far each of them is."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any, Literal, get_args

Kind = Literal["order", "counterparty", "delivery_point"]
# `held`: the credit check wants a person. `sending`: a worker is at it, and may have asked for it to be created.
# `created`: the books have it and it moves nothing yet. `confirmed`: it was read back, and is what was approved.
# `uncertain`: nobody knows whether the books have it; settled by looking. `cancelling`: the books are asked to.
State = Literal[
    "draft",
    "awaiting_approval",
    "approved",
    "held",
    "queued",
    "sending",
    "created",
    "posted",
    "confirmed",
    "uncertain",
    "rejected",
    "cancelling",
    "cancelled",
]
# Why it is where it is: told to the storefront; the books' own words are not.
Why = Literal[
    "declined",  # by who approves
    "over_limit",
    "overdue",
    "over_stock",
    "not_checked",  # the figures that the credit check needs are missing or stale
    "released",  # from a hold, or by hand
    "placed_again",  # changed by who placed it
    "on_request",
    "source_paused",
    "quiet_hours",
    "source_unavailable",  # and the books surely have not got it
    "unclear_answer",
    "worker_died",
    "proven_absent",
    "found",  # the books had it already
    "several_found",
    "marked_in_books",
    "creation_refused",
    "posting_refused",
    "cancelling_refused",
    "not_equal",  # the books keep something else than what was approved
    "not_understood",  # what the books answered
]
# How the books go on with a confirmed order, derived from the documents that refer to it.
Status = Literal["confirmed", "invoiced", "shipped_in_part", "shipped", "paid", "cancelled"]

KINDS: tuple[Kind, ...] = get_args(Kind)
STATES: tuple[State, ...] = get_args(State)
WHYS: tuple[Why, ...] = get_args(Why)
STATUSES: tuple[Status, ...] = get_args(Status)

STEPS: Mapping[State, tuple[State, ...]] = {
    "draft": ("awaiting_approval", "approved", "cancelled"),
    "awaiting_approval": ("approved", "rejected", "draft", "cancelled"),
    "approved": ("queued", "held"),
    "held": ("queued", "rejected", "cancelled"),
    "queued": ("sending", "cancelled"),
    "sending": ("created", "queued", "uncertain", "rejected"),
    "uncertain": ("created", "queued", "rejected"),
    "created": ("posted", "confirmed", "rejected", "cancelling"),
    "posted": ("confirmed", "rejected", "cancelling"),
    "confirmed": ("cancelling", "cancelled"),
    "rejected": ("draft", "queued", "cancelled", "cancelling"),
    "cancelling": ("cancelled", "created", "posted", "confirmed", "rejected"),
    "cancelled": (),
}

_OURS = uuid.UUID("5a1d0c0d-0a2e-5b5e-9c7e-6f1b1c1d0e0f")


def identity(source: str, kind: Kind, lane: str, reference: str) -> str:
    """The id of what the storefront calls `reference`, always the same: even a hub that lost it finds it in the books.

    `lane` is whose reference it is: the counterparty of an order, the tax id of a new counterparty.
    """
    return str(uuid.uuid5(_OURS, "\n".join((source, kind, lane, reference))))


def digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of a content: what is approved is this, and nothing else is pushed."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def may_step(before: State, after: State) -> bool:
    return after in STEPS[before]

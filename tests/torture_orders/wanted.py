"""What the storefront, the approver and the accountant want of one order, and what they know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Literal

from tests.torture_orders.books import Buyer
from tests.torture_orders.content import Content

APPROVED_FROM = Decimal(10_000)  # the amount from which the companies with a rule approve their orders
Decision = Literal["approve", "decline", "change"]


@dataclass(slots=True)
class Wanted:
    """`contents` are all versions that were ever sent; the last one counts.

    `said_yes` are those versions for which somebody asked for approval to be given, whether or not an answer came.
    `id` is known once an answer came; `accepted` once that was a yes: from then on the order must not get lost.
    """

    reference: str
    buyer: Buyer
    contents: list[Content]
    needs_rule: bool
    decision: Decision
    releases: bool
    cancels: bool
    key: str = ""
    key_is_kept: bool = False  # the hub knows it, with the answer
    id: str = ""
    accepted: bool = False
    refused: str = ""
    unanswered: bool = False
    cancel_said: bool = False
    again: int = 0  # how often the accountant tries again what the books refused
    said_yes: set[int] = field(default_factory=set)
    state: str = ""

    @property
    def content(self) -> Content:
        return self.contents[-1]

    def needs_approval(self, version: int) -> bool:
        return self.needs_rule and self.contents[version].total >= APPROVED_FROM

    def may_be_in_the_books(self, version: int) -> bool:
        """Whether this version was approved, or needs nobody's approval."""
        return version in self.said_yes or not self.needs_approval(version)

    @property
    def is_open(self) -> bool:
        """Whether the storefront still has something to do or to see."""
        return not self.refused and self.state not in ("confirmed", "cancelled")


def imagine(chance: Random, reference: str, buyer: Buyer, content: Content, *, needs_rule: bool) -> Wanted:
    return Wanted(
        reference,
        buyer,
        [content],
        needs_rule,
        decision=chance.choices(("approve", "decline", "change"), (6, 2, 2))[0],
        releases=chance.random() < 0.7,
        cancels=chance.random() < 0.1,
        again=chance.randint(0, 1),
    )

"""Which orders need somebody's approval before they go to the books, and who may give it (BC-06, FX-07)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

ANY_AMOUNT = 0  # minor units: every order comes to that


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """It demands approval of orders that come to `amount` minor units of `currency` or more.

    It holds for `counterparty_id` and those below it, and of them for `branch_id` and those below that. None: for
    everybody, any branch, any contact, any currency; an amount above zero always has its currency.
    """

    number: int
    counterparty_id: str | None
    branch_id: str | None
    contact_id: str | None
    currency: str | None
    amount: int


@dataclass(frozen=True, slots=True)
class Ordered:
    """What rules ask of an order: `parties` are who settles and who ordered, each with all above it; `branches`
    who ordered with all above it; `contacts` who placed it and for whom.
    """

    parties: Collection[str]
    branches: Collection[str]
    contacts: Collection[str]
    currency: str
    amount: int


def demanding(rules: Iterable[ApprovalRule], ordered: Ordered) -> ApprovalRule | None:
    """The rule that demands approval; of several the one that was set first."""
    met = [rule for rule in rules if is_met(rule, ordered)]
    return min(met, key=lambda rule: rule.number) if met else None


def is_met(rule: ApprovalRule, ordered: Ordered) -> bool:
    return (
        (rule.counterparty_id is None or rule.counterparty_id in ordered.parties)
        and (rule.branch_id is None or rule.branch_id in ordered.branches)
        and (rule.contact_id is None or rule.contact_id in ordered.contacts)
        and (rule.currency is None or rule.currency == ordered.currency)
        and ordered.amount >= rule.amount
    )


def may_approve(contact_id: str | None, placed_by: str | None) -> bool:
    """Nobody approves what he placed himself; None stands for no single person of the counterparty's."""
    return contact_id is None or contact_id != placed_by

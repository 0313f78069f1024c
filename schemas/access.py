"""What a counterparty may open on the site, decided from what it owes and what people said (BS-14)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from schemas.freshness import State as Freshness

Access = Literal["open", "balance_only", "blocked"]
Reason = Literal[
    "set_by_hand", "rule", "no_rule", "within_rules", "data_never_read", "data_stale", "data_differs"
]
STATES: tuple[Access, ...] = get_args(Access)  # from the loosest to the strictest
TOO_OLD: Mapping[Freshness, Reason] = {"never": "data_never_read", "stale": "data_stale"}


@dataclass(frozen=True, slots=True)
class Debt:
    """An unpaid item that is past its due date: `units` > 0 and `overdue_from` is not in the future."""

    currency: str
    units: int
    overdue_from: date


@dataclass(frozen=True, slots=True)
class Segment:
    """Counterparties whose `field` (an extension field by its key, or "kind") has this value."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class AccessRule:
    """It is met where debts overdue for `days` or more come to `amount` or more in one currency.

    `amount` is in minor units. Without a currency any will do; without a segment the rule is for all.
    """

    number: int
    state: Access
    days: int
    currency: str | None
    amount: int
    segment: Segment | None
    set_at: datetime


@dataclass(frozen=True, slots=True)
class AccessOverride:
    """A state set by hand: it stands in for the rules until `expires_at`."""

    number: int
    state: Access
    set_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a counterparty's debts at a moment, and whether it may be held against it."""

    overdue: Sequence[Debt]
    freshness: Freshness
    differs: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """`since` is None where the counterparty is not restricted and nobody said anything."""

    state: Access
    reason: Reason
    since: datetime | None = None
    rule: AccessRule | None = None
    override: AccessOverride | None = None


def decide(
    rules: Iterable[AccessRule],
    overrides: Iterable[AccessOverride],
    figures: Figures,
    traits: Mapping[str, Collection[str]],
    now: datetime,
    zone: ZoneInfo,
) -> Decision:
    """Tell what may be opened at `now`.

    Order:  what a person said; then the strictest rule that is met, on fresh figures that agree with the
            books: others restrict nobody. Rules of a segment stand in for the rules for all.
    """
    valid = [one for one in overrides if one.expires_at is None or one.expires_at > now]
    if valid:
        said = max(valid, key=lambda one: one.set_at)
        return Decision(said.state, "set_by_hand", said.set_at, override=said)
    mine = concerning(rules, traits)
    if not mine:
        return Decision("open", "no_rule")
    if figures.freshness in TOO_OLD:
        return Decision("open", TOO_OLD[figures.freshness])
    if figures.differs:
        return Decision("open", "data_differs")
    return _by_rules(mine, figures.overdue, now.astimezone(zone).date(), zone)


def concerning(rules: Iterable[AccessRule], traits: Mapping[str, Collection[str]]) -> list[AccessRule]:
    """The rules of the segments that a counterparty is in; where there are none, the rules for all."""
    for_all: list[AccessRule] = []
    own: list[AccessRule] = []
    for rule in rules:
        if rule.segment is None:
            for_all.append(rule)
        elif rule.segment.value in traits.get(rule.segment.field, ()):
            own.append(rule)
    return own or for_all


def met_on(rule: AccessRule, overdue: Iterable[Debt], today: date) -> date | None:
    """The day on which the debts that are open now came to meet the rule; None where they do not today."""
    last = today - timedelta(days=rule.days - 1)  # what is overdue for so many days went overdue by then
    reached: dict[str, int] = {}
    for debt in sorted(overdue, key=lambda one: one.overdue_from):
        if debt.overdue_from > last or rule.currency not in (None, debt.currency):
            continue
        reached[debt.currency] = reached.get(debt.currency, 0) + debt.units
        if reached[debt.currency] >= rule.amount:
            return debt.overdue_from + timedelta(days=rule.days - 1)
    return None


def _by_rules(rules: Iterable[AccessRule], overdue: Sequence[Debt], today: date, zone: ZoneInfo) -> Decision:
    """The strictest rule that is met; of several the one that was met first."""
    found: list[tuple[datetime, AccessRule]] = []
    for rule in rules:
        day = met_on(rule, overdue, today)
        if day is not None and rule.state != "open":
            found.append((max(datetime.combine(day, time.min, zone), rule.set_at), rule))
    if not found:
        return Decision("open", "within_rules")
    strictest = max((rule.state for _, rule in found), key=STATES.index)
    since, rule = min(
        (one for one in found if one[1].state == strictest), key=lambda one: (one[0], one[1].number)
    )
    return Decision(rule.state, "rule", since, rule)

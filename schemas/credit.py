"""Whether an order may go to the books as far as credit goes: limit, overdue debt, stock (FX-12).

Pure: what is kept of a decision has every figure it used, and `judge` of them gives the same outcome again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from schemas.settings import Outcome
from schemas.submissions import Why

Rule = Literal["limit", "overdue", "stock"]
Result = Literal["kept", "broken", "not_checked", "no_rule"]
Doubt = Literal["unknown_contract", "never_read", "stale", "differs", "other_currency", "unknown_unit"]
Counted = Literal["portal", "books"]

FROM_MILD_TO_STRICT: tuple[Outcome, ...] = ("pass", "warn", "hold")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Minor units of one currency. A debt is positive, an advance negative."""

    units: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """An order that is not shipped: what the portal sent and the books do not show yet, or its unshipped rest there.

    `id` is the submission's or the accounting document's.
    """

    id: str
    counted: Counted
    units: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Millionths of the item's own unit. `wanted` is None where its unit cannot be told in it."""

    item_id: str
    characteristic_id: str
    wanted: int | None
    free: int
    in_flight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known. Moments are ISO texts: of what was read of settlements, documents and stock.

    `limit` is None where debt is not limited. `debts` are of the contract, and of the counterparty's accounts that
    name no contract: that far up the books settle them. `doubts` are of debts, `stock_doubts` of stock.
    """

    order: Sum
    limit: Sum | None
    blocks_when_overdue: bool
    debts: tuple[Sum, ...]
    overdue: tuple[Sum, ...]
    in_flight: tuple[InFlight, ...]
    debts_as_of: str | None
    documents_as_of: str | None
    doubts: tuple[Doubt, ...] = ()
    goods: tuple[Goods, ...] = ()
    stock_as_of: str | None = None
    stock_doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a broken rule comes to; one that could not be checked comes to the same."""

    over_limit: Outcome
    overdue: Outcome
    over_stock: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`expected` is what would be owed with this order, of what is allowed; `items` are those that are short."""

    rule: Rule
    result: Result
    outcome: Outcome
    doubts: tuple[Doubt, ...] = ()
    expected: Sum | None = None
    allowed: Sum | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`why` is the reason of a hold or a warning, None where everything passed."""

    outcome: Outcome
    why: Why | None
    findings: tuple[Finding, ...]


def judge(facts: Facts, policy: Policy) -> Decision:
    """The strictest of the three rules counts; of several reasons a proven one before a missing figure."""
    findings = (
        _limit(facts, policy.over_limit),
        _overdue(facts, policy.overdue),
        _stock(facts, policy.over_stock),
    )
    outcome = strictest(one.outcome for one in findings)
    why = next((_why(one) for one in sorted(findings, key=_is_doubt) if one.outcome == outcome), None)
    return Decision(outcome=outcome, why=None if outcome == "pass" else why, findings=findings)


def strictest(outcomes: Iterable[Outcome]) -> Outcome:
    return max(outcomes, key=FROM_MILD_TO_STRICT.index)


def kept(facts: Facts, policy: Policy, decision: Decision) -> dict[str, Any]:
    """As JSON: everything that was used, and what was found."""
    return {**asdict(facts), "policy": asdict(policy), "findings": [asdict(one) for one in decision.findings]}


def again(told: dict[str, Any]) -> tuple[Facts, Policy]:
    """What `kept` was made of."""
    sums = {name: tuple(Sum(**one) for one in told[name]) for name in ("debts", "overdue")}
    facts = Facts(
        order=Sum(**told["order"]),
        limit=_sum(told["limit"]),
        blocks_when_overdue=told["blocks_when_overdue"],
        **sums,
        in_flight=tuple(InFlight(**one) for one in told["in_flight"]),
        debts_as_of=told["debts_as_of"],
        documents_as_of=told["documents_as_of"],
        doubts=tuple(told["doubts"]),
        goods=tuple(Goods(**one) for one in told["goods"]),
        stock_as_of=told["stock_as_of"],
        stock_doubts=tuple(told["stock_doubts"]),
    )
    return facts, Policy(**told["policy"])


def _limit(facts: Facts, broken: Outcome) -> Finding:
    """An order and a limit of two currencies are never compared; an advance in another one lowers nothing."""
    if facts.limit is None and "unknown_contract" not in facts.doubts:
        return Finding(rule="limit", result="no_rule", outcome="pass")
    owed: tuple[Sum | InFlight, ...] = (*facts.debts, *facts.in_flight)
    mine = [one.units for one in owed if one.currency == facts.order.currency]
    expected = Sum(units=sum(mine) + facts.order.units, currency=facts.order.currency)
    known, doubts = facts.limit or facts.order, facts.doubts
    met = {known.currency, *(one.currency for one in owed if one.units > 0)}
    if met != {facts.order.currency}:
        doubts = (*doubts, "other_currency")
    result: Result = "broken" if expected.units > known.units else "kept"
    return _finding("limit", result, broken, doubts, expected=expected, allowed=facts.limit)


def _overdue(facts: Facts, broken: Outcome) -> Finding:
    if not facts.blocks_when_overdue and "unknown_contract" not in facts.doubts:
        return Finding(rule="overdue", result="no_rule", outcome="pass")
    result: Result = "broken" if any(one.units > 0 for one in facts.overdue) else "kept"
    return _finding("overdue", result, broken, facts.doubts)


def _stock(facts: Facts, broken: Outcome) -> Finding:
    if not facts.goods:
        return Finding(rule="stock", result="no_rule", outcome="pass")
    doubts = facts.stock_doubts
    if any(one.wanted is None for one in facts.goods):
        doubts = (*doubts, "unknown_unit")
    short = [one for one in facts.goods if one.wanted is not None and one.wanted > one.free - one.in_flight]
    items = tuple(sorted({one.item_id for one in short}))
    return _finding("stock", "broken" if short else "kept", broken, doubts, items=items)


def _finding(rule: Rule, result: Result, broken: Outcome, doubts: tuple[Doubt, ...], **told: Any) -> Finding:
    """Figures that are doubted prove nothing, neither way."""
    result = "not_checked" if doubts else result
    outcome: Outcome = "pass" if result == "kept" else broken
    return Finding(rule=rule, result=result, outcome=outcome, doubts=doubts, **told)


def _why(finding: Finding) -> Why | None:
    if finding.result == "not_checked":
        return "not_checked"
    reasons: dict[Rule, Why] = {"limit": "over_limit", "overdue": "overdue", "stock": "over_stock"}
    return reasons[finding.rule]


def _is_doubt(finding: Finding) -> bool:
    return finding.result == "not_checked"


def _sum(told: dict[str, Any] | None) -> Sum | None:
    return None if told is None else Sum(**told)

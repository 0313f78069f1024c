"""The credit check of an order: every number that it used, and what moment each is true for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations

from desk.frame.pages import Badge
from desk.frame.visits import Visit
from desk.orders import contents
from printing import formats
from schemas import orders
from schemas.credit import Doubt, Facts, Finding, Goods, InFlight, Result, Rule, Sum
from schemas.settings import Outcome
from store import credit, order_list, submissions
from store.credit import CreditDecision
from store.engine import Tx
from store.order_list import Names
from store.submissions import Submission

OUTCOME_BADGES: Mapping[Outcome, Badge] = {"pass": "ok", "warn": "warn", "hold": "bad"}
RESULT_BADGES: Mapping[Result, Badge] = {
    "kept": "ok",
    "broken": "bad",
    "not_checked": "warn",
    "no_rule": "mute",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the check; `links` are the orders that it sums up. `nothing` is said where there is no number."""

    label: str
    sums: Sequence[Sum]
    as_of: datetime | None
    links: Sequence[tuple[str, str, Sum]] = ()
    strong: bool = False
    bad: bool = False
    nothing: str = "–"


@dataclass(frozen=True, slots=True)
class Ruled:
    label: str
    badge: Badge
    result: str
    doubts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Short:
    """An item, in its own unit: `left` is what would be left of what is free."""

    name: str
    wanted: str
    free: str
    in_flight: str
    is_short: bool


@dataclass(frozen=True, slots=True)
class Checked:
    decision: CreditDecision
    badge: Badge
    outcome: str
    of_this_version: bool
    figures: Sequence[Figure]
    rules: Sequence[Ruled]
    goods: Sequence[Short]
    stock_as_of: datetime | None


def of(tx: Tx, visit: Visit, order: Submission) -> Checked | None:
    """None before the first check."""
    found = credit.latest(tx, order)
    if found is None:
        return None
    said = orders.order(submissions.body(tx, order, found.version))
    names, text = order_list.names(tx, order.source, [order], said), visit.text
    return Checked(
        decision=found,
        badge=OUTCOME_BADGES[found.outcome],
        outcome=_outcomes(text)[found.outcome],
        of_this_version=found.version == order.version,
        figures=_figures(order.source, found, text),
        rules=[_ruled(one, text) for one in found.findings if one.result != "no_rule"],
        goods=[_short(visit, one, names, found.findings) for one in found.facts.goods],
        stock_as_of=_moment(found.facts.stock_as_of),
    )


def _figures(source: str, found: CreditDecision, text: NullTranslations) -> list[Figure]:
    facts = found.facts
    debts, papers = _moment(facts.debts_as_of), _moment(facts.documents_as_of)
    portal = [one for one in facts.in_flight if one.counted == "portal"]
    books = [one for one in facts.in_flight if one.counted == "books"]
    limit = next((one for one in found.findings if one.rule == "limit"), None)
    figures = [
        Figure(text.gettext("Owed now"), _or_zero(facts.debts, facts, debts), debts),
        Figure(
            text.gettext("Orders on their way to 1C"),
            _or_zero(_sums(portal), facts, found.at),
            found.at,
            _links(source, portal, text),
        ),
        Figure(
            text.gettext("Ordered in 1C and not shipped"),
            _or_zero(_sums(books), facts, papers),
            papers,
            _links(source, books, text),
        ),
        Figure(text.gettext("This order"), [facts.order], found.at),
    ]
    if limit is not None and limit.expected is not None:
        broken = limit.result == "broken"
        figures.append(
            Figure(text.gettext("Owed with this order"), [limit.expected], None, strong=True, bad=broken)
        )
    unlimited = limit is not None and limit.result == "no_rule"
    none = text.gettext("not limited") if unlimited else "–"
    figures.append(Figure(text.gettext("Credit limit"), _limit(facts), debts, strong=True, nothing=none))
    late = _or_zero(facts.overdue, facts, debts)
    figures.append(Figure(text.gettext("Overdue"), late, debts, bad=bool(facts.overdue)))
    return figures


def _or_zero(sums: Sequence[Sum], facts: Facts, as_of: datetime | None) -> Sequence[Sum]:
    """What was read and is nothing is zero; what was never read is no number."""
    return sums or ([Sum(units=0, currency=facts.order.currency)] if as_of is not None else [])


def _limit(facts: Facts) -> list[Sum]:
    """Nothing where debt is not limited."""
    return [facts.limit] if facts.limit is not None else []


def _sums(flying: Sequence[InFlight]) -> list[Sum]:
    found: dict[str, int] = {}
    for one in flying:
        found[one.currency] = found.get(one.currency, 0) + one.units
    return [Sum(units=units, currency=currency) for currency, units in sorted(found.items())]


def _links(source: str, flying: Sequence[InFlight], text: NullTranslations) -> list[tuple[str, str, Sum]]:
    name = {"portal": text.gettext("order"), "books": text.gettext("order in 1C")}
    where = {"portal": "/desk/orders/", "books": f"/desk/documents/{source}:"}
    return [
        (where[one.counted] + one.id, name[one.counted], Sum(units=one.units, currency=one.currency))
        for one in flying
    ]


def _ruled(finding: Finding, text: NullTranslations) -> Ruled:
    doubts = _doubts(text)
    return Ruled(
        _rules(text)[finding.rule],
        RESULT_BADGES[finding.result],
        _results(text)[finding.result],
        [doubts[one] for one in finding.doubts],
    )


def _short(visit: Visit, one: Goods, names: Names, findings: Sequence[Finding]) -> Short:
    short = {item for finding in findings for item in finding.items}
    sort = names.get("characteristic", one.characteristic_id)
    name = contents.item_name(names, one.item_id)
    return Short(
        f"{name} ({sort.name})" if sort is not None else name,
        "?" if one.wanted is None else formats.exact(one.wanted, visit.language),
        formats.exact(one.free, visit.language),
        formats.exact(one.in_flight, visit.language),
        one.item_id in short,
    )


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def _rules(text: NullTranslations) -> dict[Rule, str]:
    return {
        "limit": text.gettext("Credit limit"),
        "overdue": text.gettext("Overdue debts"),
        "stock": text.gettext("Free stock"),
    }


def _results(text: NullTranslations) -> dict[Result, str]:
    return {
        "kept": text.gettext("in order"),
        "broken": text.gettext("broken"),
        "not_checked": text.gettext("could not be checked"),
        "no_rule": text.gettext("not limited"),
    }


def _outcomes(text: NullTranslations) -> dict[Outcome, str]:
    return {
        "pass": text.gettext("Passed"),
        "warn": text.gettext("Passed with a warning"),
        "hold": text.gettext("Stopped"),
    }


def _doubts(text: NullTranslations) -> dict[Doubt, str]:
    return {
        "unknown_contract": text.gettext("the contract is not in the hub"),
        "never_read": text.gettext("the figures were never read"),
        "stale": text.gettext("the figures are too old"),
        "differs": text.gettext("the figures differ from the books"),
        "other_currency": text.gettext("something is owed in another currency"),
        "unknown_unit": text.gettext("a unit cannot be converted"),
    }

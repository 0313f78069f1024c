"""When a debt is due, how long it has been overdue, and how old debts are grouped (BS-12, BS-13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, get_args

from schemas.money import Money
from schemas.settings import TermsSettings

Rule = Literal["accounting_due_date", "contract_terms", "site_override", "site_default"]
Subject = Literal["contract", "counterparty"]
Calendar = Literal["calendar_days", "working_days_shift"]
AgingBucket = Literal["current", "1-30", "31-60", "61-90", "over 90"]

BUCKETS: tuple[AgingBucket, ...] = get_args(AgingBucket)
LONGEST_DAYS = 3650
ONE_DAY = timedelta(days=1)
LAST_DUE = date.max - ONE_DAY


@dataclass(frozen=True, slots=True)
class Override:
    """A deferral set on the site for a contract or a counterparty, for debts that arise on `valid_from` or later.

    Of several for one subject the latest that is valid by then counts.
    """

    subject: Subject
    subject_id: str
    days: int
    valid_from: date
    set_at: datetime
    set_by: str


class Deferral(NamedTuple):
    """How many days a debt may wait, and where that is said; `override` under `site_override`."""

    days: int
    rule: Rule
    override: Override | None = None


class DueDate(NamedTuple):
    """The last day to pay, and the rule that gave it.

    `overdue_from` is the day after `due_on`. `terms_days` is the deferral; under `accounting_due_date` it is
    what the accounting system's date amounts to, None if nobody knows when the debt arose. `calendar` is None
    there: that date is taken as it stands.
    """

    due_on: date
    overdue_from: date
    days_overdue: int
    rule: Rule
    terms_days: int | None
    calendar: Calendar | None
    override: Override | None = None


def deferral(
    contract_days: int | None, overrides: Iterable[Override], terms: TermsSettings, arose_on: date
) -> Deferral:
    """Give the deferral of a debt that arises on `arose_on`, from what is set for its contract and counterparty.

    Order:  the contract in the accounting system, the site's override for the contract, its override for
            the counterparty, the site's default (requirements, decision 4).
    """
    if contract_days is not None:
        return Deferral(contract_days, "contract_terms")
    valid = [one for one in overrides if one.valid_from <= arose_on]
    if valid:
        chosen = max(valid, key=lambda one: (one.subject == "contract", one.valid_from, one.set_at))
        return Deferral(chosen.days, "site_override", chosen)
    return Deferral(terms.default_days, "site_default")


def resolve(
    arose_on: date | None,
    *,
    accounting_due_on: date | None,
    contract_days: int | None,
    terms: TermsSettings,
    today: date,
    overrides: Iterable[Override] = (),
) -> DueDate | None:
    """Find when a debt that arose on `arose_on` is due, and whether it is overdue on `today`.

    Shapes: None for a debt without any date: then nothing can be told.
    Order:  the accounting system's own planned date, else the terms that `deferral` finds.
    Units:  days of the accounting time zone; the deferral runs from the day after `arose_on`, overdue
            starts on the day after the last one, so `days_overdue >= 1` means overdue.
    Source: requirements, decisions 2 and 4.
    """
    if accounting_due_on is not None:
        known_days = (accounting_due_on - arose_on).days if arose_on else None
        return _due(accounting_due_on, today, "accounting_due_date", known_days)
    if arose_on is None:
        return None
    found = deferral(contract_days, overrides, terms, arose_on)
    last = _days_after(arose_on, found.days)
    if terms.calendar == "working_days_shift":
        last = next_working_day(last, terms.holidays)
    return _due(last, today, found.rule, found.days, terms.calendar, found.override)


def next_working_day(day: date, holidays: tuple[date, ...]) -> date:
    """Give `day` itself, or the first working day after it: no Saturday, no Sunday, no holiday."""
    while day < LAST_DUE and (day.weekday() >= 5 or day in holidays):
        day += ONE_DAY
    return day


def bucket(days_overdue: int) -> AgingBucket:
    if days_overdue < 1:
        return "current"
    return BUCKETS[min((days_overdue - 1) // 30, 3) + 1]


def aging(debts: Iterable[tuple[int, Money]], currency: str) -> dict[AgingBucket, Money]:
    """Sum debts, given as (days overdue, amount), by how long they are overdue.

    Shapes: any order, may be empty; every bucket is present in the result.
    Units:  one currency; days are calendar days in the accounting time zone.
    Errors: ValueError if another currency is met.
    """
    sums = {name: Money(0, currency) for name in BUCKETS}
    for days_overdue, amount in debts:
        name = bucket(days_overdue)
        sums[name] = sums[name] + amount
    return sums


def _due(
    last: date,
    today: date,
    rule: Rule,
    days: int | None,
    calendar: Calendar | None = None,
    override: Override | None = None,
) -> DueDate:
    last = min(last, LAST_DUE)
    return DueDate(last, last + ONE_DAY, max((today - last).days, 0), rule, days, calendar, override)


def _days_after(day: date, days: int) -> date:
    """Add days; what lies beyond the calendar is its end: such a debt is never overdue."""
    return day + timedelta(days=min(days, (LAST_DUE - day).days))

"""When a debt is due, how long it has been overdue, and how old debts are grouped (BS-12, BS-13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from schemas.money import Money
from schemas.settings import TermsSettings

Rule = Literal["accounting_due_date", "contract_terms", "site_default"]
Calendar = Literal["calendar_days", "working_days_shift"]
AgingBucket = Literal["current", "1-30", "31-60", "61-90", "over 90"]

BUCKETS: tuple[AgingBucket, ...] = get_args(AgingBucket)
ONE_DAY = timedelta(days=1)
LAST_DUE = date.max - ONE_DAY


@dataclass(frozen=True, slots=True)
class DueDate:
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


def contract_terms(contract_days: int | None, terms: TermsSettings) -> tuple[int, Rule]:
    """Give the deferral in days and where it comes from: the contract, else the site's default."""
    if contract_days is not None:
        return contract_days, "contract_terms"
    return terms.default_days, "site_default"


def resolve(
    arose_on: date | None,
    *,
    accounting_due_on: date | None,
    contract_days: int | None,
    terms: TermsSettings,
    today: date,
) -> DueDate | None:
    """Find when a debt that arose on `arose_on` is due, and whether it is overdue on `today`.

    Shapes: None for a debt without any date: then nothing can be told.
    Order:  the accounting system's own planned date, the contract's terms, the site's default.
    Units:  days of the accounting time zone; the deferral runs from the day after `arose_on`, overdue
            starts on the day after the last one, so `days_overdue >= 1` means overdue.
    Source: requirements, decisions 2 and 4.
    """
    if accounting_due_on is not None:
        known_days = (accounting_due_on - arose_on).days if arose_on else None
        return _due(accounting_due_on, today, "accounting_due_date", known_days, None)
    if arose_on is None:
        return None
    days, rule = contract_terms(contract_days, terms)
    last = _days_after(arose_on, days)
    if terms.calendar == "working_days_shift":
        last = next_working_day(last, terms.holidays)
    return _due(last, today, rule, days, terms.calendar)


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


def _due(last: date, today: date, rule: Rule, days: int | None, calendar: Calendar | None) -> DueDate:
    last = min(last, LAST_DUE)
    return DueDate(last, last + ONE_DAY, max((today - last).days, 0), rule, days, calendar)


def _days_after(day: date, days: int) -> date:
    """Add days; what lies beyond the calendar is its end: such a debt is never overdue."""
    return day + timedelta(days=min(days, (LAST_DUE - day).days))

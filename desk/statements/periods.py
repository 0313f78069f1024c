"""The periods people ask statements for: of today in the accounting time zone, both days included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

Preset = Literal[
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
    "since_agreed",
]
ONE_DAY = timedelta(days=1)


class Period(NamedTuple):
    first_on: date
    last_on: date


def presets(today: date, agreed_until: date | None) -> dict[Preset, Period]:
    """Every preset; `since_agreed` only where something was agreed that ended before today."""
    months = (today.month - 1) % 3
    quarter = _first_of(today, months)
    found: dict[Preset, Period] = {
        "this_month": Period(_first_of(today, 0), today),
        "last_month": _whole(_first_of(today, 1), _first_of(today, 0)),
        "this_quarter": Period(quarter, today),
        "last_quarter": _whole(_first_of(quarter, 3), quarter),
        "this_year": Period(date(today.year, 1, 1), today),
        "last_year": Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    }
    if agreed_until is not None and agreed_until < today:
        found["since_agreed"] = Period(agreed_until + ONE_DAY, today)
    return found


def _first_of(day: date, months_ago: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months_ago, 12)
    return date(year, month + 1, 1)


def _whole(first: date, following: date) -> Period:
    return Period(first, following - ONE_DAY)

from __future__ import annotations

from datetime import date

import pytest

from schemas import terms
from schemas.money import Money
from schemas.settings import TermsSettings

CALENDAR = TermsSettings(default_days=14)
WORKING = TermsSettings(
    default_days=14, calendar="working_days_shift", holidays=(date(2026, 11, 23), date(2026, 11, 24))
)


def resolve(
    arose_on: date,
    today: date,
    *,
    accounting: date | None = None,
    contract: int | None = None,
    settings: TermsSettings = CALENDAR,
) -> terms.DueDate:
    return terms.resolve(
        arose_on, accounting_due_on=accounting, contract_days=contract, terms=settings, today=today
    )


def test_the_deferral_runs_from_the_day_after_the_document() -> None:
    due = resolve(date(2026, 11, 1), date(2026, 11, 8), contract=7)
    assert (due.due_on, due.overdue_from, due.days_overdue) == (date(2026, 11, 8), date(2026, 11, 9), 0)


def test_the_first_overdue_day_is_the_one_after_the_last() -> None:
    assert resolve(date(2026, 11, 1), date(2026, 11, 9), contract=7).days_overdue == 1


def test_a_contract_without_deferral_is_due_on_the_day_of_the_document() -> None:
    due = resolve(date(2026, 11, 1), date(2026, 11, 2), contract=0)
    assert (due.due_on, due.days_overdue, due.rule, due.terms_days) == (
        date(2026, 11, 1),
        1,
        "contract_terms",
        0,
    )


def test_the_accounting_date_wins_over_the_contract_and_is_not_shifted() -> None:
    saturday = date(2026, 11, 21)
    due = resolve(date(2026, 11, 1), date(2026, 11, 22), accounting=saturday, contract=7, settings=WORKING)
    assert due == terms.DueDate(saturday, date(2026, 11, 22), 1, "accounting_due_date", 20, None)


def test_the_contract_wins_over_the_site_default() -> None:
    assert resolve(date(2026, 11, 1), date(2026, 11, 1), contract=30).rule == "contract_terms"


def test_without_any_terms_the_site_default_applies() -> None:
    due = resolve(date(2026, 11, 1), date(2026, 11, 16))
    assert (due.rule, due.terms_days, due.due_on, due.days_overdue) == (
        "site_default",
        14,
        date(2026, 11, 15),
        1,
    )


def test_a_last_day_on_a_weekend_before_holidays_moves_behind_them() -> None:
    due = resolve(date(2026, 11, 14), date(2026, 11, 25), contract=7, settings=WORKING)
    assert (due.due_on, due.overdue_from, due.days_overdue) == (date(2026, 11, 25), date(2026, 11, 26), 0)
    assert (due.terms_days, due.calendar) == (7, "working_days_shift")


def test_calendar_days_do_not_care_about_weekends() -> None:
    assert resolve(date(2026, 11, 14), date(2026, 11, 22), contract=7).days_overdue == 1


def test_a_deferral_beyond_the_calendar_is_never_overdue() -> None:
    due = resolve(date(2026, 11, 1), date(3999, 12, 31), contract=10**12)
    assert (due.days_overdue, due.overdue_from) == (0, date.max)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "current"),
        (1, "1-30"),
        (30, "1-30"),
        (31, "31-60"),
        (60, "31-60"),
        (61, "61-90"),
        (90, "61-90"),
        (91, "over 90"),
        (100_000, "over 90"),
    ],
)
def test_each_day_overdue_falls_into_one_bucket(days: int, expected: str) -> None:
    assert terms.bucket(days) == expected


def test_aging_has_every_bucket_even_when_nothing_is_owed() -> None:
    assert terms.aging([], "RUB") == dict.fromkeys(terms.BUCKETS, Money(0, "RUB"))


def test_aging_refuses_to_add_two_currencies() -> None:
    with pytest.raises(ValueError, match="never added"):
        terms.aging([(0, Money(1, "RUB")), (0, Money(1, "EUR"))], "RUB")

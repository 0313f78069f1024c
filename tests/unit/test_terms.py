from __future__ import annotations

from datetime import UTC, date, datetime

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
    overrides: tuple[terms.Override, ...] = (),
) -> terms.DueDate:
    return terms.resolve(
        arose_on,
        accounting_due_on=accounting,
        contract_days=contract,
        terms=settings,
        today=today,
        overrides=overrides,
    )


def override(days: int, valid_from: date, subject: terms.Subject = "counterparty") -> terms.Override:
    return terms.Override(subject, subject, days, valid_from, datetime(2026, 11, 1, tzinfo=UTC), "Ito")


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


def test_each_source_of_terms_gives_way_to_the_one_before_it() -> None:
    arose, today = date(2026, 11, 1), date(2026, 11, 22)
    own = override(20, date(2026, 10, 1), "contract")
    every = override(60, date(2026, 10, 31))
    found = [
        resolve(arose, today, accounting=date(2026, 11, 3), contract=7, overrides=(every, own)),
        resolve(arose, today, contract=7, overrides=(every, own)),
        resolve(arose, today, overrides=(every, own)),
        resolve(arose, today, overrides=(every,)),
        resolve(arose, today),
    ]
    assert [(due.rule, due.terms_days, due.override) for due in found] == [
        ("accounting_due_date", 2, None),
        ("contract_terms", 7, None),
        ("site_override", 20, own),
        ("site_override", 60, every),
        ("site_default", 14, None),
    ]


def test_terms_of_the_site_hold_from_their_first_day_until_the_next_begin() -> None:
    first, second = override(30, date(2026, 11, 2)), override(5, date(2026, 11, 10))
    days = {
        day: resolve(date(2026, 11, day), date(2026, 11, 22), overrides=(second, first)).terms_days
        for day in (1, 2, 9, 10, 11)
    }
    assert days == {1: 14, 2: 30, 9: 30, 10: 5, 11: 5}


def test_terms_of_the_site_follow_the_calendar_of_the_site() -> None:
    saturday = override(20, date(2026, 11, 1))
    due = resolve(date(2026, 11, 1), date(2026, 11, 25), settings=WORKING, overrides=(saturday,))
    assert (due.due_on, due.calendar) == (date(2026, 11, 25), "working_days_shift")


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

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from schemas import terms
from schemas.money import Money
from schemas.settings import TermsSettings

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))
deferrals = st.integers(0, 400)
calendars = st.sampled_from(["calendar_days", "working_days_shift"])
holidays = st.lists(days, max_size=20).map(tuple)
settings = st.builds(TermsSettings, default_days=deferrals, calendar=calendars, holidays=holidays)
debts = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 10**12)))

overrides = st.lists(
    st.builds(
        terms.Override,
        subject=st.sampled_from(["contract", "counterparty"]),
        subject_id=st.just("x"),
        days=deferrals,
        valid_from=days,
        set_at=st.datetimes(datetime(2020, 1, 1), timezones=st.just(UTC)),
        set_by=st.just("Ito"),
    ),
    max_size=6,
)


@given(st.none() | deferrals, overrides, settings, days)
def test_what_is_set_on_the_site_counts_exactly_where_the_contract_is_silent_and_it_is_valid(
    contract: int | None, given_: list[terms.Override], rules: TermsSettings, arose_on: date
) -> None:
    found = terms.deferral(contract, given_, rules, arose_on)
    valid = [one for one in given_ if one.valid_from <= arose_on]
    assert (found.rule == "site_override") == (contract is None and bool(valid))
    if found.override is not None:
        own = [one for one in valid if one.subject == "contract"] or valid
        assert found.override in own
        assert found.days == found.override.days
        assert all(one.valid_from <= found.override.valid_from for one in own)


@given(days, st.none() | days, st.none() | deferrals, settings, days)
def test_an_item_is_overdue_exactly_from_the_day_after_it_was_due(
    arose_on: date, accounting: date | None, contract: int | None, rules: TermsSettings, today: date
) -> None:
    due = terms.resolve(
        arose_on, accounting_due_on=accounting, contract_days=contract, terms=rules, today=today
    )
    assert due.overdue_from == due.due_on + timedelta(days=1)
    assert (due.days_overdue >= 1) == (today >= due.overdue_from)
    assert due.days_overdue == sum(1 for _ in range((today - due.due_on).days))


@given(days, deferrals, settings, days)
def test_each_day_that_passes_adds_at_most_one_day_overdue(
    arose_on: date, contract: int, rules: TermsSettings, today: date
) -> None:
    now, next_day = (
        terms.resolve(arose_on, accounting_due_on=None, contract_days=contract, terms=rules, today=day)
        for day in (today, today + timedelta(days=1))
    )
    assert next_day.days_overdue - now.days_overdue == (1 if next_day.days_overdue else 0)


@given(days, deferrals, holidays)
def test_a_shifted_last_day_is_the_first_working_day_not_before_the_deferral_ends(
    arose_on: date, contract: int, closed: tuple[date, ...]
) -> None:
    rules = TermsSettings(calendar="working_days_shift", holidays=closed)
    due = terms.resolve(arose_on, accounting_due_on=None, contract_days=contract, terms=rules, today=arose_on)
    plain = arose_on + timedelta(days=contract)
    skipped = [plain + timedelta(days=n) for n in range((due.due_on - plain).days)]
    assert due.due_on >= plain
    assert due.due_on.weekday() < 5
    assert due.due_on not in closed
    assert all(day.weekday() >= 5 or day in closed for day in skipped)


@given(days, st.none() | days, st.none() | deferrals, st.integers(0, 400))
def test_in_calendar_days_the_terms_always_explain_the_due_date(
    arose_on: date, accounting: date | None, contract: int | None, default: int
) -> None:
    due = terms.resolve(
        arose_on,
        accounting_due_on=accounting,
        contract_days=contract,
        terms=TermsSettings(default_days=default),
        today=arose_on,
    )
    assert due.due_on == arose_on + timedelta(days=due.terms_days)


@given(debts)
def test_the_buckets_together_hold_every_kopeck(items: list[tuple[int, int]]) -> None:
    sums = terms.aging(((late, Money(units, "RUB")) for late, units in items), "RUB")
    assert sum(part.units for part in sums.values()) == sum(units for _, units in items)
    assert sums["current"].units == sum(units for late, units in items if late == 0)

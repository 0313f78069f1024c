"""Single values: what is understood, and what is refused with a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import values
from mappings.values import Context, Unreadable
from schemas.money import from_units, to_units

RUB = "5f6aa2f1-0000-4000-8000-000000000643"
CONTEXT = Context({RUB: ("RUB", 2)})


@pytest.mark.parametrize(
    ("amount", "units"),
    [("9999999999999999.99", 999999999999999999), ("0.00", 0), ("-150129", -15012900), ("1E+3", 100000)],
)
def test_an_amount_is_exact(amount: str, units: int) -> None:
    assert values.money(CONTEXT, Decimal(amount), RUB) == units


def test_a_fraction_of_a_kopeck_is_refused_not_rounded() -> None:
    with pytest.raises(Unreadable, match="more than 2 decimal places"):
        values.money(CONTEXT, Decimal("10.005"), RUB)


@pytest.mark.parametrize("amount", ["1E+999999999", "Infinity", "NaN", "99999999999999999999"])
def test_an_amount_that_no_store_can_hold_is_refused_at_once(amount: str) -> None:
    with pytest.raises(Unreadable, match="64 bits"):
        values.money(CONTEXT, Decimal(amount), RUB)


def test_an_amount_in_a_currency_nobody_knows_is_refused() -> None:
    with pytest.raises(Unreadable, match="not in the list of currencies"):
        values.money(CONTEXT, Decimal(1), "11111111-1111-1111-1111-111111111111")


def test_an_expense_takes_away_and_an_unknown_direction_is_refused() -> None:
    assert values.signed_money(CONTEXT, Decimal("1.50"), RUB, "Receipt") == 150
    assert values.signed_money(CONTEXT, Decimal("1.50"), RUB, "Expense") == -150
    with pytest.raises(Unreadable, match="neither Receipt nor Expense"):
        values.signed_money(CONTEXT, Decimal(1), RUB, "")


@pytest.mark.parametrize(
    "date", ["0209-01-15T00:00:00", "2209-01-15T00:00:00", "2026-02-30T00:00:00", "2026"]
)
def test_a_date_that_cannot_be_is_refused(date: str) -> None:
    with pytest.raises(Unreadable):
        values.moment(date)


def test_an_empty_date_and_an_empty_reference_are_nothing() -> None:
    assert values.day("0001-01-01T00:00:00") is None
    assert values.ref(values.EMPTY_GUID) is None
    assert values.any_ref("", "StandardODATA.Undefined") is None
    assert values.any_ref("text", "Edm.String") is None


def test_a_record_without_its_mandatory_reference_is_refused() -> None:
    with pytest.raises(Unreadable, match="empty"):
        values.guid(values.EMPTY_GUID)


def test_a_currency_code_is_understood_as_numbers_and_as_letters() -> None:
    assert values.iso_currency("643") == values.iso_currency("rub ") == "RUB"
    with pytest.raises(Unreadable, match="999"):
        values.iso_currency("XX9999"[2:5])


def test_a_text_that_no_database_keeps_is_refused() -> None:
    with pytest.raises(Unreadable, match=r"U\+0000"):
        values.text("до\0после")


def test_padding_is_cut_and_nothing_else() -> None:
    assert values.text("№ 12  ") == "№ 12"
    assert values.text("  x") == "  x"


def test_no_deferral_is_not_a_deferral_of_zero_days() -> None:
    assert values.switched_days(0, False) is None
    assert values.switched_days(0, True) == 0
    with pytest.raises(Unreadable):
        values.switched_days(-3, True)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_units_give_back_the_amount(amount: Decimal) -> None:
    assert from_units(to_units(amount, 2), 2) == amount


@given(st.text(max_size=30))
def test_no_text_becomes_a_date_by_accident(text: str) -> None:
    try:
        kept = values.moment(text)
    except Unreadable:
        return
    assert kept == text
    assert len(kept) == 19

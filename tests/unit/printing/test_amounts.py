from __future__ import annotations

from datetime import date, datetime

import pytest

from printing.amounts import Cell, day, units


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1 250,10", 125_010),
        ("1\u00a0250,10", 125_010),
        ("1\u202f250,1 руб.", 125_010),
        ("1 250,10 грн", 125_010),
        ("1,234,567.89", 123_456_789),
        ("1.234.567,89", 123_456_789),
        ("1'234.50", 123_450),
        ("1.234.567", 123_456_700),
        ("-100", -10_000),
        ("−100,00", -10_000),
        ("(100,00)", -10_000),
        ("100-", -10_000),
        ("0,00", 0),
        (12, 1_200),
        (0.1 + 0.2, 30),
        (1_234_567_890_123.45, 123_456_789_012_345),
        ("", None),
        ("  ", None),
        ("—", None),
        ("X", None),
        (None, None),
    ],
)
def test_amounts_as_people_write_them(cell: Cell, expected: int | None) -> None:
    assert units(cell, "RUB") == expected


@pytest.mark.parametrize(
    "cell",
    [
        "1,234",
        "1.234",
        "12,34,5",
        "1 25o,10",
        "сто",
        "1,2345",
        "1e5",
        "--1",
        True,
        date(2026, 1, 1),
        1.005,
        "9" * 30,
    ],
)
def test_what_may_mean_two_things_is_not_read(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"."):
        units(cell, "RUB")


def test_three_places_are_a_fraction_where_the_currency_has_three() -> None:
    assert units("1,234", "KWD") == 1_234
    assert units("12", "JPY") == 12


@pytest.mark.parametrize(
    "cell",
    [
        datetime(2026, 9, 5, 12, 0),
        date(2026, 9, 5),
        "05.09.2026",
        "5.09.26",
        "05.09.2026 г.",
        "05.09.2026 0:00:00",
        "2026-09-05",
        "2026-09-05T10:00:00",
        "05-09-2026",
    ],
)
def test_days_as_people_write_them(cell: Cell) -> None:
    assert day(cell) == date(2026, 9, 5)


def test_slashes_are_read_where_they_can_be_one_day_only() -> None:
    assert (day("25/09/2026"), day("09/25/2026"), day("09/09/2026")) == (
        date(2026, 9, 25), date(2026, 9, 25), date(2026, 9, 9),
    )  # fmt: skip
    with pytest.raises(ValueError, match="two days"):
        day("04/05/2026")


@pytest.mark.parametrize("cell", ["31.02.2026", "вчера", 46_000, 1.5, True])
def test_what_is_no_day_is_not_read(cell: Cell) -> None:
    with pytest.raises(ValueError, match=r"."):
        day(cell)

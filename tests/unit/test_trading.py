from __future__ import annotations

from datetime import date

import pytest

from schemas.trading import Suspension, Trading, judge

TODAY = date(2026, 11, 22)
OPEN_END = Suspension(date(2026, 11, 1), None)
SHORT = Suspension(date(2026, 11, 20), TODAY)


@pytest.mark.parametrize(
    ("closed", "suspensions", "expected"),
    [
        (False, [], Trading("active", "both")),
        (True, [], Trading("suspended", "accounting_system")),
        (False, [SHORT], Trading("suspended", "site", SHORT.from_on, TODAY)),
        (False, [SHORT, OPEN_END], Trading("suspended", "site", OPEN_END.from_on, None)),
        (True, [SHORT], Trading("suspended", "both", SHORT.from_on, None)),
        (False, [Suspension(date(2026, 11, 23), None)], Trading("active", "both")),
        (False, [Suspension(date(2026, 11, 1), date(2026, 11, 21))], Trading("active", "both")),
        (False, [Suspension(TODAY, TODAY)], Trading("suspended", "site", TODAY, TODAY)),
    ],
)
def test_the_stricter_word_counts_and_it_is_told_whose_it_is(
    closed: bool, suspensions: list[Suspension], expected: Trading
) -> None:
    assert judge(closed, suspensions, TODAY) == expected

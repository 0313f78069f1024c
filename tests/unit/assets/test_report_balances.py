"""What an operator reads on the check of the balances."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from assets import report_balances
from assets.agree import Agreed
from schemas.types import WallClock
from store.agreement import Agreement, Difference, Document, State

AT = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
MOMENT = WallClock("2026-11-22T05:15:00")
DOCUMENT = Document("d-1", "bank_receipt", MOMENT, 31_318_405, 31_000_000, "differs")
DIFFERENCE = Difference("settlement_entry", "amount", "k-1", "RUB", 100, -200, (DOCUMENT,))


def agreed(state: State, *differences: Difference) -> Agreed:
    found = Agreement(
        "ut11", "night", "r", AT, AT, MOMENT, 867, len(differences), 12, state, None, differences
    )
    return Agreed(found, MOMENT)


def test_a_difference_is_red_and_names_documents_amounts_and_the_next_action() -> None:
    check = report_balances.agreement(agreed("differs", DIFFERENCE), 0)
    assert not check.passed
    assert check.severity == dg.AssetCheckSeverity.ERROR
    assert "ut11_repair" in str(check.description)
    table = str(check.metadata["hub/differences"].value)
    assert "| 1.00 | -2.00 | 3.00 | bank_receipt d-1: differs |" in table


@pytest.mark.parametrize(("in_a_row", "passed"), [(0, True), (4, True), (5, False)])
def test_books_that_always_change_under_the_comparison_are_a_warning_in_the_end(
    in_a_row: int, passed: bool
) -> None:
    check = report_balances.agreement(agreed("unsettled"), in_a_row)
    assert check.passed is passed
    assert check.severity == dg.AssetCheckSeverity.WARN


def test_an_unknown_currency_is_shown_without_guessing_its_places() -> None:
    strange = Difference("settlement_entry", "amount", "k-1", "c-key", 100, 0)
    check = report_balances.agreement(agreed("differs", strange), 0)
    assert "100 minor units" in str(check.metadata["hub/differences"].value)

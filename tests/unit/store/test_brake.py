from __future__ import annotations

import pytest

from schemas.errors import BrakeError
from schemas.source import Scope
from store import landing
from store.brake import Brake
from tests.unit.store.desk import SOURCE, Desk, Row, document, month

MARCH = month(3)
TEN = [document(f"d{number}") for number in range(10)]


def merge(desk: Desk, brake: Brake, *rows: Row, scope: Scope = MARCH) -> None:
    desk.documents(scope, *rows, brake=brake)


def test_a_run_that_would_delete_too_much_stops_and_its_unit_waits(desk: Desk) -> None:
    desk.documents(MARCH, *TEN)
    with pytest.raises(BrakeError, match="4 of 10 living shipping_note records") as error:
        merge(desk, Brake(30, 10), *TEN[:6])
    assert "allow_mass_change" in error.value.hint
    assert len(desk.live()) == 10
    assert len(landing.pending(desk.store, SOURCE, "shipping_note")) == 1


def test_a_run_within_its_share_goes_on(desk: Desk) -> None:
    desk.documents(MARCH, *TEN)
    merge(desk, Brake(30, 10), *TEN[:7])
    assert len(desk.live()) == 7


def test_what_the_units_of_a_run_do_is_added_up(desk: Desk) -> None:
    desk.documents(MARCH, *TEN)
    brake = Brake(30, 10)
    merge(desk, brake, document("d0", amount=7), document("d1", amount=7), *TEN[2:])
    merge(desk, brake, document("d0", amount=7), document("d1", amount=7), *TEN[2:9])
    with pytest.raises(BrakeError, match="4 of 10"):
        merge(desk, brake, document("d0", amount=8), document("d1", amount=7), *TEN[2:9])
    assert dict(desk.live("id", "amount"))["d0"] == 7


def test_small_tables_and_new_rows_do_not_brake(desk: Desk) -> None:
    desk.documents(MARCH, *TEN[:5])
    merge(desk, Brake(30, 10))
    assert desk.live() == []
    merge(desk, Brake(1, 1), *(document(f"new{number}") for number in range(50)))
    assert len(desk.live()) == 50


def test_a_new_version_alone_does_not_brake(desk: Desk) -> None:
    desk.documents(MARCH, *(document(f"d{number}", version="1") for number in range(10)))
    merge(desk, Brake(0, 1), *(document(f"d{number}", version="2") for number in range(10)))
    assert desk.live("version") == [("2",)] * 10


def test_without_a_brake_everything_may_go(desk: Desk) -> None:
    desk.documents(MARCH, *TEN)
    assert desk.documents(MARCH).gone == 10


def test_of_a_table_that_changes_as_a_whole_only_deletions_count(desk: Desk) -> None:
    desk.documents(MARCH, *TEN)
    merge(desk, Brake(30, 10, of_changes=False), *(document(f"d{n}", amount=7) for n in range(10)))
    assert {amount for (amount,) in desk.live("amount")} == {7}
    with pytest.raises(BrakeError, match="4 of 10"):
        merge(desk, Brake(30, 10, of_changes=False), *(document(f"d{n}", amount=7) for n in range(6)))

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.reconciliation import Balances, Line, Posting, Statement, StatementRequest, draw, flaws
from schemas.reconciliation_differences import compare
from schemas.types import Day, WallClock

REQUEST = StatementRequest("ut11", "o", "p", "RUB", date(2026, 3, 1), date(2026, 3, 31), by_contract=True)
LINE = Line(WallClock("2026-03-05T10:00:00"), "d1", "shipping_note", "1", Day("2026-03-05"), "", 100, 0, "c1")


def statement(*lines: Line, opening: int = 0, request: StatementRequest = REQUEST) -> Statement:
    postings = [
        Posting(x.contract_id, x.document_id, x.document_kind, x.number, x.dated_on, x.at, x.net)
        for x in lines
    ]
    closing: dict[str, int] = {"c1": opening}
    for line in lines:
        closing[line.contract_id] = closing.get(line.contract_id, 0) + line.net
    return draw(
        request, "store", datetime(2026, 4, 1, tzinfo=UTC), Balances({"c1": opening}, closing), postings
    )


def differences(left: Statement, right: Statement) -> list[tuple[str, int]]:
    return [(found.kind, found.amount) for found in compare(left, right).differences]


@pytest.mark.parametrize(
    ("change", "kind", "amount"),
    [
        ({"debit": 130}, "amount", 30),
        ({"debit": 0, "credit": 100}, "sign", -200),
        ({"at": WallClock("2026-03-06T00:00:00")}, "date", 0),
        ({"contract_id": "c2"}, "contract", 0),
    ],
)
def test_a_changed_line_is_named_by_what_changed(change: dict[str, Any], kind: str, amount: int) -> None:
    assert differences(statement(LINE), statement(LINE._replace(**change))) == [(kind, amount)]


def test_a_document_of_one_side_is_missing_on_the_other() -> None:
    assert differences(statement(LINE), statement()) == [("missing_right", -100)]
    assert differences(statement(), statement(LINE)) == [("missing_left", 100)]


def test_an_opening_balance_has_no_document_of_the_period_to_blame() -> None:
    found = compare(statement(LINE), statement(LINE, opening=7))
    assert [(x.kind, x.amount, x.contract_id) for x in found.differences] == [("opening", 7, "c1")]
    assert found.unexplained == found.differences


def test_a_line_without_a_document_is_matched_by_its_number_and_date() -> None:
    told = LINE._replace(document_id="", number=" 1 ")
    assert differences(statement(LINE), statement(told)) == []
    assert differences(statement(LINE), statement(told._replace(debit=90))) == [("amount", -10)]


def test_two_documents_with_one_number_are_not_one_document() -> None:
    other = LINE._replace(document_id="d2")
    assert differences(statement(LINE), statement(other)) == [("missing_right", -100), ("missing_left", 100)]


def test_columns_that_no_line_explains_are_named() -> None:
    turned = replace(statement(LINE), debit=150, credit=50)
    assert differences(statement(LINE), turned) == [("turnovers", 0)]
    assert {flaw.where for flaw in flaws(turned)} == {"turnovers", "parts"}


def test_a_document_that_only_moves_a_debt_between_contracts_is_a_line_only_where_they_are_told_apart() -> (
    None
):
    there, back = LINE, LINE._replace(debit=0, credit=100, contract_id="c2")
    assert [line.contract_id for line in statement(there, back).lines] == ["c1", "c2"]
    together = replace(REQUEST, by_contract=False)
    assert statement(there, back, request=together).lines == ()


def test_a_line_outside_the_period_or_with_both_sides_is_a_flaw() -> None:
    late = statement(LINE._replace(at=WallClock("2026-04-01T00:00:00")))
    assert [flaw.where for flaw in flaws(late)] == ["period"]
    both = replace(statement(LINE), lines=(LINE._replace(debit=150, credit=50),))
    assert "line" in {flaw.where for flaw in flaws(both)}


def test_statements_of_two_requests_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same request"):
        compare(statement(LINE), statement(LINE, request=replace(REQUEST, by_contract=False)))


@pytest.mark.parametrize(
    "wrong",
    [{"last_on": date(2026, 2, 1)}, {"contract_id": "c", "contract_kind": "sale"}, {"currency": "RUR"}],
)
def test_a_request_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"period|not both|currency"):
        replace(REQUEST, **wrong)


def test_both_days_of_the_period_are_in_it() -> None:
    assert (REQUEST.start, REQUEST.end) == ("2026-03-01T00:00:00", "2026-04-01T00:00:00")

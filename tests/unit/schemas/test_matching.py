from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from schemas.matching import Entry, Received, ReceivedLine, entries, match
from schemas.reconciliation import Balances, Posting, StatementRequest, draw
from schemas.types import Day, WallClock


def entry(day: int, number: str, amount: int, place: int = 0) -> Entry:
    return Entry(date(2026, 9, day), number, amount, place)


OURS = entry(5, "УТ00-000123", 100)


@pytest.mark.parametrize(
    "theirs",
    [
        entry(5, "УТ00-000123", 100),
        entry(5, " ут00-000123 ", 100),
        entry(8, "УТ00-000123", 100),
        entry(7, "123", 100),
        entry(6, "", 100),
        entry(4, "ВХ-9", 100),
    ],
)
def test_one_document_in_two_books_agrees(theirs: Entry) -> None:
    assert match([OURS], [theirs]).disagreements == ()


@pytest.mark.parametrize(
    ("theirs", "kinds"),
    [
        (entry(5, "123", 130), [("amount", 30)]),
        (entry(20, "123", 100), [("date", 0)]),
        (entry(5, "УТ00-000123", -100), [("side", -200)]),
        (entry(9, "ВХ-9", 100), [("missing_there", -100), ("missing_here", 100)]),
        (entry(5, "124", 130), [("missing_there", -100), ("missing_here", 130)]),
    ],
)
def test_what_differs_is_named(theirs: Entry, kinds: list[tuple[str, int]]) -> None:
    assert [(x.kind, x.amount) for x in match([OURS], [theirs]).disagreements] == kinds


def test_a_payment_and_a_shipment_of_one_number_are_two_documents() -> None:
    ours = [entry(5, "7", 100, 0), entry(5, "7", -100, 1)]
    assert match(ours, [ours[1], ours[0]]).disagreements == ()
    assert [x.kind for x in match(ours, [entry(5, "7", 90)]).disagreements] == ["amount", "missing_there"]


def test_the_nearest_day_is_taken_first() -> None:
    matched = match([entry(1, "", 100, 0), entry(3, "", 100, 1)], [entry(3, "", 100, 9)])
    assert [(x.ours.place, x.theirs.place) for x in matched.agreed] == [(1, 9)]


def test_the_tolerance_of_days_is_the_caller_s() -> None:
    assert match([OURS], [entry(7, "", 100)], days=1).agreed == ()
    assert len(match([OURS], [entry(5, "", 100)], days=0).agreed) == 1


def test_equal_lines_are_as_many_as_they_are() -> None:
    matched = match([OURS] * 3, [OURS] * 2)
    assert len(matched.agreed) == 2
    assert [x.kind for x in matched.disagreements] == ["missing_there"]


def test_many_equal_lines_are_matched_in_no_time() -> None:
    ours = [entry(1 + x % 2, str(x), 100, x) for x in range(10_000)]
    theirs = [entry(1 + x % 3, "", 100, x) for x in range(10_000)]
    assert len(match(ours, theirs).agreed) == 10_000


def test_a_document_of_two_contracts_is_one_line_to_the_counterparty() -> None:
    request = StatementRequest("ut11", "o", "p", "RUB", date(2026, 9, 1), date(2026, 9, 30), by_contract=True)
    at, on = WallClock("2026-09-05T10:00:00"), Day("2026-09-05")
    postings = [Posting(contract, "d1", "bank_receipt", "1", on, at, -50) for contract in ("c1", "c2")]
    balances = Balances({}, {"c1": -50, "c2": -50})
    drawn = draw(request, "store", datetime(2026, 10, 1, tzinfo=UTC), balances, postings)
    assert entries(drawn) == (Entry(date(2026, 9, 5), "1", -100, 0),)


def test_their_debit_is_our_credit() -> None:
    line = ReceivedLine(date(2026, 9, 5), "1", 30, 0, 4)
    assert Received((line,), 100, 70).entries() == (Entry(line.on, "1", -30, 4),)
    assert Received((line,), 100, 70).off == 0
    assert Received((line,), 100, 80).off == 10
    assert Received((line,), None, 80).off is None

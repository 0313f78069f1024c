from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from store import balances, debt_days
from tests.unit.api.books import KEY, PARTY, Books, record

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 22)


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Books]:
    """On each of both databases."""
    opened = Books.open(database_url, tmp_path / "landing")
    opened.parties()
    yield opened
    opened.store.close()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "landing")
    opened.parties()
    yield opened
    opened.store.close()


def moved(books: Books, *movements: tuple[str, str, int], **more: Any) -> None:
    rows = []
    for number, (at, currency, amount) in enumerate(movements, 1):
        told = {"recorder_id": f"r{number}", "line_no": 1, "active": True, "settlement_key_id": KEY, **more}
        rows.append(record("settlement_entry", at=at, currency=currency, amount=amount, **told))
    books.put("settlement_entry", rows)
    with books.store.transaction() as tx:
        balances.refresh(tx, "ut11")


def course(books: Books) -> dict[str, list[tuple[date, int]]]:
    with books.store.reading() as tx:
        return debt_days.by_currency(tx, "ut11", PARTY, first_on=FIRST, last_on=LAST)


def test_each_currency_runs_by_itself_from_what_was_owed_before(either: Books) -> None:
    moved(
        either,
        ("2026-10-31T23:59:59", "RUB", 500),
        ("2026-11-03T10:00:00", "RUB", 700),
        ("2026-11-03T18:00:00", "RUB", -200),
        ("2026-11-20T00:00:00", "RUB", -1_500),
        ("2026-11-05T10:00:00", "USD", 9),
    )
    assert course(either) == {
        "RUB": [(FIRST, 500), (date(2026, 11, 3), 1_000), (date(2026, 11, 20), -500), (LAST, -500)],
        "USD": [(FIRST, 0), (date(2026, 11, 5), 9), (LAST, 9)],
    }


def test_the_last_point_is_the_balance_that_is_shown(books: Books) -> None:
    moved(books, ("2025-01-01T10:00:00", "RUB", 123), ("2026-11-22T23:59:59", "RUB", -23))
    with books.store.reading() as tx:
        (shown,) = balances.totals(tx, "ut11")
    assert course(books)["RUB"][-1] == (LAST, shown.debt)


def test_what_is_dated_later_and_what_does_not_count_is_left_out(books: Books) -> None:
    moved(books, ("2026-11-23T00:00:00", "RUB", 5))
    assert course(books) == {}
    moved(books, ("2026-11-05T00:00:00", "RUB", 5), active=False)
    assert course(books) == {}

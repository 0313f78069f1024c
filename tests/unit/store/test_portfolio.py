"""What everybody together owes is the sum of what the API says of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from schemas.terms import BUCKETS
from store import portfolio, site_terms
from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, Books, guid, record

TODAY = date(2026, 11, 22)
SECOND, OTHER_KEY = guid(21), guid(22)


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    books = Books.open(database_url, tmp_path / "landing", default_days=14)
    books.parties()
    parties = [
        record("counterparty", id=key, name=key, kind="company", status="active") for key in (PARTY, SECOND)
    ]
    books.put("counterparty", parties)
    own = {"organization_id": ORGANIZATION, "counterparty_id": PARTY, "contract_id": CONTRACT}
    other = {"organization_id": ORGANIZATION, "counterparty_id": SECOND}
    books.put(
        "settlement_key",
        [record("settlement_key", id=KEY, **own), record("settlement_key", id=OTHER_KEY, **other)],
    )
    debt = [("RUB", 900_00), ("RUB", -100_00, OTHER_KEY), ("USD", 5_00, OTHER_KEY)]
    items = [
        {"debt": 400_00, "due_on": "2026-11-22"},
        {"debt": 300_00, "due_on": "2026-11-01"},
        {"debt": 200_00, "arose_on": "2026-11-01", "at": "2026-11-01T00:00:00"},
        {"advance": 100_00, "settlement_key_id": OTHER_KEY},
        {"debt": 5_00, "currency": "USD", "arose_on": "2026-06-01", "settlement_key_id": OTHER_KEY},
    ]
    books.settle(debt, items)
    yield books
    books.store.close()


def told(books: Books) -> dict[str, tuple[int, int, list[int]]]:
    with books.store.reading() as tx:
        found = portfolio.owed(tx, "ut11", books.settings.terms, TODAY)
    return {one.currency: (one.debt, one.advance, [one.ages[name] for name in BUCKETS]) for one in found}


def test_debts_advances_and_ages_are_summed_by_currency(books: Books) -> None:
    assert told(books) == {
        "RUB": (900_00, 100_00, [400_00, 500_00, 0, 0, 0]),
        "USD": (5_00, 0, [0, 0, 0, 0, 5_00]),
    }


def test_terms_of_the_site_count_where_the_books_say_no_date(books: Books) -> None:
    with books.store.transaction() as tx:
        site_terms.add(
            tx,
            "ut11",
            "counterparty",
            PARTY,
            days=60,
            valid_from=date(2026, 1, 1),
            by="user:anna",
            reason="agreed",
        )
    assert told(books)["RUB"] == (900_00, 100_00, [600_00, 300_00, 0, 0, 0])


def test_it_is_the_sum_of_what_each_counterparty_is_told(books: Books) -> None:
    client = books.client()
    overdue = 0
    for party in (PARTY, SECOND):
        answer = client.get(f"/v1/counterparties/ut11:{party}/balance").json()
        overdue += sum(
            round(float(one["overdue"]) * 100) for one in answer["totals"] if one["currency"] == "RUB"
        )
    with books.store.reading() as tx:
        found = portfolio.owed(tx, "ut11", books.settings.terms, TODAY)
    assert overdue == found[0].overdue == 500_00


def test_a_base_without_settlements_owes_nothing(books: Books) -> None:
    with books.store.reading() as tx:
        assert portfolio.owed(tx, "silent", books.settings.terms, TODAY) == []

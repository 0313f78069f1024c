from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.api.books import (
    CONTRACT,
    MEMO,
    ORGANIZATION,
    PARTY,
    READ_AT,
    Books,
    guid,
    record,
)

NOTE, RECEIPT = guid(100), guid(200)


def debt(units: int, **more: Any) -> dict[str, Any]:
    shipped = {"settled_id": NOTE, "settled_kind": "shipping_note", "arose_on": "2026-11-01"}
    return {**shipped, "debt": units, **more}


def advance(units: int) -> dict[str, Any]:
    paid = {"settled_id": RECEIPT, "settled_kind": "bank_receipt", "arose_on": "2026-11-05"}
    return {**paid, "advance": units}


def summed(items: list[Any], column: str) -> Decimal:
    return sum((Decimal(item[column]) for item in items), Decimal(0))


def test_the_balance_names_the_counterparty_the_contract_and_what_is_owed(books: Books) -> None:
    books.parties(terms_days=30, limit=500_000)
    books.settle([("RUB", 125_010)], [debt(125_010)])
    answer = books.balance()
    assert answer["counterparty"] == {
        "id": f"ut11:{PARTY}",
        "name": "Покупатель",
        "kind": "company",
        "status": "active",
    }
    (contract,) = answer["contracts"]
    assert contract["contract"] == {
        "id": f"ut11:{CONTRACT}",
        "number": "17",
        "name": "Договор 17",
        "kind": "sale",
        "status": "active",
        "settled": "by_contract",
    }
    assert contract["organization"] == {"id": f"ut11:{ORGANIZATION}", "name": "Наша фирма"}
    assert (contract["debt"], contract["overdue"], contract["unexplained"]) == ("1250.10", "0.00", "0.00")
    assert (contract["credit_limit"], contract["credit_available"]) == ("5000.00", "3749.90")
    terms = {"days": 30, "rule": "contract_terms", "calendar": "calendar_days", "site_terms": None}
    assert contract["payment_terms"] == terms
    assert contract["open_items"] == 1


def test_an_open_item_has_every_column_a_buyer_needs_to_verify_it(books: Books) -> None:
    books.parties()
    dated = {"number": "00УТ-000007", "dated_at": "2026-11-01T15:30:00", "kind": "shipping_note"}
    books.put("document", [record("document", id=NOTE, posted=True, currency="RUB", **dated)])
    books.settle([("RUB", 70_000)], [debt(100_000), debt(-30_000)])
    (item,) = books.balance()["open_items"]
    assert item == {
        "contract_id": f"ut11:{CONTRACT}",
        "organization_id": f"ut11:{ORGANIZATION}",
        "document": {
            "id": f"ut11:{NOTE}",
            "kind": "shipping_note",
            "number": "00УТ-000007",
            "dated_at": "2026-11-01T15:30:00+03:00",
        },
        "currency": "RUB",
        "amount": "1000.00",
        "settled": "300.00",
        "unpaid": "700.00",
        "arose_on": "2026-11-01",
        "payment_terms_days": 14,
        "rule": "site_default",
        "site_terms": None,
        "calendar": "calendar_days",
        "due_on": "2026-11-15",
        "days_overdue": 7,
        "overdue": "700.00",
        "unexplained": False,
    }


def test_a_debt_is_positive_an_advance_negative_and_overdue_is_not_netted(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 0)], [debt(100_000), advance(100_000)])
    answer = books.balance()
    (total,) = answer["totals"]
    assert (total["debt"], total["receivable"], total["advance"]) == ("0.00", "1000.00", "-1000.00")
    assert (total["overdue"], answer["contracts"][0]["overdue"]) == ("1000.00", "1000.00")
    paid = next(item for item in answer["open_items"] if item["unpaid"].startswith("-"))
    assert (paid["amount"], paid["settled"], paid["rule"], paid["due_on"]) == ("-1000.00", "0.00", None, None)
    assert total["aging"]["days_1_30"] == "1000.00"


def test_the_accounting_date_wins_and_the_rule_is_named(books: Books) -> None:
    books.parties(terms_days=7)
    books.settle([("RUB", 100)], [debt(100, due_on="2026-11-21")])
    (item,) = books.balance()["open_items"]
    assert (item["rule"], item["due_on"], item["days_overdue"]) == ("accounting_due_date", "2026-11-21", 1)
    assert (item["payment_terms_days"], item["calendar"]) == (20, None)


def test_midnight_in_the_accounting_zone_turns_a_debt_overdue_without_a_sync(books: Books) -> None:
    books.parties(terms_days=21)
    books.settle([("RUB", 100)], [debt(100)])
    books.now = datetime(2026, 11, 22, 20, 59, 59, tzinfo=UTC)
    before = books.balance()
    books.now += timedelta(seconds=1)
    after = books.balance()
    assert (before["open_items"][0]["due_on"], before["contracts"][0]["overdue"]) == ("2026-11-22", "0.00")
    assert (after["open_items"][0]["days_overdue"], after["contracts"][0]["overdue"]) == (1, "1.00")
    assert before["as_of"] == after["as_of"]
    assert after["computed_at"] == "2026-11-23T00:00:00+03:00"


def test_items_read_at_another_moment_leave_a_row_that_says_so(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 100_000)], [debt(70_000)])
    answer = books.balance()
    rest = answer["open_items"][-1]
    assert (rest["unexplained"], rest["unpaid"], rest["document"], rest["overdue"]) == (
        True,
        "300.00",
        None,
        "0.00",
    )
    assert answer["contracts"][0]["unexplained"] == answer["totals"][0]["unexplained"] == "300.00"
    assert summed(answer["open_items"], "unpaid") == Decimal("1000.00")


def test_items_of_an_account_without_movements_are_shown_against_zero(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 0)], [debt(500, currency="EUR")])
    euro = next(row for row in books.balance()["contracts"] if row["currency"] == "EUR")
    assert (euro["debt"], euro["unexplained"], euro["open_items"]) == ("0.00", "-5.00", 2)
    assert (euro["contract"]["number"], euro["organization"]["name"]) == ("17", "Наша фирма")


def test_currencies_are_never_added(books: Books) -> None:
    books.parties(limit=1_000)
    books.settle([("RUB", 100), ("JPY", 7)], [debt(100), debt(7, currency="JPY")])
    answer = books.balance()
    assert {row["currency"]: row["debt"] for row in answer["totals"]} == {"JPY": "7", "RUB": "1.00"}
    limits = {row["currency"]: row["credit_limit"] for row in answer["contracts"]}
    assert limits == {"JPY": None, "RUB": "10.00"}


def test_organisations_are_never_added(books: Books) -> None:
    books.parties()
    other, key = guid(50), guid(51)
    books.put(
        "organization",
        [
            record("organization", id=ORGANIZATION, name="Наша фирма"),
            record("organization", id=other, name="Вторая фирма"),
        ],
        READ_AT + timedelta(seconds=1),
    )
    owner = {"counterparty_id": PARTY, "contract_id": CONTRACT}
    keys = [(guid(4), ORGANIZATION), (key, other)]
    books.put(
        "settlement_key",
        [record("settlement_key", id=own, organization_id=firm, **owner) for own, firm in keys],
        READ_AT + timedelta(seconds=1),
    )
    books.settle([("RUB", 100), ("RUB", 40, key)], [debt(100), debt(40, settlement_key_id=key)])
    totals = {row["organization"]["name"]: row["debt"] for row in books.balance()["totals"]}
    assert totals == {"Наша фирма": "1.00", "Вторая фирма": "0.40"}


def test_a_contract_that_owes_nothing_still_shows_its_limit(books: Books) -> None:
    books.parties(limit=100_000)
    books.settle([], [])
    (row,) = books.balance()["contracts"]
    assert (row["debt"], row["credit_available"], row["open_items"]) == ("0.00", "1000.00", 0)


def test_settlements_without_a_contract_have_none(books: Books) -> None:
    books.parties()
    owner = {"organization_id": ORGANIZATION, "counterparty_id": PARTY}
    books.put(
        "settlement_key", [record("settlement_key", id=guid(4), **owner)], READ_AT + timedelta(seconds=1)
    )
    books.settle([("RUB", 100)], [debt(100)])
    row = next(row for row in books.balance()["contracts"] if row["debt"] == "1.00")
    assert (row["contract"], row["payment_terms"]["rule"]) == (None, "site_default")


def test_a_debt_without_any_date_is_shown_and_not_called_overdue(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 100)], [debt(100, arose_on=None, settled_id=None, settled_kind="")])
    answer = books.balance()
    (item,) = answer["open_items"]
    assert (item["rule"], item["due_on"], item["days_overdue"], item["overdue"]) == (None, None, None, "0.00")
    assert answer["totals"][0]["aging"]["undated"] == "1.00"


def test_a_debt_whose_register_has_no_date_counts_from_its_document(books: Books) -> None:
    books.parties()
    books.put("document", [record("document", id=NOTE, dated_at="2026-11-02T23:59:59", currency="RUB")])
    books.settle([("RUB", 100)], [debt(100, arose_on=None)])
    (item,) = books.balance()["open_items"]
    assert (item["arose_on"], item["due_on"]) == ("2026-11-02", "2026-11-16")


def test_working_days_shift_is_named_in_the_answer(books: Books) -> None:
    books.parties(terms_days=20)
    books.settle([("RUB", 100)], [debt(100)])
    (item,) = books.with_terms(calendar="working_days_shift").balance()["open_items"]
    assert (item["due_on"], item["calendar"], item["payment_terms_days"]) == (
        "2026-11-23",
        "working_days_shift",
        20,
    )


@pytest.mark.parametrize(("age_s", "state"), [(0, "fresh"), (3600, "fresh"), (3601, "stale")])
def test_old_figures_are_served_and_marked(books: Books, age_s: int, state: str) -> None:
    books.parties()
    books.settle([("RUB", 100)], [debt(100)])
    books.now = READ_AT + timedelta(seconds=age_s)
    answer = books.balance()
    assert answer["freshness"] == {"state": state, "age_seconds": age_s, "target_seconds": 3600}
    assert (answer["as_of"], answer["time_zone"]) == ("2026-11-22T09:00:00+03:00", "Europe/Moscow")


def test_before_the_first_settlements_the_answer_says_never(books: Books) -> None:
    books.parties()
    answer = books.balance()
    assert answer["as_of"] is None
    assert answer["freshness"] == {"state": "never", "age_seconds": None, "target_seconds": 3600}
    assert answer["open_items"] == []


def test_sixteen_digits_come_out_to_the_kopeck(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 999_999_999_999_999_999)], [debt(999_999_999_999_999_999)])
    assert books.balance()["contracts"][0]["debt"] == "9999999999999999.99"


def test_internal_memos_never_leave(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 100)], [debt(100)])
    assert MEMO not in str(books.balance())


@pytest.mark.postgres
def test_postgresql_gives_the_same_answer_as_sqlite(books: Books, postgres_url: str, tmp_path: Path) -> None:
    other = Books.open(postgres_url, tmp_path / "postgres-landing")
    for one in (books, other):
        one.parties(terms_days=10, limit=1_000_000)
        one.put("document", [record("document", id=NOTE, dated_at="2026-11-01T10:00:00", number="1")])
        one.settle([("RUB", 90_000), ("EUR", 5)], [debt(100_000), advance(10_000), debt(5, currency="EUR")])
    try:
        assert other.balance() | {"synced_at": None} == books.balance() | {"synced_at": None}
    finally:
        other.store.close()


def test_a_source_that_is_no_longer_configured_is_unknown(books: Books) -> None:
    books.parties()
    books.settings = replace(books.settings, sources=())
    with books.client() as client:
        answer = client.get(f"/v1/counterparties/ut11:{PARTY}/balance")
    assert (answer.status_code, answer.json()["code"]) == (404, "source_not_found")

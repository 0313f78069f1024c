from __future__ import annotations

from datetime import date

import pytest

from schemas.terms import Subject
from store import site_terms
from tests.unit.api.books import CONTRACT, PARTY, READ_AT, Books, guid

NOTE = {"settled_id": guid(100), "settled_kind": "shipping_note", "arose_on": "2026-11-01", "debt": 100_00}


def override(
    books: Books, subject: Subject, key: str, days: int, valid_from: date = date(2026, 11, 1)
) -> None:
    with books.store.transaction() as tx:
        site_terms.add(
            tx, "ut11", subject, key, days=days, valid_from=valid_from, by="Ito", reason="secret letter"
        )


@pytest.mark.parametrize(("subject", "key"), [("contract", CONTRACT), ("counterparty", PARTY)])
def test_terms_set_on_the_site_decide_and_the_answer_says_who_set_them(
    books: Books, subject: Subject, key: str
) -> None:
    books.parties()
    books.settle([("RUB", 100_00)], [NOTE])
    assert books.balance()["contracts"][0]["overdue"] == "100.00"
    override(books, subject, key, 30)
    answer = books.balance()
    (item,), (contract,) = answer["open_items"], answer["contracts"]
    assert (item["rule"], item["payment_terms_days"], item["due_on"]) == ("site_override", 30, "2026-12-01")
    assert (item["days_overdue"], contract["overdue"], answer["totals"][0]["overdue"]) == (0, "0.00", "0.00")
    said = item["site_terms"]
    assert (said["subject"], said["valid_from"], said["set_by"]) == (subject, "2026-11-01", "Ito")
    assert said["set_at"].endswith("+03:00")
    assert contract["payment_terms"]["site_terms"] == said
    assert (contract["payment_terms"]["rule"], contract["payment_terms"]["days"]) == ("site_override", 30)
    assert "secret letter" not in str(answer)


def test_a_debt_older_than_the_terms_of_the_site_keeps_the_default(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 100_00)], [NOTE])
    override(books, "contract", CONTRACT, 30, date(2026, 11, 2))
    answer = books.balance()
    assert answer["open_items"][0]["rule"] == "site_default"
    assert answer["open_items"][0]["site_terms"] is None
    assert answer["contracts"][0]["payment_terms"]["rule"] == "site_override"


def test_a_deferral_in_the_accounting_system_is_not_overridden(books: Books) -> None:
    books.parties(terms_days=7)
    books.settle([("RUB", 100_00)], [NOTE])
    override(books, "contract", CONTRACT, 30)
    assert books.balance()["open_items"][0]["rule"] == "contract_terms"


def test_the_terms_hold_after_the_next_sync(books: Books) -> None:
    books.parties()
    override(books, "contract", CONTRACT, 30)
    books.put("counterparty", [], READ_AT)
    books.parties()
    books.settle([("RUB", 100_00)], [NOTE])
    assert books.balance()["open_items"][0]["rule"] == "site_override"

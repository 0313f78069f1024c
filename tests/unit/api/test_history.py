from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from store import agreement
from store.agreement import Agreement
from tests.unit.api.books import CONTRACT, MEMO, ORGANIZATION, PARTY, STRANGER, Books, record

PARTY_ID = f"ut11:{PARTY}"


def get(books: Books, path: str, status: int = 200, **query: str) -> Any:
    with books.client() as client:
        answer = client.get(path, params=query)
    assert answer.status_code == status, answer.text
    return answer.json()


def moment(books: Books) -> datetime:
    """Now by the store's clock; the books' own clock follows it."""
    with books.store.reading() as tx:
        books.now = tx.now
    return books.now


def test_the_versions_of_a_record_tell_when_each_was_shown_and_why_it_ended(books: Books) -> None:
    for name in ("first", "second"):
        books.put(
            "organization",
            [record("organization", id=ORGANIZATION, name=name, deletion_mark=name == "second")],
        )
    answer = get(books, f"/v1/lineage/organization/ut11:{ORGANIZATION}/history")
    first, second = answer["versions"]
    assert (first["fields"]["name"], first["reason"]) == ("first", "deletion_marked")
    assert first["to_at"] == second["from_at"]
    assert (second["fields"]["name"], second["reason"], second["to_at"]) == ("second", None, None)


def test_nothing_internal_is_in_the_history(books: Books) -> None:
    books.parties()
    assert MEMO not in str(get(books, f"/v1/lineage/contract/ut11:{CONTRACT}/history"))


@pytest.mark.parametrize(
    ("kind", "key"), [("counterparty", STRANGER), ("nothing", PARTY), ("document_line", PARTY)]
)
def test_a_record_that_was_never_shown_has_no_history(books: Books, kind: str, key: str) -> None:
    assert get(books, f"/v1/lineage/{kind}/ut11:{key}/history", 404)["code"] == "record_not_found"


def test_a_balance_can_be_asked_as_it_was_shown(books: Books) -> None:
    books.parties()
    before = moment(books) - timedelta(seconds=1)
    books.settle([("RUB", 100_00)], [])
    first = moment(books)
    books.settle([("RUB", 250_50)], [])
    moment(books)
    path = f"/v1/counterparties/{PARTY_ID}/balance"
    assert get(books, path, shown_at=before.isoformat())["contracts"] == []
    shown = get(books, path, shown_at=first.isoformat())
    (debt,) = shown["contracts"]
    assert (debt["debt"], debt["currency"], debt["contract_id"]) == ("100.00", "RUB", f"ut11:{CONTRACT}")
    assert datetime.fromisoformat(shown["shown_at"]) == first
    assert get(books, path, shown_at=books.now.isoformat())["contracts"][0]["debt"] == "250.50"
    assert get(books, path)["contracts"][0]["debt"] == "250.50"


@pytest.mark.parametrize("at", ["2026-03-03T10:00:00", "yesterday", "9999-01-01T00:00:00+00:00"])
def test_a_moment_that_is_none_or_not_yet_is_refused(books: Books, at: str) -> None:
    books.parties()
    problem = get(books, f"/v1/counterparties/{PARTY_ID}/balance", 400, shown_at=at)
    assert problem["code"] == "bad_request"
    assert problem["hint"]


def test_what_was_shown_of_a_counterparty_nobody_knows_is_not_found(books: Books) -> None:
    path = f"/v1/counterparties/ut11:{STRANGER}/balance"
    assert get(books, path, 404, shown_at="2026-03-03T10:00:00Z")["code"] == "counterparty_not_found"


def test_a_balance_says_whether_it_was_held_against_the_books(books: Books) -> None:
    books.parties()
    assert books.balance()["agreement"] == {"state": "unknown", "verified_through": None}
    compared = Agreement(
        source="ut11",
        kind="pull",
        run_id="run",
        began_at=books.now,
        ended_at=None,
        moment="2026-11-22T09:00:00",  # type: ignore[arg-type]
        compared=1,
        differing=0,
        requests=2,
        state="agreed",
    )
    with books.store.transaction() as tx:
        agreement.save(tx, compared)
    assert books.balance()["agreement"] == {
        "state": "agreed",
        "verified_through": "2026-11-22T09:00:00+03:00",
    }

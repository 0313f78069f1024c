"""GET /v1/audit: who wrote what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from store import audit
from tests.unit.api.books import PARTY, Books

SUSPENSIONS = f"/v1/counterparties/ut11:{PARTY}/suspensions"


@pytest.fixture
def any_books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    opened.parties()
    yield opened
    opened.store.close()


def read(books: Books, key: str | None = None, **query: Any) -> Any:
    with books.client(key) as client:
        answer = client.get("/v1/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_write_is_there_with_its_request_and_its_key_the_newest_first(any_books: Books) -> None:
    with any_books.client() as client:
        for number, address in enumerate((SUSPENSIONS, f"{SUSPENSIONS}/1/end")):
            headers = {"Idempotency-Key": str(uuid4()), "X-Request-Id": f"r-{number}"}
            assert client.post(address, json={"reason": "x"}, headers=headers).status_code < 300
    with any_books.store.transaction() as tx:
        audit.add(tx, operation="keys.create", subject="k", details={"name": "ключ"})
    made, ended, set_ = read(any_books)["items"]
    assert (made["key_number"], made["details"], made["counterparty_id"]) == ("saldo", {"name": "ключ"}, None)
    assert [(one["operation"], one["request_id"]) for one in (ended, set_)] == [
        ("endSuspension", "r-1"),
        ("suspendTrading", "r-0"),
    ]
    assert set_["counterparty_id"] == f"ut11:{PARTY}"
    assert read(any_books, operation="keys.create")["items"] == [made]
    assert read(any_books, counterparty_id=f"ut11:{PARTY}")["items"] == [ended, set_]
    assert read(any_books, key_number="nobody")["items"] == []
    assert read(any_books, any_books.key(source="ut11"))["items"] == [ended, set_]
    assert read(any_books, any_books.key(source="silent"))["items"] == []


def test_the_end_of_a_rule_is_there_for_the_base_it_was_of(books: Books) -> None:
    rule = {"source": "ut11", "state": "blocked", "days": 3, "reason": "x"}
    key = books.key(source="ut11")
    with books.client(key) as client:
        for address, body in (("", rule), ("/1/end", {"reason": "y"})):
            headers = {"Idempotency-Key": str(uuid4())}
            assert client.post(f"/v1/access-rules{address}", json=body, headers=headers).status_code < 300
        assert client.get("/v1/audit", params={"counterparty_id": ""}).json()["code"] == "malformed_id"
    assert [one["source"] for one in read(books, key)["items"]] == ["ut11", "ut11"]


def test_it_comes_in_pages(books: Books) -> None:
    with books.store.transaction() as tx:
        for number in range(5):
            audit.add(tx, operation="x", subject=str(number))
    subjects, cursor = [], None
    while True:
        page = read(books, limit=2, **({"cursor": cursor} if cursor else {}))
        subjects += [one["subject"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert subjects == ["4", "3", "2", "1", "0"]


def test_it_is_not_for_keys_of_one_company_nor_for_those_without_the_permission(books: Books) -> None:
    books.parties()
    for key, code in (
        (books.key(source="ut11", counterparty_id=PARTY), "key_is_bound"),
        (books.key(permissions=["rules:write"]), "permission_missing"),
    ):
        with books.client(key) as client:
            refused = client.get("/v1/audit")
        assert (refused.status_code, refused.json()["code"]) == (403, code)

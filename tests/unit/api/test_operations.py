"""Asking for fresher data: what the API does with it; tests/e2e/test_on_demand.py has the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.syncing import operations as api_operations
from store import operations
from store.operations import SYNC
from tests.unit.api.books import PARTY, STRANGER, Books, guid, record


@pytest.fixture
def any_books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    parties = [PARTY, STRANGER, *(guid(number) for number in range(100, 120))]
    opened.put("counterparty", [record("counterparty", id=one, name="x", kind="company") for one in parties])
    yield opened
    opened.store.close()


def ask(client: TestClient[Litestar], counterparty: str = PARTY) -> Any:
    address = f"/v1/counterparties/ut11:{counterparty}/sync"
    return client.post(address, headers={"Idempotency-Key": str(uuid4())})


def test_what_waits_is_given_again_and_what_is_under_way_is_not(any_books: Books) -> None:
    with any_books.client() as client:
        first, second, other = ask(client), ask(client), ask(client, STRANGER)
        assert [one.status_code for one in (first, second, other)] == [202] * 3
        assert first.json() == second.json() != other.json()
        with any_books.store.transaction() as tx:
            assert len(operations.take(tx, SYNC, "ut11", "run")) == 2
        again = ask(client)
    assert again.json()["id"] != first.json()["id"]
    assert again.headers["Location"] == f"/v1/operations/{again.json()['id']}"


def test_an_operation_tells_how_it_is_and_when_to_ask_again(any_books: Books) -> None:
    with any_books.client() as client:
        address = ask(client).headers["Location"]

        def how() -> tuple[Any, ...]:
            answer = client.get(address)
            body = answer.json()
            return body["state"], body["progress"], body["as_of"], answer.headers.get("Retry-After")

        assert how() == ("pending", "queued", None, "2")
        with any_books.store.transaction() as tx:
            operations.waits_for(tx, SYNC, "ut11", "quiet_hours")
        assert how() == ("pending", "quiet_hours", None, "2")
        with any_books.store.transaction() as tx:
            operations.take(tx, SYNC, "ut11", "run")
        assert how() == ("running", "reading", None, "2")
        with any_books.store.transaction() as tx:
            operations.succeed(tx, "run", datetime(2026, 11, 22, 6, 0, tzinfo=UTC))
        assert how() == ("succeeded", "done", "2026-11-22T09:00:00+03:00", None)


def test_a_failure_has_a_code_and_says_what_to_do(any_books: Books) -> None:
    with any_books.client() as client:
        address = ask(client).headers["Location"]
        with any_books.store.transaction() as tx:
            operations.take(tx, SYNC, "ut11", "run")
            operations.fail(tx, "run", error="source_refused", hint="Tell the operator.")
        found = client.get(address).json()
    assert (found["state"], found["error"]) == (
        "failed",
        {"code": "source_refused", "hint": "Tell the operator."},
    )


def test_a_key_may_have_so_many_open_and_no_more(any_books: Books) -> None:
    with any_books.client() as client:
        for number in range(api_operations.MOST_OPEN):
            assert ask(client, guid(100 + number)).status_code == 202
        full = ask(client)
        assert (full.status_code, full.json()["code"]) == (429, "too_many_operations")
        assert full.headers["Retry-After"] == "30"
        assert ask(client, guid(100)).status_code == 202  # it waits already
        with any_books.client(any_books.key()) as other:
            assert ask(other).status_code == 202
        with any_books.store.transaction() as tx:
            operations.take(tx, SYNC, "ut11", "run")
            operations.succeed(tx, "run", tx.now)
        assert ask(client).status_code == 202


def test_operations_of_other_companies_do_not_exist(any_books: Books) -> None:
    with any_books.client() as client:
        theirs, mine = ask(client, STRANGER).json(), ask(client).json()
    bound = any_books.key(source="ut11", counterparty_id=PARTY)
    with any_books.client(bound) as client:
        assert client.get(f"/v1/operations/{mine['id']}").status_code == 200
        missing = [client.get(f"/v1/operations/{one}") for one in (theirs["id"], "0" * 32, "%00", "x")]
        assert {one.status_code for one in missing} == {404}
        assert {one.json()["code"] for one in missing} == {"operation_not_found"}
        assert ask(client, STRANGER).status_code == ask(client, guid(9)).status_code == 404


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(any_books: Books) -> None:
    with any_books.client() as client:
        ended = ask(client).json()
        with any_books.store.transaction() as tx:
            operations.take(tx, SYNC, "ut11", "run")
            operations.succeed(tx, "run", tx.now)
        waiting = ask(client).json()
        with any_books.store.transaction() as tx:
            later = replace(tx, now=tx.now + operations.KEPT_FOR - timedelta(minutes=1))
            operations.ask(later, SYNC, "ut11", guid(100), key_number="k", most=9)
            assert operations.get(tx, ended["id"]) is not None
            later = replace(tx, now=tx.now + operations.KEPT_FOR + timedelta(minutes=1))
            operations.ask(later, SYNC, "ut11", guid(101), key_number="k", most=9)
            assert operations.get(tx, ended["id"]) is None
            assert operations.get(tx, waiting["id"]) is not None
        assert client.get(f"/v1/operations/{ended['id']}").status_code == 404


def test_what_is_asked_for_at_the_desk_is_nobody_elses(any_books: Books) -> None:
    with any_books.store.transaction() as tx:
        asked = operations.ask(tx, "compare", "ut11", None, key_number="user:ito", most=20)
    assert asked is not None
    with any_books.client() as client:
        answer = client.get(f"/v1/operations/{asked.id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "operation_not_found")

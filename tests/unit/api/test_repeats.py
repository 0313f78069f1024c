"""A POST is done once, however often it is asked for, and written down with who asked."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from api.web import repeats as repeats_of_api
from api.web.repeats import Repeat
from store import audit, repeats, trading
from store.engine import Tx
from store.repeats import Kept
from tests.unit.api.books import PARTY, Books

ADDRESS = f"/v1/counterparties/ut11:{PARTY}/suspensions"
SAID = {"reason": "no answer to three letters", "by": "Ito"}
UNREPEATED = {
    "POST /v1/sources/{source:str}/notifications"
}  # has a message id of its own (Standard Webhooks)


@pytest.fixture
def any_books(database_url: str, tmp_path: Path) -> Any:
    opened = Books.open(database_url, tmp_path / "landing")
    opened.parties()
    yield opened
    opened.store.close()


def suspensions(books: Books) -> int:
    with books.store.reading() as tx:
        return len(trading.list_(tx, "ut11", PARTY, ended=True))


def handlers(books: Books, *methods: str) -> dict[str, HTTPRouteHandler]:
    """Every handler of these methods, by method and address."""
    return {
        f"{method} {route.path}": handler
        for route in books.app().routes
        for handler in getattr(route, "route_handlers", ())
        for method in methods
        if isinstance(handler, HTTPRouteHandler) and method in handler.http_methods
    }


def test_there_is_no_post_that_would_be_done_twice(books: Books) -> None:
    posts = handlers(books, "POST")
    assert len(posts) > 8
    without = {
        address
        for address, handler in posts.items()
        if not any(one.annotation is Repeat for one in handler.parsed_fn_signature.parameters.values())
    }
    assert without == UNREPEATED


def test_there_is_no_other_write_that_is_not_audited(books: Books) -> None:
    found = handlers(books, "PUT", "PATCH", "DELETE")
    assert found
    for address, handler in found.items():
        written: Any = getattr(handler.fn, "func", handler.fn)  # what Litestar runs in a thread
        assert repeats_of_api.audited.__name__ in written.__code__.co_names, address


def test_the_same_again_gives_the_same_bytes_and_does_nothing(any_books: Books) -> None:
    with any_books.client() as client:
        first, second = (
            client.post(ADDRESS, json=SAID, headers={"Idempotency-Key": "one"}) for _ in range(2)
        )
        other = client.post(ADDRESS, json=SAID, headers={"Idempotency-Key": "two"})
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 201)
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.json()["number"] != other.json()["number"]
    assert suspensions(any_books) == 2


def test_a_key_of_another_request_is_refused_and_one_of_another_client_is_not(any_books: Books) -> None:
    header = {"Idempotency-Key": "one"}
    with any_books.client() as client:
        assert client.post(ADDRESS, json=SAID, headers=header).status_code == 201
        for address, body in (
            (ADDRESS, SAID | {"by": "Mori"}),
            (f"{ADDRESS}/1/end", SAID),
            (f"{ADDRESS}?x=1", SAID),
        ):
            reused = client.post(address, json=body, headers=header)
            assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    with any_books.client(any_books.key()) as other:
        assert other.post(ADDRESS, json=SAID, headers=header).status_code == 201
    assert suspensions(any_books) == 2


@pytest.mark.parametrize("key", [None, "", "x" * 256, "кл".encode(), b"a\xff"])
def test_without_a_usable_key_nothing_is_done(books: Books, key: Any) -> None:
    books.parties()
    with books.client() as client:
        refused = client.post(ADDRESS, json=SAID, headers={} if key is None else {"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing")
    assert suspensions(books) == 0


def test_what_is_refused_is_not_kept_so_the_key_may_be_tried_again(any_books: Books) -> None:
    header = {"Idempotency-Key": "one"}
    wrong = SAID | {"from_on": "2026-02-02", "to_on": "2026-02-01"}
    with any_books.client() as client:
        assert client.post(ADDRESS, json=wrong, headers=header).status_code == 422
        assert client.post(ADDRESS, json=SAID, headers=header).status_code == 201
    assert suspensions(any_books) == 1


def test_two_at_once_are_done_once(any_books: Books) -> None:
    """Both in flight: the second is told to come again, or gets the answer of the first."""
    together = threading.Barrier(2)
    with any_books.client() as client:

        def send(_: int) -> tuple[int, str]:
            together.wait()
            answer = client.post(ADDRESS, json=SAID, headers={"Idempotency-Key": "one"})
            return answer.status_code, answer.json().get("code", "")

        for round_ in range(5):
            with ThreadPoolExecutor(2) as pool:
                found = sorted(pool.map(send, range(2)))
            assert found[0] == (201, "")
            assert found[1] in {(201, ""), (409, "idempotency_key_in_use")}, round_
    assert suspensions(any_books) == 1


def test_while_one_is_worked_on_another_is_told_to_come_again(postgres_url: str, tmp_path: Path) -> None:
    books = Books.open(postgres_url, tmp_path / "landing")
    books.parties()
    number = books.any_key.split("_")[1]
    with books.client() as client:
        with books.store.transaction() as tx:
            assert repeats.claim(tx, number, "one")
            busy = client.post(ADDRESS, json=SAID, headers={"Idempotency-Key": "one"})
        assert (busy.status_code, busy.json()["code"]) == (409, "idempotency_key_in_use")
        assert busy.headers["Retry-After"] == "1"
        assert client.post(ADDRESS, json=SAID, headers={"Idempotency-Key": "one"}).status_code == 201
    books.store.close()


def test_a_crash_before_the_commit_leaves_neither_the_work_nor_its_answer(any_books: Books) -> None:
    number = any_books.any_key.split("_")[1]
    with suppress(KeyboardInterrupt), any_books.store.transaction() as tx:
        assert repeats.claim(tx, number, "one")
        trading.suspend(tx, "ut11", PARTY, from_on=tx.now.date(), by="x", reason="y")
        repeats.keep(tx, number, "one", Kept("digest", 201, {}, b"{}"))
        raise KeyboardInterrupt
    assert suspensions(any_books) == 0
    with any_books.client() as client:
        assert client.post(ADDRESS, json=SAID, headers={"Idempotency-Key": "one"}).status_code == 201
    assert suspensions(any_books) == 1


def test_answers_are_kept_for_a_day_and_then_forgotten(any_books: Books) -> None:
    def kept(tx: Tx, key: str) -> bool:
        return repeats.find(tx, "k", key) is not None

    with any_books.store.transaction() as tx:
        for key in ("a", "b"):
            repeats.keep(tx, "k", key, Kept("digest", 201, {"Location": "/x"}, b"{}"))
        assert repeats.find(tx, "k", "a") == Kept("digest", 201, {"Location": "/x"}, b"{}")
        almost = replace(tx, now=tx.now + repeats.KEPT_FOR - timedelta(seconds=1))
        assert kept(almost, "a")
        later = replace(tx, now=tx.now + repeats.KEPT_FOR)
        assert not kept(later, "a")
        repeats.keep(later, "k", "a", Kept("another", 200, {}, b"[]"))
        assert kept(later, "a")
        assert not kept(tx, "b")  # dropped with what was written last


def test_every_write_is_audited_with_who_asked_and_what_was_set(any_books: Books) -> None:
    days = {"from_on": "2026-02-02", "to_on": "2026-02-03"}
    with any_books.client() as client:
        headers = {"Idempotency-Key": "one", "X-Request-Id": "r-1"}
        set_ = client.post(ADDRESS, json=SAID | days, headers=headers)
        client.post(ADDRESS, json=SAID | days, headers=headers)
        client.post(ADDRESS, json=SAID | {"from_on": "2026-02-02", "to_on": "2026-01-01"}, headers=headers)
    with any_books.store.reading() as tx:
        (entry,) = audit.read(tx, limit=9)
    assert (entry.request_id, entry.key_number) == ("r-1", any_books.any_key.split("_")[1])
    assert (entry.operation, entry.subject) == ("suspendTrading", str(set_.json()["number"]))
    assert (entry.source, entry.counterparty_id) == ("ut11", PARTY)
    assert json.loads(entry.details) == days


def test_a_body_that_is_too_large_is_refused_before_it_is_read(books: Books) -> None:
    books.parties()
    with books.client() as client:
        body = {"reason": "x" * 100_000}
        refused = client.post(ADDRESS, json=body, headers={"Idempotency-Key": "one"})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_the_header_is_in_the_document(books: Books) -> None:
    app: Litestar = books.app()
    operation = app.openapi_schema.to_schema()["paths"]["/v1/access-rules"]["post"]
    (header,) = [one for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
    assert header["required"] is True
    assert header["schema"]["type"] == "string"
    assert {"400", "409", "413", "422"} <= set(operation["responses"])

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.web.errors import PROBLEMS
from schemas.errors import StoreError
from store.engine import Store
from tests.unit.api.books import PARTY, STRANGER, Books

ADDRESS = f"/v1/counterparties/ut11:{PARTY}/balance"


def problem(books: Books, address: str, status: int, **headers: str) -> dict[str, Any]:
    """The answer, proven to be problem+json with everything a client needs."""
    with books.client() as client:
        answer = client.get(address, headers=headers)
    body: dict[str, Any] = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == body["request_id"]
    assert body["type"] == f"urn:saldo:problem:{body['code']}"
    assert body["title"] == PROBLEMS[body["code"]][1]
    assert body["detail"]
    assert body["hint"]
    return body


@pytest.mark.parametrize(
    "given",
    [
        "ut11",
        PARTY,
        f"ut11:{PARTY}x",
        f"ut11:{PARTY.replace('-', '')}",
        f"1c:{PARTY}",
        f":{PARTY}",
        f"ut11:{PARTY}:",
        "ut11:' or 1=1 --",
        "%00",
        f"ut11:{PARTY}%0A",
    ],
)
def test_an_id_this_api_never_gave_is_malformed(books: Books, given: str) -> None:
    assert problem(books, f"/v1/counterparties/{given}/balance", 400)["code"] == "malformed_id"


def test_an_unknown_counterparty_is_not_found(books: Books) -> None:
    body = problem(books, f"/v1/counterparties/ut11:{STRANGER}/balance", 404)
    assert body["code"] == "counterparty_not_found"
    assert body["instance"] == f"/v1/counterparties/ut11:{STRANGER}/balance"


def test_an_unknown_source_is_not_found(books: Books) -> None:
    assert problem(books, f"/v1/counterparties/other:{PARTY}/balance", 404)["code"] == "source_not_found"


@pytest.mark.parametrize("address", ["/", "/v1", "/v1/nothing", "/balance.php", "/openapi.yaml"])
def test_an_address_that_is_not_served_is_a_problem_too(books: Books, address: str) -> None:
    assert problem(books, address, 404)["code"] == "not_found"


def test_a_wrong_method_is_told_which_ones_are_right(books: Books) -> None:
    with books.client() as client:
        answer = client.post(ADDRESS)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, OPTIONS"


def test_a_request_id_that_was_sent_comes_back(books: Books) -> None:
    assert problem(books, "/v1", 404, **{"X-Request-Id": "order-42.a_b"})["request_id"] == "order-42.a_b"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 129, "<script>"])
def test_a_request_id_that_could_do_harm_is_replaced(books: Books, sent: str) -> None:
    made = problem(books, "/v1", 404, **{"X-Request-Id": sent})["request_id"]
    assert made != sent
    assert len(made) == 32


def test_every_answer_has_a_request_id_and_stays_out_of_shared_caches(books: Books) -> None:
    with books.client() as client:
        first, second = client.get("/healthz"), client.get("/healthz")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["cache-control"] == "private, no-cache"


def test_a_store_without_tables_is_unavailable(books: Books, tmp_path: Path) -> None:
    books.store = Store.open(f"sqlite:///{tmp_path / 'empty.db'}", f"file://{tmp_path}/landing")
    assert problem(books, ADDRESS, 503)["code"] == "store_unavailable"


@pytest.mark.postgres
def test_a_postgresql_without_tables_is_unavailable(books: Books, postgres_url: str, tmp_path: Path) -> None:
    books.store = Store.open(postgres_url, f"file://{tmp_path}/landing")
    assert problem(books, ADDRESS, 503)["code"] == "store_unavailable"
    books.store.close()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("password=secret"), 500, "internal_error"),
        (StoreError("secret", hint="secret"), 503, "store_unavailable"),
    ],
)
def test_what_was_not_foreseen_is_logged_and_not_shown(
    books: Books, caplog: pytest.LogCaptureFixture, error: Exception, status: int, code: str
) -> None:
    def broken() -> Any:
        raise error

    app = create_app(books.settings, books.store, clock=broken)
    books.parties()
    with caplog.at_level(logging.ERROR), TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "secret" in caplog.text
    assert answer.json()["request_id"] in caplog.text

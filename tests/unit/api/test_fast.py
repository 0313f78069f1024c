"""The front of the API answers as the API behind it does: every key, every address, every error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import make_url

from api.money.fast import Front
from store import api_keys, direct
from tests.unit.api.books import ORGANIZATION, PARTY, STRANGER, Books, guid, record

SUMMARY = "/v1/counterparties/{}/summary"
BRANCH, CONTACT, UNKNOWN = guid(41), guid(42), guid(43)
ADDRESSES = (
    *(SUMMARY.format(f"ut11:{party}") for party in (PARTY, BRANCH, STRANGER, UNKNOWN)),
    *(
        SUMMARY.format(strange)
        for strange in (f"silent:{PARTY}", f"nobody:{PARTY}", PARTY, "ut11:1", "%00", "")
    ),
    *(
        SUMMARY.format(f"ut11:{PARTY}") + rest
        for rest in ("/", "?", "?x=1", "?include=branches", "?include=all", "/x")
    ),
    SUMMARY.format(f"ut11:{PARTY.upper()}"),
    SUMMARY.format(f"ut11%3A{PARTY}"),
    SUMMARY.format(f"ut11:{PARTY}").replace("/v1/", "/v1//"),
)
METHODS = ("HEAD", "POST", "OPTIONS", "DELETE")


@pytest.fixture
def both(database_url: str, tmp_path: Path) -> Iterator[Books]:
    """On each database."""
    opened = Books.open(database_url, tmp_path / "landing")
    yield filled(opened)
    opened.store.close()


def filled(books: Books) -> Books:
    books.parties()
    parties = [
        record("counterparty", id=PARTY, name="Покупатель", kind="company"),
        record("counterparty", id=BRANCH, name="Филиал", head_id=PARTY),
        record("counterparty", id=STRANGER, name="Чужой"),
    ]
    books.put("counterparty", parties, books.now + timedelta(seconds=1))
    books.put("contact", [record("contact", id=CONTACT, name="Иванов")])
    books.settle([("RUB", 10_000)], [{"settled_id": guid(50), "arose_on": "2026-11-01", "debt": 10_000}])
    return books


def plain(client: TestClient[Litestar]) -> TestClient[Litestar]:
    """The same application without its front."""
    front: Any = client.app.asgi_handler
    assert isinstance(front, Front)
    client.app.asgi_handler = front.inner
    return client


def told(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    return answer.status_code, dict(answer.headers), answer.content


def keys(books: Books) -> dict[str, str]:
    bound = {"source": "ut11", "counterparty_id": PARTY}
    return {
        "everything": books.any_key,
        "one base": books.key(source="ut11"),
        "another base": books.key(source="silent"),
        "branch": books.key(**bound, reach="branch"),
        "subtree": books.key(**bound, reach="subtree"),
        "own": books.key(**bound, contact_id=CONTACT, reach="own"),
        "no balances": books.key(permissions=["access:read"]),
        "expired": books.key(expires_at=books.now - timedelta(days=1)),
        "nonsense": "saldo_0_0",
    }


def test_the_front_answers_as_what_is_behind_it(both: Books) -> None:
    known = keys(both)
    with both.client() as fronted, plain(both.client()) as behind:
        for name, key in known.items():
            headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "one"}
            for address in ADDRESSES:
                first, second = (told(client.get(address, headers=headers)) for client in (fronted, behind))
                assert first == second, (name, address)
                if etag := first[1].get("etag"):
                    named = headers | {"If-None-Match": etag}
                    first, second = (told(client.get(address, headers=named)) for client in (fronted, behind))
                    assert first == second, (name, address)
                    assert first[0] == 304
        for method in METHODS:
            first, second = (
                told(client.request(method, ADDRESSES[0], headers=headers)) for client in (fronted, behind)
            )
            assert first == second, method


def test_other_forms_of_a_key_are_taken_as_behind_the_front(books: Books) -> None:
    filled(books)
    forms = (
        f"bearer {books.any_key}",
        f"Bearer  {books.any_key} ",
        books.any_key,
        "Basic eDp4",
        "Bearer",
        "",
        "é",
    )
    with books.client() as fronted, plain(books.client()) as behind:
        for client in (fronted, behind):
            del client.headers["Authorization"]
        for form in forms:
            headers = {"Authorization": form.encode(), b"X-Request-Id": b"one"}
            first, second = (told(client.get(ADDRESSES[0], headers=headers)) for client in (fronted, behind))
            assert first == second, form
        assert told(fronted.get(ADDRESSES[0]))[0] == 401


def test_a_key_is_held_to_its_rate(books: Books) -> None:
    filled(books)
    key = books.key(per_minute=2)
    with books.client(key) as client:
        answers = [client.get(ADDRESSES[0]) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "30"


def test_a_revoked_key_is_of_no_use_seconds_later(books: Books) -> None:
    filled(books)
    key = books.key()
    with books.client(key) as client:
        assert client.get(ADDRESSES[0]).status_code == 200
        with books.store.transaction() as tx:
            api_keys.revoke(tx, key.split("_")[1], by="test")
        books.now += timedelta(seconds=6)
        answer = client.get(ADDRESSES[0])
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_database_that_is_away_is_a_problem_with_a_hint_and_passes(books: Books) -> None:
    filled(books)
    with books.client() as client:
        panels = client.app.state.panels
        known, away = panels.reader, direct.reader(make_url("postgresql://nobody@127.0.0.1:1/none"))
        panels.reader = away
        answer = client.get(ADDRESSES[0])
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer.headers["Content-Type"] == "application/problem+json"
        panels.reader = known
        assert client.get(ADDRESSES[0]).status_code == 200


def test_an_answer_is_kept_until_others_need_its_place(books: Books) -> None:
    filled(books)
    with books.client() as client:
        panels = client.app.state.panels
        first = client.get(ADDRESSES[0]).content
        panels.most_bytes = len(first) + 1
        second = client.get(ADDRESSES[1]).content
        assert list(panels._kept) == [("ut11", BRANCH)]
        assert client.get(ADDRESSES[0]).content == first != second
        assert list(panels._kept) == [("ut11", PARTY)]
    assert ORGANIZATION.encode() in first

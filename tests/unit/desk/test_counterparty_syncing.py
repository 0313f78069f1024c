from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from desk.frame import waiting
from store import audit, operations
from store.operations import Progress
from tests.unit.api.books import PARTY, STRANGER, Books, guid, record
from tests.unit.desk.signed_in import browser, htmx

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGE = f"/desk/counterparties/ut11:{PARTY}"
Client = TestClient[Litestar]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Books, Client]]:
    folder = tmp_path_factory.mktemp("syncing")
    books = Books.open(f"sqlite:///{folder}/store.db", folder / "landing")
    told_of: dict[str, Any] = {"kind": "company", "status": "active"}
    books.put(
        "counterparty",
        [record("counterparty", id=key, name=key[-2:], **told_of) for key in (PARTY, STRANGER)],
    )
    yield books, browser(books.store, books.settings, clock=lambda: NOW)
    books.store.close()


@pytest.fixture
def books(desk: tuple[Books, Client]) -> Iterator[Books]:
    """Nothing is asked for before a test, nor after it."""
    books, _ = desk
    yield books
    with books.store.transaction() as tx:
        operations.take(tx, "sync", "ut11", "the end")
        operations.fail(tx, "the end", error="internal_error", hint="the test is over")


@pytest.fixture
def client(desk: tuple[Books, Client], books: Books) -> Client:
    return desk[1]


def asked(client: Client, **headers: str) -> str:
    answer = client.post(f"{PAGE}/sync", headers={**htmx(client), **headers})
    assert answer.status_code == 200, answer.text
    return answer.text


def again(text: str) -> str:
    found = re.search(r'hx-get="([^"]+/sync/[0-9a-f]{32}\?n=\d+)"', text)
    assert found, text
    return found[1]


def looked(client: Client, text: str) -> str:
    answer = client.get(again(text), headers=htmx(client))
    assert answer.status_code == 200, answer.text
    return answer.text


def test_asking_makes_an_operation_of_the_user_and_asks_again_by_itself(books: Books, client: Client) -> None:
    text = asked(client)
    assert "Waiting for its turn" in text
    assert asked(client) == text  # it is the same one
    with books.store.reading() as tx:
        (one,) = operations.open_(tx, "sync", "ut11")
        noted = audit.read(tx, limit=5, operation="syncCounterparty")
    assert (one.counterparty_id, one.key_number) == (PARTY, "user:vera")
    assert {entry.subject for entry in noted[:2]} == {one.id}


def test_the_pauses_grow_up_to_a_limit(client: Client) -> None:
    text, pauses = asked(client), []
    for _ in range(16):
        pauses.append(int(re.findall(r"load delay:(\d+)ms", text)[0]))
        text = looked(client, text)
    assert pauses[0] == 300
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3_000


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        ("source_paused", "The base is paused"),
        ("quiet_hours", "Quiet hours"),
        ("source_unavailable", "It does not answer"),
    ],
)
def test_what_it_waits_for_is_told_in_words(
    books: Books, client: Client, progress: Progress, told: str
) -> None:
    text = asked(client)
    with books.store.transaction() as tx:
        operations.waits_for(tx, "sync", "ut11", progress)
    assert told in looked(client, text)


def test_when_it_is_done_the_page_that_is_looked_at_is_shown_anew(books: Books, client: Client) -> None:
    text = asked(client)
    with books.store.transaction() as tx:
        operations.take(tx, "sync", "ut11", "run-1")
    text = looked(client, text)
    assert "Reading from 1C" in text
    with books.store.transaction() as tx:
        operations.succeed(tx, "run-1", NOW)
    here = f"http://desk{PAGE}/items?only=overdue"
    answer = client.get(again(text), headers={**htmx(client), "hx-current-url": here}).text
    assert "Up to date with 1C." in answer
    assert f'hx-get="{PAGE}/items?only=overdue"' in answer
    assert 'hx-select="#party"' in answer
    assert "/sync/" not in answer
    assert 'id="party"' in client.get(f"{PAGE}/items?only=overdue", headers=htmx(client)).text


def test_another_hosts_page_is_not_loaded(client: Client) -> None:
    text = asked(client, **{"hx-current-url": "https://elsewhere.example/desk/users"})
    assert "elsewhere" not in text
    assert "/desk/users" not in text


def test_a_failure_says_what_to_do_and_shows_no_trace(books: Books, client: Client) -> None:
    text = asked(client)
    with books.store.transaction() as tx:
        operations.take(tx, "sync", "ut11", "run-1")
        operations.fail(tx, "run-1", error="source_refused", hint="raw words of a program")
    answer = looked(client, text)
    assert "The base refuses to be read." in answer
    assert "raw words" not in answer
    assert "hx-get" not in answer


def test_without_a_script_the_page_comes_again(client: Client) -> None:
    answer = client.post(f"{PAGE}/sync")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)


def test_somebody_elses_operation_is_not_shown(books: Books, client: Client) -> None:
    with books.store.transaction() as tx:
        theirs = operations.ask(tx, "sync", "ut11", STRANGER, key_number="1", most=9)
    assert theirs is not None
    for number in (theirs.id, "0" * 32, "rubbish"):
        assert client.get(f"{PAGE}/sync/{number}", headers=htmx(client)).status_code == 404


def test_who_has_asked_too_much_is_told_to_wait(books: Books, client: Client) -> None:
    with books.store.transaction() as tx:
        for number in range(waiting.MOST_OPEN):
            operations.ask(tx, "sync", "ut11", guid(300 + number), key_number="user:vera", most=99)
    answer = client.post(f"{PAGE}/sync", headers=htmx(client))
    assert answer.status_code == 429
    assert "too much at once" in answer.text

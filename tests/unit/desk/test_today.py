"""What needs somebody today is told, each with its way out; where nothing does, the page is calm."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from schemas.desk import Role
from schemas.types import WallClock
from store import agreement, audit, operations, pauses, rejections, runs
from store.agreement import Agreement, Difference, Document
from store.batch import Rejection
from tests.unit.api.books import KEY, READ_AT, Books, guid
from tests.unit.desk.signed_in import browser, htmx


def wait(books: Books, **later: Any) -> None:
    books.now = READ_AT + timedelta(**later)


@pytest.fixture
def fresh(books: Books) -> Books:
    """One base, everything of it read a moment ago."""
    books.parties()
    books.settle([("RUB", 900_00)], [{"debt": 900_00, "due_on": "2026-11-01"}])
    return books


def seen(books: Books, role: Role = "accountant", path: str = "/desk/today") -> str:
    answer = browser(books.store, books.settings, role=role, login=role, clock=lambda: books.now).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def differs(books: Books) -> Agreement:
    document = Document(guid(77), "bank_receipt", WallClock("2026-11-16T10:00:00"), 100_00, 90_00, "differs")
    found = Difference("settlement_entry", "amount", KEY, "RUB", 910_00, 900_00, (document,))
    moment = WallClock("2026-11-22T09:00:00")
    whole = Agreement("ut11", "night", "run", READ_AT, None, moment, 5, 1, 2, "differs", None, (found,))
    with books.store.transaction() as tx:
        return agreement.save(tx, whole)


def hold(books: Books, record_id: str = guid(88)) -> None:
    one = Rejection(record_id, "document.amount", ("Сумма",), "Invalid decimal string", "Correct it.", 1, 0)
    with books.store.transaction() as tx:
        rejections.save(tx, "ut11", "bank_receipt", [one], step="map")


def test_what_differs_is_told_with_its_sum_and_the_way_to_it(fresh: Books) -> None:
    differs(fresh)
    page = seen(fresh)
    assert "1 figure differs from the books" in page
    assert ">10.00<small>RUB" in page
    assert "/desk/agreement?base=ut11" in page


def test_what_is_held_is_counted_by_kind(fresh: Books) -> None:
    hold(fresh)
    hold(fresh, guid(89))
    page = seen(fresh)
    assert "2 records could not be read" in page
    assert "Bank receipt 2" in page
    assert "/desk/quarantine?base=ut11" in page


def test_old_data_is_told_and_why(fresh: Books) -> None:
    wait(fresh, days=2)
    assert "УТ: old data: " in seen(fresh)
    with fresh.store.transaction() as tx:
        runs.start(tx, run_id="run-9", source="ut11", entity="settlement_entry", job="ut11_refresh")
        runs.fail(
            tx, run_id="run-9", source="ut11", entity="settlement_entry", error="1C closed the connection"
        )
    assert "1C closed the connection" not in seen(fresh)
    assert "1C closed the connection" in seen(fresh, "ops")


def test_a_base_that_was_never_read_says_so(fresh: Books) -> None:
    assert "nothing was read yet" in seen(fresh)


def test_ops_pause_a_base_with_a_reason_and_resume_it(fresh: Books) -> None:
    client = browser(fresh.store, fresh.settings, role="ops", clock=lambda: fresh.now)
    assert client.post("/desk/today/bases/ut11/pause", data={"reason": " "}).status_code == 422
    done = client.post("/desk/today/bases/ut11/pause", data={"reason": "stocktaking"})
    assert (done.status_code, done.headers["location"]) == (303, "/desk/today")
    with fresh.store.reading() as tx:
        found = pauses.get(tx, "ut11")
    assert found is not None
    assert (found.paused_by, found.reason) == ("user:vera", "stocktaking")
    assert "vera paused it" in seen(fresh)
    assert client.post("/desk/today/bases/ut11/resume").status_code == 303
    with fresh.store.reading() as tx:
        assert pauses.get(tx, "ut11") is None
        told = [(one.operation, one.key_number, one.source) for one in audit.read(tx, limit=5)]
    assert told == [("resumeSource", "user:vera", "ut11"), ("pauseSource", "user:vera", "ut11")]


def test_an_accountant_pauses_nothing(fresh: Books) -> None:
    client = browser(fresh.store, fresh.settings, clock=lambda: fresh.now)
    assert client.post("/desk/today/bases/ut11/pause", data={"reason": "x"}).status_code == 403
    assert "Pause" not in seen(fresh)
    assert "Pause" in seen(fresh, "ops")


def test_a_failed_operation_is_told_until_another_one_succeeds(fresh: Books) -> None:
    def ask() -> None:
        with fresh.store.transaction() as tx:
            operations.ask(tx, "compare", "ut11", None, key_number="user:vera", most=5)
            operations.take(tx, "compare", "ut11", "run-1")

    ask()
    with fresh.store.transaction() as tx:
        operations.fail(tx, "run-1", error="source_refused", hint="1C said no.")
    assert "The books could not be compared" in seen(fresh)
    ask()
    with fresh.store.transaction() as tx:
        operations.succeed(tx, "run-1", fresh.now)
    assert "The books could not be compared" not in seen(fresh)


def test_the_list_is_swapped_only_where_something_changed(fresh: Books) -> None:
    client = browser(fresh.store, fresh.settings, clock=lambda: fresh.now)
    page = client.get("/desk/today").text
    (again,) = re.findall(r'hx-get="(/desk/today/attention[^"]*)"', page)
    assert client.get(again, headers=htmx(client)).status_code == 204
    differs(fresh)
    changed = client.get(again, headers=htmx(client))
    assert changed.status_code == 200
    assert "figure differs" in changed.text
    assert "<html" not in changed.text


def test_what_everybody_owes_is_shown_with_its_age(fresh: Books) -> None:
    page = seen(fresh)
    assert page.count("900.00") >= 3
    assert "1–30 days overdue: 900.00" in page
    assert "/desk/counterparties?only=overdue&amp;sort=overdue&amp;base=ut11" in page


@pytest.mark.parametrize(("language", "word"), [("ru", "Сегодня"), ("uk", "Сьогодні")])
def test_it_speaks_the_readers_language(fresh: Books, language: Any, word: str) -> None:
    differs(fresh)
    client = browser(fresh.store, fresh.settings, language=language, clock=lambda: fresh.now)
    page = client.get("/desk/today").text
    assert f"<h1>{word}</h1>" in page
    assert "differ" not in re.sub(r"<[^>]*>", "", page)

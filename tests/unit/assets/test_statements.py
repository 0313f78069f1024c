"""Drawing what was asked for, while the accounting system may not be asked: what goes wrong, goes wrong alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from assets import statement_drawing, statements
from assets.source import Source, sources
from assets.sync import Run
from schemas.statements import Asked
from store import events, operations, pauses, reconciliation, statement_requests
from store import statements as stored
from store.operations import Operation
from store.statements import StatementRow
from store.tables_of_api import OPERATION
from tests.unit.api import drawings
from tests.unit.api.books import PARTY, STRANGER, Books

RUN = Run("run-1", "ut11_statements")


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    made = Books.open(database_url, tmp_path / "landing")
    drawings.settled(made)
    with made.store.transaction() as tx:
        pauses.pause(tx, "ut11", by="user:ito", reason="a test")
    yield made
    made.store.close()


def source_of(books: Books) -> Source:
    return sources(books.settings)[0]


def ask(books: Books, what: Asked) -> Operation:
    with books.store.transaction() as tx:
        return statement_requests.ask(tx, what, "user:ito")


def work(books: Books) -> None:
    def clients(_source: Source) -> Any:
        raise AssertionError("a base that is paused is not asked")

    statements.work(books.store, source_of(books), clients, RUN)


def how_is(books: Books, one: Operation) -> tuple[Operation, StatementRow | None]:
    with books.store.reading() as tx:
        now = operations.get(tx, one.id)
        assert now is not None
        return now, stored.get(tx, statement_requests.statement_id(now) or "")


def began(books: Books, one: Operation, hours: float) -> None:
    """Let it be asked for, and begun if it is, that long ago."""
    with books.store.transaction() as tx:
        then = tx.now - timedelta(hours=hours)
        values: dict[str, Any] = {"created_at": then}
        if how_is(books, one)[0].started_at is not None:
            values["started_at"] = then
        tx.connection.execute(update(OPERATION).where(OPERATION.c.id == one.id).values(**values))


def test_what_waited_a_night_for_the_hub_is_drawn_and_not_given_up(books: Books) -> None:
    one = ask(books, drawings.asked())
    began(books, one, hours=9)
    assert statement_drawing.draw_waiting(books.store, source_of(books)) == 1
    work(books)
    now, row = how_is(books, one)
    assert (now.state, now.error) == ("succeeded", None)
    assert row is not None
    assert row.why == "source_paused"


def test_what_run_after_run_died_of_is_given_up_and_told_and_compared_all_the_same(books: Books) -> None:
    one = ask(books, drawings.asked())
    statement_drawing.draw_waiting(books.store, source_of(books))
    began(books, one, hours=2)
    work(books)
    now, row = how_is(books, one)
    assert (now.state, now.error) == ("failed", "internal_error")
    assert row is not None
    assert (row.why, row.compare_at is not None) == ("internal_error", True)
    with books.store.reading() as tx:
        assert [(told.type, told.subject_id) for told in events.read(tx)] == [("statement.failed", one.id)]


def test_one_that_breaks_fails_alone_and_a_store_that_is_away_fails_none(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tx: Any, request: Any) -> Any:
        if request.counterparty_id == PARTY:
            raise error
        return real(tx, request)

    real, error = reconciliation.statement, OperationalError("SELECT", {}, Exception("away"))
    bad, good = ask(books, drawings.asked()), ask(books, drawings.asked(STRANGER))
    with monkeypatch.context() as patched:
        patched.setattr(reconciliation, "statement", broken)
        with pytest.raises(OperationalError):
            work(books)
        error = ValueError("nobody thought of this")  # type: ignore[assignment]
        assert statement_drawing.draw_waiting(books.store, source_of(books)) == 1
        work(books)
    assert [how_is(books, one)[0].state for one in (bad, good)] == ["failed", "succeeded"]
    assert how_is(books, bad)[0].error == "internal_error"

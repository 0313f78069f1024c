"""Statements that wait for somebody, and agreed periods that changed, among what needs somebody today."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from store import agreed
from tests.unit.api.books import Books
from tests.unit.desk.statement_books import NOTE, NOW, OCTOBER, SOURCE, StatementBooks


@pytest.fixture
def desk(books: Books) -> StatementBooks:
    return StatementBooks.of(books)


def told(desk: StatementBooks, now: datetime = NOW) -> str:
    page = desk.browser(now=now).get("/desk/today")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


def test_a_statement_that_agrees_and_was_sent_today_needs_nobody(desk: StatementBooks) -> None:
    desk.stepped(desk.compared(), "sent")
    page = told(desk)
    assert "not answered" not in page
    assert "differ" not in page


def test_differences_are_told_apart_by_whether_documents_explain_them(desk: StatementBooks) -> None:
    desk.compared(NOTE)
    page = told(desk)
    assert "1 draft differs from the books" in page
    assert "/desk/statements?verdict=differs&amp;state=draft" in page
    desk.unexplained()
    page = told(desk)
    assert "1 statement has a difference that no document explains" in page
    assert "/desk/statements?verdict=unexplained" in page


def test_what_nobody_answered_for_a_week_and_what_1c_was_not_asked_for_a_day(desk: StatementBooks) -> None:
    desk.stepped(desk.compared(), "sent")
    desk.drawn(OCTOBER)
    later = datetime.now(NOW.tzinfo) + timedelta(days=8)
    page = told(desk, later)
    assert "1 statement was sent and not answered" in page
    assert "1 statement waits for the accounting system" in page


def test_an_agreed_period_names_the_statement_it_came_from(desk: StatementBooks) -> None:
    row = desk.stepped(desk.compared(), "sent", "agreed")
    desk.moves(**{"101": 1_300_000})
    with desk.store.transaction() as tx:
        agreed.detect(tx, SOURCE)
    assert "1 agreed period has changed since" in told(desk)
    page = desk.browser().get("/desk/agreement/periods").text
    assert f'href="/desk/statements/{row.id}">statement No. {row.number}</a>' in page

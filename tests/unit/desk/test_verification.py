"""Whoever holds a print may ask whether it is genuine, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from desk.app import create_app
from desk.statements.visitors import MOST_KNOWN, PER_MINUTE, Visitors
from tests.unit.api.books import Books
from tests.unit.desk.statement_books import NOW, OCTOBER, RECEIPT, StatementBooks

Client = TestClient[Litestar]


@pytest.fixture
def desk(books: Books) -> StatementBooks:
    return StatementBooks.of(books)


@pytest.fixture
def anybody(desk: StatementBooks) -> Iterator[Client]:
    """Somebody who never signed in."""
    with TestClient(create_app(desk.books.settings, desk.store, clock=lambda: NOW)) as client:
        client.follow_redirects = False
        yield client


def test_a_genuine_print_is_told_with_its_balances_and_state(desk: StatementBooks, anybody: Client) -> None:
    row = desk.stepped(desk.compared(), "sent")
    page = anybody.get(f"/verify/{row.checksum}", headers={"accept-language": "en"})
    assert page.status_code == 200
    for told in ("This statement is genuine", "Покупатель", "Наша фирма", "12,500.00", "2,000.00", "Sent"):
        assert told in page.text, told
    for kept in ("/desk/statements", "Mark as", "vera", row.id, "УТ-000101", "menu"):
        assert kept not in page.text, kept
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


def test_a_newer_statement_for_the_same_period_is_told(desk: StatementBooks, anybody: Client) -> None:
    old = desk.compared()
    assert "A newer statement" not in anybody.get(f"/verify/{old.checksum}").text
    desk.moves(**{"101": 1_300_000})
    new = desk.compared()
    assert new.number != old.number
    assert f"No. {new.number}" in anybody.get(f"/verify/{old.checksum}").text
    assert "A newer statement" not in anybody.get(f"/verify/{new.checksum}").text


def test_a_draft_says_that_it_is_one(desk: StatementBooks, anybody: Client) -> None:
    for row in (desk.drawn(OCTOBER), desk.unexplained()):
        assert "It is a draft" in anybody.get(f"/verify/{row.checksum}").text
    assert "It is a draft" not in anybody.get(f"/verify/{desk.compared(RECEIPT).checksum}").text


def test_nothing_but_the_whole_checksum_finds_anything(desk: StatementBooks, anybody: Client) -> None:
    row = desk.compared()
    for asked in (row.checksum[:-1], row.checksum[:12], "%25", "0" * 64, row.id, str(row.number), "ы" * 64):
        page = anybody.get(f"/verify/{asked}")
        assert page.status_code == 404
        assert "Покупатель" not in page.text
        assert "No statement with this checksum is known here" in page.text
    assert anybody.get(f"/verify/{row.checksum.upper()}").status_code == 200


def test_a_checksum_may_be_pasted_as_it_was_printed(desk: StatementBooks, anybody: Client) -> None:
    row = desk.compared()
    assert anybody.get("/verify").status_code == 200
    broken = f" {row.checksum[:30]}\n{row.checksum[30:]} "
    answer = anybody.get("/verify", params={"checksum": broken})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/verify/{row.checksum}")
    away = anybody.get("/verify", params={"checksum": "//evil.example/\\x"}).headers["location"]
    assert away.startswith("/verify/%2F%2Fevil")


@pytest.mark.parametrize(
    ("language", "told"),
    [("ru-RU,ru;q=0.9", "Акт подлинный"), ("uk", "Акт справжній"), ("fr", "This statement is genuine")],
)
def test_it_speaks_the_language_of_who_asks(
    desk: StatementBooks, anybody: Client, language: str, told: str
) -> None:
    page = anybody.get(f"/verify/{desk.compared().checksum}", headers={"accept-language": language})
    assert told in page.text


def test_nobody_can_ask_quickly(desk: StatementBooks, anybody: Client) -> None:
    checksum = desk.compared().checksum
    codes = [anybody.get(f"/verify/{checksum}").status_code for _ in range(PER_MINUTE + 2)]
    assert codes == [200] * PER_MINUTE + [429, 429]


def test_a_bucket_fills_up_again_and_addresses_are_forgotten() -> None:
    visitors = Visitors(per_minute=2)
    assert [visitors.may("a", NOW) for _ in range(3)] == [True, True, False]
    assert visitors.may("b", NOW)
    later = NOW + timedelta(seconds=30)
    assert [visitors.may("a", later) for _ in range(2)] == [True, False]
    for number in range(MOST_KNOWN + 5):
        visitors.may(str(number), later)
    assert len(visitors._left) <= MOST_KNOWN

"""What an order's pages say in figures: clocks of its own base, zeros that were read, one word for one thing."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from desk.app import create_app
from desk.frame.filters import moment_text
from store import outbox, outbox_attempts, submissions
from tests.unit.api.books import MOSCOW, Books
from tests.unit.desk.order_books import NOW, OrderBooks
from tests.unit.desk.test_orders import page_of, read


def test_times_are_by_the_clock_of_the_base_whose_order_it_is(books: Books) -> None:
    OrderBooks.of(books)
    ours, other = books.settings.sources
    abroad = replace(other, time_zone=ZoneInfo("America/New_York"))
    books.settings = replace(books.settings, sources=(abroad, ours))
    desk = OrderBooks(books, create_app(books.settings, books.store, lambda: NOW))
    desk.needs_approval(amount=10**9)
    one = desk.to("uncertain", why="unclear_answer")
    with desk.store.transaction() as tx:
        outbox_attempts.begin(tx, one.number, 1, "create")
        (asked,) = outbox.attempts(tx, one)
    told = moment_text(asked.at, "en", MOSCOW)
    with desk.browser("ops") as olga:
        assert f"{told} Asked to create it" in page_of(olga, one)
        assert f"olga, {told}" in read(olga, "/desk/orders/rules")
        assert f'title="{told}"' in olga.get("/desk/orders").text


def test_what_was_read_and_is_nothing_is_zero(books: Books) -> None:
    desk = OrderBooks.of(books)
    with desk.browser() as vera:
        assert "Orders on their way to 1C 0.00 RUB" in page_of(vera, desk.placed())


def test_a_cancelled_order_says_so_once(books: Books) -> None:
    desk = OrderBooks.of(books)
    one = desk.placed()
    with desk.store.transaction() as tx:
        submissions.step(tx, one, "cancelled", by="key:1", why="on_request", status="cancelled")
    with desk.browser() as vera:
        for page in (read(vera, "/desk/orders"), page_of(vera, one)):
            assert "Cancelled in 1C" not in page

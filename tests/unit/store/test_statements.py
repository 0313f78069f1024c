"""Statements that live: drawn by both sides, never twice for the same data, agreed, and held to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas.api_keys import Tenancy
from schemas.errors import StoreError
from schemas.events import EventType
from schemas.reconciliation import Line, Statement
from schemas.statements import Asked
from schemas.types import Day, WallClock
from store import (
    events,
    operations,
    reconciliation,
    statement_bodies,
    statement_choices,
    statement_events,
    statement_keeping,
    statement_papers,
    statement_requests,
    statement_steps,
    statements,
)
from store.engine import Store
from store.statement_keeping import Drawn
from store.statements import StatementRow, Sums
from tests.unit.store.desk import SOURCE, Desk
from tests.unit.store.test_balances import entry, movements, parties, refreshed

MARCH = Asked(
    source=SOURCE,
    organization_id="org",
    counterparty_id="party",
    currencies=("RUB", "USD"),
    first_on=date(2026, 3, 1),
    last_on=date(2026, 3, 31),
    by_contract=True,
)
AS_OF = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)


@pytest.fixture
def books(desk: Desk) -> Desk:
    parties(desk)
    movements(desk, *FIRST)
    refreshed(desk)
    return desk


FIRST = (
    entry("key", 1000, recorder_kind="shipping_note"),
    entry("key", -300, 2, recorder_kind="bank_receipt"),
    entry("key", 7, 3, currency="USD"),
)


def hub(store: Store, asked: Asked = MARCH, run: str = "run-1") -> Drawn:
    with store.reading() as tx:
        drawn = tuple(reconciliation.statement(tx, request) for request in asked.requests)
        return Drawn(drawn, checksum_of(drawn), tx.now, run)


def checksum_of(drawn: Sequence[Statement]) -> str:
    return "+".join(statement_bodies.digest(replace(one, producer="store")) for one in drawn)


def said(ours: Drawn, *changes: dict[str, Any]) -> Drawn:
    """The accounting system's drawings: as ours but for the `changes` of each currency."""
    drawn = [
        replace(one, producer="odata", as_of=AS_OF, **(changes[at] if at < len(changes) else {}))
        for at, one in enumerate(ours.statements)
    ]
    return Drawn(tuple(drawn), checksum_of(drawn), AS_OF, "run-2", (None,) * len(drawn))


def kept(store: Store, asked: Asked = MARCH, by: str = "user:ito") -> StatementRow:
    drawn = hub(store, asked)
    with store.transaction() as tx:
        return statement_keeping.keep(tx, asked, by, drawn)


def heard(store: Store, row: StatementRow, *changes: dict[str, Any]) -> StatementRow:
    books = said(hub(store, row.asked), *changes)
    with store.transaction() as tx:
        return statement_keeping.heard(tx, row, books)


def told(store: Store) -> list[tuple[str, str, int]]:
    with store.reading() as tx:
        return [(one.type, one.subject_id, one.version) for one in events.read(tx)]


def test_the_hubs_drawing_waits_for_the_other_and_is_then_compared(books: Desk) -> None:
    row = kept(books.store)
    assert (row.state, row.verdict, row.shown, row.why) == ("draft", "pending", "hub", "asking")
    assert row.is_draft
    assert row.sums == {"RUB": Sums(0, 1000, 300, 700), "USD": Sums(0, 7, 0, 7)}
    done = heard(books.store, row)
    assert (done.id, done.verdict, done.shown, done.differences) == (row.id, "agrees", "books", 0)
    assert (done.why, done.compare_at, done.as_of) == (None, None, AS_OF)
    with books.store.reading() as tx:
        assert statements.get(tx, row.id) == done
        assert statements.by_checksum(tx, done.checksum) == done
        both = statements.drawings(tx, done)
        assert both["hub"] == hub(books.store).statements
        assert statements.shown(tx, done) == both["books"] != both["hub"]
        assert [one.left.producer for one in statements.comparisons(tx, done)] == ["store", "store"]
    assert told(books.store) == [("statement.ready", row.id, 1)]


def test_the_same_data_is_the_same_statement_and_other_data_another(books: Desk) -> None:
    first = heard(books.store, kept(books.store))
    again = kept(books.store, by="key:other")
    assert again.id == first.id
    confirmed = heard(books.store, again)
    assert (confirmed.id, confirmed.as_of, confirmed.version) == (first.id, first.as_of, 2)
    assert confirmed.confirmed_at is not None
    closing = {"closing": 701, "opening": 1}
    other = heard(books.store, again, closing)
    assert (other.number, other.verdict, other.created_by) == (first.number + 1, "unexplained", "user:ito")
    assert heard(books.store, first, closing).id == other.id
    movements(books, *FIRST, entry("key", 5, 9))
    refreshed(books)
    assert kept(books.store).number == other.number + 1
    with books.store.reading() as tx:
        digest = statement_bodies.asked_digest(MARCH)
        newest = statements.newest(tx, digest, SOURCE)
        assert newest is not None
        assert newest.number == other.number + 1
        assert len(statements.list_(tx, SOURCE)) == 3


def test_a_difference_that_has_its_document_is_no_reason_to_stay_a_draft(books: Desk) -> None:
    row = kept(books.store)
    ours = hub(books.store).statements[0]
    lines = (*ours.lines, line(50))
    differs = heard(
        books.store, row, {"lines": lines, "debit": 1050, "closing": 750, "parts": parts_of(ours)}
    )
    assert (differs.verdict, differs.differences) == ("differs", 1)
    assert differs.sums["RUB"] == Sums(0, 1050, 300, 750)
    assert not differs.is_draft


def line(debit: int) -> Line:
    at = WallClock("2026-03-20T10:00:00")
    return Line(at, "doc-late", "shipping_note", "9", Day("2026-03-20"), "", debit, 0, "c1")


def parts_of(ours: Statement) -> Any:
    return tuple(one._replace(debit=one.debit + 50, closing=one.closing + 50) for one in ours.parts)


def test_who_is_limited_to_others_or_to_himself_sees_no_statement(books: Desk) -> None:
    row = kept(books.store)
    party = frozenset({"party"})
    for tenancy, sees in (
        (Tenancy(SOURCE, party), True),
        (Tenancy(SOURCE, frozenset({"stranger"})), False),
        (Tenancy(SOURCE, party, "ito"), False),
        (Tenancy("other"), False),
    ):
        with books.store.reading(tenancy) as tx:
            assert [one.id for one in statements.list_(tx)] == ([row.id] if sees else [])
            assert (statements.get(tx, row.id) is not None) is sees
            if sees:
                assert statements.drawings(tx, row)["hub"]


def test_lists_are_narrowed_and_paged(books: Desk) -> None:
    rows = [
        kept(books.store, replace(MARCH, first_on=date(2026, month, 1), last_on=date(2026, month, 28)))
        for month in (1, 2, 3)
    ]
    done = heard(books.store, rows[1])
    with books.store.reading() as tx:
        page = statements.list_(tx, SOURCE, "party", limit=2)
        assert [one.number for one in page] == [rows[2].number, rows[1].number]
        assert [one.id for one in statements.list_(tx, after=page[-1].number)] == [rows[0].id]
        assert [one.id for one in statements.list_(tx, verdicts=["agrees"])] == [done.id]
        assert len(statements.list_(tx, states=["draft"])) == 3
        found = statements.list_(tx, first_on=date(2026, 2, 28), last_on=date(2026, 2, 28))
        assert [one.id for one in found] == [done.id]


def test_what_may_be_asked_for_is_what_was_settled(books: Desk) -> None:
    with books.store.reading() as tx:
        assert statement_choices.organizations_of(tx, SOURCE, "party") == (("org", "Ромашка"),)
        assert statement_choices.currencies_of(tx, SOURCE, "org", "party") == ("RUB", "USD")
        assert statement_choices.currencies_of(tx, SOURCE, "org", "party", "c1") == ("RUB", "USD")
        assert statement_choices.currencies_of(tx, SOURCE, "org", "party", "c2") == ("USD",)
        assert statement_choices.currencies_of(tx, SOURCE, "org", "party", contract_kind="sale") == (
            "RUB",
            "USD",
        )
        found = [(one.id, one.settled) for one in statement_choices.contracts_of(tx, SOURCE, "party")]
        assert found == [("c1", True), ("c2", False)]
        assert statement_choices.organizations_of(tx, SOURCE, "nobody") == ()


def test_the_paper_names_parties_and_contracts(books: Desk) -> None:
    row = kept(books.store)
    with books.store.reading() as tx:
        parts = statement_papers.parts(tx, row)
        unknown = statement_papers.parts(tx, replace(row, counterparty_id="gone", organization_id=""))
    assert (parts.ours.name, parts.theirs.name) == ("Ромашка", "Покупатель")
    assert parts.contracts == {"c1": "Поставка", "c2": "№ 2"}
    assert (unknown.ours.name, unknown.theirs.name) == ("", "gone")


def test_what_is_asked_for_twice_is_one_operation_until_it_ended(books: Desk) -> None:
    with books.store.transaction() as tx:
        first = statement_requests.ask(tx, MARCH, "user:ito")
        assert statement_requests.ask(tx, MARCH, "key:1").id == first.id
        other = statement_requests.ask(tx, replace(MARCH, by_contract=False), "key:1")
        assert other.id != first.id
        assert statement_requests.asked_of(first) == MARCH
        assert statement_requests.statement_id(first) is None
        with pytest.raises(StoreError, match="under way"):
            statement_requests.ask(tx, replace(MARCH, currencies=("RUB",)), "key:1", most=1)
        assert operations.begin(tx, first.id, "comparing", {"statement_id": "s"})
        assert statement_requests.ask(tx, MARCH, "key:1").id == first.id
        assert not operations.finish(tx, first.id, "run", {}, tx.now)
        operations.take(tx, operations.STATEMENT, SOURCE, "run")
        assert operations.finish(tx, first.id, "run", {"statement_id": "s"}, tx.now)
        assert not operations.begin(tx, first.id, "comparing", {})
        ended = operations.get(tx, first.id)
        assert ended is not None
        assert (ended.state, statement_requests.statement_id(ended), ended.as_of) == (
            "succeeded",
            "s",
            tx.now,
        )
        assert statement_requests.ask(tx, MARCH, "key:1").id != first.id
        failed = operations.fail_one(tx, other.id, "run", error="internal_error", hint="Tell the operator.")
        assert failed is not None
        statement_events.failed(tx, failed)
    wanted: EventType = "statement.failed"
    assert told(books.store) == [(wanted, other.id, 1)]


def test_who_waits_is_asked_for_again_when_its_time_comes(books: Desk) -> None:
    row = kept(books.store)
    now = datetime.now(UTC)
    with books.store.transaction() as tx:
        assert statement_keeping.last_silence(tx, SOURCE) is None
        row = statement_keeping.waits(tx, row, "source_unavailable", now + timedelta(minutes=1), now)
        assert (row.verdict, row.why) == ("pending", "source_unavailable")
        assert statement_keeping.due(tx, SOURCE, now, 9) == []
        assert statement_keeping.last_silence(tx, SOURCE) == row.asked_at == now
        later = now + timedelta(minutes=2)
        assert [one.id for one in statement_keeping.due(tx, SOURCE, later, 9)] == [row.id]
    heard(books.store, row)
    with books.store.reading() as tx:
        assert statement_keeping.last_silence(tx, SOURCE) is None


def test_one_that_was_asked_again_in_vain_stops_waiting_when_another_came_of_it(books: Desk) -> None:
    first = heard(books.store, kept(books.store))
    for changes in ({"closing": 701, "opening": 1}, {}):
        with books.store.transaction() as tx:
            asked = statements.newest(tx, first.digest, SOURCE)
            assert asked is not None
            statement_keeping.waits(tx, asked, "source_unavailable", tx.now, tx.now)
        assert heard(books.store, asked, changes).id != asked.id
        with books.store.reading() as tx:
            assert statement_keeping.due(tx, SOURCE, datetime.now(UTC), 9) == []


def test_a_print_that_has_left_is_told_from_a_later_draft_with_the_same_figures(books: Desk) -> None:
    first = heard(books.store, kept(books.store))
    drawn = said(hub(books.store))
    movements(books, *FIRST, entry("key", 5, 9))
    refreshed(books)
    ours = hub(books.store)
    with books.store.transaction() as tx:
        later = statement_keeping.heard(tx, statement_keeping.keep(tx, MARCH, "key:1", ours), drawn)
        assert (later.checksum, later.state) == (first.checksum, "draft")
        assert statements.by_checksum(tx, first.checksum) == later
        sent = statement_steps.step(tx, first, "sent", by="user:ito")
        assert statements.by_checksum(tx, first.checksum) == sent

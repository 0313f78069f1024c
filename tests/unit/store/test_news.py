from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from schemas import TABLES
from schemas.source import Scope
from store import access_rules, agreement, balances, marks, news, site_terms, told, trading
from store.agreement import Agreement, Difference
from store.engine import Store, Tx
from store.tables_of_news import NEWS
from tests.unit.store.desk import DOCUMENT, KEY, LINE, SOURCE, Desk, document, line, row
from tests.unit.store.test_balances import SEEN, due, entry, movements, parties

PARTNER, PARTY, CONTRACT = (TABLES[name] for name in ("partner", "counterparty", "contract"))
SIGNED = {"by": "Ito", "reason": "house rule"}
Write = Callable[[Desk], object]


def begin(store: Store, *what: str) -> None:
    with store.transaction() as tx:
        for one in what or (news.PARTIES, "shipping_note"):
            told.begin(tx, SOURCE, one, tx.now)


def marked(store: Store) -> dict[str, set[str]]:
    """What is marked now; nothing is any more."""
    with store.transaction() as tx:
        rows = tx.connection.execute(
            select(NEWS.c.kind, NEWS.c.record_id).where(NEWS.c.source == SOURCE)
        ).all()
        tx.connection.execute(NEWS.delete())
    return {kind: {key for one, key in rows if one == kind} for kind, _ in rows}


def version(store: Store) -> int:
    with store.reading() as tx:
        return news.version(tx, SOURCE)


@pytest.fixture
def books(desk: Desk) -> Desk:
    """One counterparty that owes 1.00 under contract c1, whom somebody is told of."""
    parties(desk)
    movements(desk, entry("key", 100), dues=(due("key", 100, "note", currency="RUB"),))
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
    begin(desk.store)
    return desk


def test_nothing_is_marked_before_somebody_is_told(desk: Desk) -> None:
    parties(desk)
    desk.documents(Scope(), document("a"))
    with desk.store.transaction() as tx:
        news.everybody(tx, SOURCE)
        news.parties(tx, SOURCE, ["party"])
    assert marked(desk.store) == {}
    assert version(desk.store) > 0


def test_documents_that_are_new_changed_or_gone_are_marked_and_no_others(desk: Desk) -> None:
    begin(desk.store)
    desk.documents(Scope(), document("a"), document("b"), document("c"))
    assert marked(desk.store) == {"document": {"a", "b", "c"}}
    desk.documents(Scope(), document("a", version="2"), document("b", amount=7))
    assert marked(desk.store) == {"document": {"b", "c"}}


@pytest.mark.parametrize("after", [[line("a", 1, 9)], [line("a", 1), line("a", 2)], []])
def test_a_document_whose_lines_alone_change_is_marked(desk: Desk, after: list[tuple[object, ...]]) -> None:
    begin(desk.store)
    desk.documents(Scope(), document("a"), document("b"), lines=[line("a", 1), line("b", 1)])
    marked(desk.store)
    desk.documents(Scope(), document("a", version="2"), document("b"), lines=[*after, line("b", 1)])
    assert marked(desk.store) == {"document": {"a"}}


def test_documents_of_a_declaration_that_nobody_is_told_of_are_not_marked(desk: Desk) -> None:
    begin(desk.store)
    unit = desk.land(Scope(), entity="order")
    desk.merge(unit, {DOCUMENT: [document("a")], LINE: []}, entity="order")
    assert marked(desk.store) == {}


@pytest.mark.parametrize(
    ("change", "concerned"),
    [
        (lambda desk: desk.whole(PARTY, row(PARTY, id="party", status="closed")), {"party"}),
        (lambda desk: desk.whole(PARTY, row(PARTY, id="party", name="Покупатель", version="2")), None),
        (lambda desk: desk.whole(PARTNER, row(PARTNER, id="partner", extension='{"a":1}')), None),
        (
            lambda desk: desk.whole(
                CONTRACT,
                row(CONTRACT, id="c1", counterparty_id="other", currency="RUB", payment_terms_days=3),
            ),
            {"party"},
        ),
    ],
)
def test_those_whom_a_merge_concerns_are_marked(
    books: Desk, change: Write, concerned: set[str] | None
) -> None:
    before = version(books.store)
    marked(books.store)
    change(books)
    assert marked(books.store) == ({"counterparty": concerned} if concerned else {})
    assert version(books.store) == before + 1


def test_the_counterparties_of_a_partner_are_marked(books: Desk) -> None:
    books.whole(PARTY, row(PARTY, id="party", partner_id="partner"), row(PARTY, id="other"))
    marked(books.store)
    books.whole(PARTNER, row(PARTNER, id="partner", extension='{"segment":{"value":"A"}}'))
    assert marked(books.store) == {"counterparty": {"party"}}


def test_those_whose_balances_are_derived_are_marked(books: Desk) -> None:
    marked(books.store)
    movements(books, entry("key", 200), dues=(due("key", 200, "note", currency="RUB"),))
    assert marked(books.store) == {}
    with books.store.transaction() as tx:
        balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))
    assert marked(books.store) == {"counterparty": {"party"}}
    with books.store.transaction() as tx:
        balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))
    assert marked(books.store) == {}
    with books.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
    assert marked(books.store) == {"everybody": {""}}


def test_who_had_the_movements_before_is_marked_too(books: Desk) -> None:
    books.whole(PARTY, row(PARTY, id="party"), row(PARTY, id="other"))
    marked(books.store)
    owner = {"organization_id": "org", "counterparty_id": "other", "contract_id": "c1"}
    books.whole(KEY, row(KEY, id="key", **owner))
    with books.store.transaction() as tx:
        balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))
    assert marked(books.store) == {"counterparty": {"party", "other"}}


@pytest.mark.parametrize(
    ("say", "end", "concerned"),
    [
        (
            lambda tx: access_rules.add_rule(tx, SOURCE, state="blocked", days=3, **SIGNED),
            access_rules.end_rule,
            {"everybody": {""}},
        ),
        (
            lambda tx: access_rules.add_override(tx, SOURCE, "party", state="blocked", **SIGNED),
            access_rules.end_override,
            {"counterparty": {"party"}},
        ),
        (
            lambda tx: trading.suspend(tx, SOURCE, "party", from_on=date(2026, 1, 1), **SIGNED),
            trading.end,
            {"counterparty": {"party"}},
        ),
        (
            lambda tx: site_terms.add(
                tx, SOURCE, "counterparty", "party", days=3, valid_from=date(2026, 1, 1), **SIGNED
            ),
            site_terms.end,
            {"counterparty": {"party"}},
        ),
        (
            lambda tx: site_terms.add(
                tx, SOURCE, "contract", "c1", days=3, valid_from=date(2026, 1, 1), **SIGNED
            ),
            site_terms.end,
            {"counterparty": {"party"}},
        ),
    ],
)
def test_those_whom_a_word_on_the_site_concerns_are_marked_when_it_is_said_and_when_it_ends(
    books: Desk, say: Callable[[Tx], int], end: Callable[..., None], concerned: dict[str, set[str]]
) -> None:
    marked(books.store)
    with books.store.transaction() as tx:
        number = say(tx)
    assert marked(books.store) == concerned
    with books.store.transaction() as tx:
        end(tx, number, **SIGNED)
    assert marked(books.store) == concerned


def test_those_whose_figures_differ_and_no_longer_differ_are_marked(books: Desk) -> None:
    marked(books.store)
    difference = Difference("settlement_entry", "amount", "key", "RUB", 1, 2)
    made = Agreement(SOURCE, "night", "run", SEEN, SEEN, None, 1, 1, 1, "differs", None, (difference,))
    with books.store.transaction() as tx:
        agreement.save(tx, made)
    assert marked(books.store) == {"counterparty": {"party"}}
    clean = Agreement(SOURCE, "night", "run", SEEN, SEEN, None, 1, 0, 1, "agreed")
    with books.store.transaction() as tx:
        agreement.save(tx, clean)
    assert marked(books.store) == {"counterparty": {"party"}}


def test_a_version_is_counted_up_once_in_a_transaction_and_not_for_another_source(books: Desk) -> None:
    before = version(books.store)
    with books.store.transaction() as tx:
        news.bump(tx, SOURCE)
        news.parties(tx, SOURCE, ["party"])
        balances.still_true(tx, SOURCE, datetime.now(UTC))
        news.bump(tx, "other")
    with books.store.reading() as tx:
        assert (news.version(tx, SOURCE), news.version(tx, "other")) == (before + 1, 1)


def test_writers_who_mark_the_same_do_not_stop_each_other(books: Desk) -> None:
    marked(books.store)
    before, failed = version(books.store), []

    def write(names: list[str]) -> None:
        try:
            for name in names * 5:
                with books.store.transaction() as tx:
                    news.parties(tx, SOURCE, [name])
                    news.documents(tx, SOURCE, "shipping_note", [name])
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(names,)) for names in (["a", "b"], ["b", "a"], ["a"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert version(books.store) == before + 25
    assert marked(books.store) == {"counterparty": {"a", "b"}, "document": {"a", "b"}}


@pytest.mark.parametrize(
    "write",
    [
        lambda desk: desk.documents(Scope(), document("late")),
        lambda desk: desk.whole(PARTY, row(PARTY, id="late")),
    ],
)
def test_what_is_written_while_the_first_look_is_under_way_is_marked(desk: Desk, write: Write) -> None:
    """Whoever began before it did not look which rows changed, for nobody was told of them: then it is everything."""
    unlooked, looked = threading.Event(), threading.Event()
    begun = news.begun

    def slow(tx: Tx, source: str) -> frozenset[str]:
        found = begun(tx, source)
        if not unlooked.is_set():
            unlooked.set()
            looked.wait(0.15 if tx.dialect == "sqlite" else 5)
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(news, "begun", slow)
        writer = threading.Thread(target=write, args=(desk,))
        writer.start()
        assert unlooked.wait(5)
        with desk.store.transaction() as tx:
            news.count_up(tx, SOURCE)
            for one in (news.PARTIES, "shipping_note"):
                told.begin(tx, SOURCE, one, tx.now)
        looked.set()
        writer.join()
    waits = desk.store.engine.dialect.name == "sqlite"  # there the look comes after all of it, and sees it
    assert marked(desk.store) == ({} if waits else {"everybody": {""}})


def test_marks_of_one_subject_are_taken_together(books: Desk) -> None:
    marked(books.store)
    for name in ("a", "b", "a"):
        with books.store.transaction() as tx:
            news.parties(tx, SOURCE, [name])
    with books.store.transaction() as tx:
        taken = marks.take(tx, SOURCE, 1)
        assert taken is not None
        assert (taken.subjects, len(taken.marks)) == ({"a"}, 2)
        assert marks.drop(tx, taken.marks)
        assert not marks.drop(tx, taken.marks)
        assert tx.connection.execute(select(NEWS.c.record_id)).scalars().all() == ["b"]

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assets.what_to_tell import Moment, party_states
from store import access_rules, news, party_facts, told, told_parties
from store.told import Told
from tests.unit.api.books import PARTY, Books, guid

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def either(database_url: str, tmp_path: Path) -> Iterator[Books]:
    """On each of both databases."""
    opened = Books.open(database_url, tmp_path / "landing")
    opened.parties()
    yield opened
    opened.store.close()


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "landing")
    opened.parties()
    yield opened
    opened.store.close()


def tell(books: Books) -> None:
    """As who tells the storefront does."""
    source = books.settings.sources[0]
    with books.store.transaction() as tx:
        common = party_facts.setting(tx, "ut11")
        facts = party_facts.of(tx, books.settings, source, common, [PARTY], NOW)[PARTY]
        states = party_states(Moment(source, NOW), facts)
        told.begin(tx, "ut11", news.PARTIES, NOW)
        told.put(tx, "ut11", [Told(topic, PARTY, 1, state) for topic, state in states.items()], NOW)


def test_who_is_late_is_told_by_currency(either: Books) -> None:
    late = {"settled_kind": "shipping_note", "arose_on": "2026-01-01"}
    items = [
        {"settled_id": guid(100), "debt": 70_050, **late},
        {"settled_id": guid(101), "debt": 5, **late},
        {"settled_id": guid(102), "debt": 900, "currency": "JPY", **late},
    ]
    either.settle([("RUB", 70_055), ("JPY", 900)], items)
    tell(either)
    with either.store.reading() as tx:
        assert told_parties.overdue(tx, "ut11") == {PARTY: {"RUB": 70_055, "JPY": 900}}
        assert told_parties.restricted(tx, "ut11") == set()
        assert told_parties.is_judged(tx, "ut11")


def test_who_is_not_late_is_not_among_them(books: Books) -> None:
    books.settle([("RUB", -100)], [])
    tell(books)
    with books.store.reading() as tx:
        assert told_parties.overdue(tx, "ut11") == {}


def test_who_may_not_open_everything_is_restricted(books: Books) -> None:
    with books.store.transaction() as tx:
        access_rules.add_override(tx, "ut11", PARTY, state="balance_only", by="ann", reason="letter 7")
    tell(books)
    with books.store.reading() as tx:
        assert told_parties.restricted(tx, "ut11") == {PARTY}


def test_an_access_opened_by_hand_restricts_nobody(books: Books) -> None:
    with books.store.transaction() as tx:
        access_rules.add_override(tx, "ut11", PARTY, state="open", by="ann", reason="letter 7")
    tell(books)
    with books.store.reading() as tx:
        assert told_parties.restricted(tx, "ut11") == set()


def test_before_the_first_look_nothing_is_judged(books: Books) -> None:
    with books.store.reading() as tx:
        assert not told_parties.is_judged(tx, "ut11")
        assert told_parties.overdue(tx, "ut11") == {}

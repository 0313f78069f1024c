"""What the accounting document needs beside the order, from both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from schemas.errors import StoreError
from schemas.orders import Order, OrderLine
from store import document_facts, submissions
from store.engine import Tx
from store.submissions import Submission
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, Books, guid, record

ITEM, LOOSE, PIECE, BOX, RUBLE, TWICE, PARTNER = (guid(number) for number in range(20, 27))


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    books = Books.open(database_url, tmp_path / "landing")
    books.parties()
    books.put("counterparty", [record("counterparty", id=PARTY, name="Покупатель", partner_id=PARTNER)])
    books.put(
        "currency",
        [
            record("currency", id=RUBLE, code="RUB", deletion_mark=True),
            record("currency", id=TWICE, code="RUB"),
        ],
    )
    books.put("unit", [record("unit", id=PIECE, factor=1_000_000), record("unit", id=BOX, factor=12_000_000)])
    books.put("item", [record("item", id=ITEM, unit_id=PIECE), record("item", id=LOOSE)])
    yield books
    books.store.close()


def order(*units: str | None, currency: str = "RUB", party: str = PARTY) -> Order:
    lines = tuple(
        OrderLine(item_id=ITEM, unit_id=unit, quantity=1_000_000, price=1_000_000, amount=100)
        for unit in units
    )
    loose = OrderLine(item_id=LOOSE, quantity=1_000_000, price=1_000_000, amount=100)
    return Order(
        counterparty_id=party, organization_id=ORGANIZATION, contract_id=CONTRACT, currency=currency,
        lines=(*lines, loose), amount=100,
    )  # fmt: skip


def placed(tx: Tx, content: Order, reference: str = "П-1") -> Submission:
    named = {"counterparty_id": content.counterparty_id}
    return submissions.add(
        tx, source="ut11", kind="order", lane=content.counterparty_id, reference=reference, body=content.body(),
        by="key:1", named=named,
    )  # fmt: skip


def test_keys_factors_and_the_day_by_the_bases_calendar(books: Books) -> None:
    content = order(BOX, None, PIECE)
    with books.store.transaction() as tx:
        submission = placed(tx, content)
        zone = ZoneInfo("Pacific/Kiritimati")
        found = document_facts.gather(tx, submission, content, zone)
        assert found.placed_on == tx.now.astimezone(zone).date().isoformat()
    assert (found.id, found.reference, found.exponent) == (submission.id, "П-1", 2)
    assert (found.partner_id, found.currency_id, found.manager_id) == (PARTNER, TWICE, None)
    assert found.settlement_order == "by_contract"
    assert found.own_units == {ITEM: PIECE, LOOSE: None}
    assert found.factors == {PIECE: 1_000_000, BOX: 12_000_000}


def test_what_the_store_does_not_know_is_named(books: Books) -> None:
    for content, what in (
        (order(guid(99)), "package"),
        (order(currency="USD"), "currency"),
        (order(party=guid(98)), "counterparty"),
    ):
        with books.store.transaction() as tx, pytest.raises(StoreError, match=what):
            document_facts.gather(tx, placed(tx, content, what), content, ZoneInfo("UTC"))

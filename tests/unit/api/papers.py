"""Documents for tests of the journal: two companies, one with a branch, and the papers of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from schemas import TABLES
from schemas.source import RawPage, RawUnit, Scope
from store import landing, records
from tests.unit.api.books import CONTRACT, MEMO, ORGANIZATION, PARTY, READ_AT, STRANGER, Books, guid, record

BRANCH, BRANCH_CONTRACT, PARTNER, PERSON, MANAGER = map(guid, range(20, 25))
ORDER, INVOICE, NOTE, RETURN, TAX, BANK, CASH, DRAFT, OTHERS, OF_BRANCH = map(guid, range(100, 110))
ITEM, PIECE = guid(200), guid(201)


def paper(key: str, **given: Any) -> tuple[Any, ...]:
    """A posted document of PARTY under its contract."""
    blank = {
        "kind": "shipping_note",
        "posted": True,
        "dated_at": "2026-11-01T12:00:00",
        "number": key[-3:],
        "organization_id": ORGANIZATION,
        "counterparty_id": PARTY,
        "contract_id": CONTRACT,
        "currency": "RUB",
        "amount": 10_000,
        "internal_memo": MEMO,
    }
    return record("document", id=key, **{**blank, **given})


def companies(books: Books) -> None:
    """PARTY with its BRANCH and a person, and a STRANGER."""
    books.parties()
    people = [
        record(
            "counterparty", id=PARTY, name="Покупатель", kind="company", status="active", partner_id=PARTNER
        ),
        record("counterparty", id=BRANCH, name="Филиал", kind="company", status="active", head_id=PARTY),
        record("counterparty", id=STRANGER, name="Чужой", kind="company", status="active"),
    ]
    books.put("counterparty", people)
    books.put("contact", [record("contact", id=PERSON, partner_id=PARTNER, name="Ito")])


def papers(books: Books) -> None:
    """An order with what came of it, a draft, and documents of the branch and of the stranger."""
    companies(books)
    books.put("document", every())


def every() -> Iterator[tuple[Any, ...]]:
    of_order = {"order_id": ORDER, "base_id": ORDER, "base_kind": "order"}
    of_note = {"base_id": NOTE, "base_kind": "shipping_note"}
    bank = {
        "kind": "bank_receipt",
        "purpose": "за товар",
        "external_number": "77",
        "external_on": "2026-11-04",
    }
    yield paper(ORDER, kind="order", status="to_ship", dated_at="2026-11-01T09:00:00", contact_id=PERSON)
    yield paper(INVOICE, kind="invoice", status="issued", dated_at="2026-11-01T10:00:00", **of_order)
    yield paper(NOTE, status="shipped", dated_at="2026-11-02T23:59:59", **of_order)
    yield paper(RETURN, kind="return_note", dated_at="2026-11-03T10:00:00", amount=1_000, **of_note)
    yield paper(TAX, kind="tax_invoice", dated_at="2026-11-03T00:00:00", vat_amount=1_500, **of_note)
    yield paper(BANK, dated_at="2026-11-04T10:00:00", amount=7_000, status="cleared", **bank)
    yield paper(CASH, kind="cash_receipt", dated_at="2026-11-05T10:00:00", amount=4_000)
    yield paper(DRAFT, kind="order", posted=False, dated_at="2026-11-06T10:00:00")
    yield paper(OTHERS, counterparty_id=STRANGER, contract_id=None, dated_at="2026-11-07T10:00:00")
    yield paper(OF_BRANCH, counterparty_id=BRANCH, contract_id=None, dated_at="2026-11-08T10:00:00")


def put(books: Books, main: str, rows: Iterable[tuple[Any, ...]], **parts: list[tuple[Any, ...]]) -> None:
    """Land and merge a complete set with its nested rows, each kind of them by the table's name."""
    every = list(rows)
    body = json.dumps([every, parts], default=str).encode()
    page = RawPage(f"/{main}", body, READ_AT, 0.1, "application/json")
    landing.save(books.store, "ut11", main, RawUnit(Scope(), (page,)), run_id="papers")
    (unit,) = landing.pending(books.store, "ut11", main)
    place = {row[0]: number for number, row in enumerate(every)}  # a nested row is where its record is
    placed = {
        TABLES[name]: [(*row, unit.pages[0].id, place[row[0]]) for row in given]
        for name, given in {main: every, **parts}.items()
    }
    how: dict[str, Any] = {"source": "ut11", "entity": main, "main": TABLES[main], "unit": unit}
    batch = records.Batch(placed, [], len(every))
    with books.store.transaction() as tx:
        records.merge(tx, **how, batch=batch, mapping_digest="test", run_id="papers", period=None)

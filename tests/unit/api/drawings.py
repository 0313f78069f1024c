"""Statements in small books, drawn as the hub's worker draws them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from printing.checksum import checksum
from schemas.reconciliation import Line, Statement
from schemas.statements import Asked
from schemas.types import Day, WallClock
from store import agreed, balances, reconciliation, statement_keeping, statements
from store.statement_keeping import Drawn
from store.statements import StatementRow
from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, STRANGER, Books, guid, record

NOTE, BANK, EURO = map(guid, range(500, 503))
THEIR_KEY, THEIR_CONTRACT = guid(510), guid(511)
NOVEMBER: dict[str, Any] = {"first_on": date(2026, 11, 1), "last_on": date(2026, 11, 30)}


def settled(books: Books) -> None:
    """PARTY owes for a shipping note, less a payment, and something in euros; the STRANGER owes too."""
    books.parties()
    people = [("Покупатель", PARTY), ("Чужой", STRANGER)]
    books.put(
        "counterparty", [record("counterparty", id=key, name=name, kind="company") for name, key in people]
    )
    owners = [(KEY, PARTY, CONTRACT), (THEIR_KEY, STRANGER, THEIR_CONTRACT)]
    books.put(
        "settlement_key",
        [
            record(
                "settlement_key",
                id=key,
                organization_id=ORGANIZATION,
                counterparty_id=party,
                contract_id=contract,
            )
            for key, party, contract in owners
        ],
    )
    papers = [
        (NOTE, "shipping_note", "РТ-17"),
        (BANK, "bank_receipt", "88"),
        (EURO, "shipping_note", "РТ-18"),
    ]
    books.put(
        "document",
        [
            record(
                "document",
                id=key,
                kind=kind,
                number=number,
                posted=True,
                dated_at="2026-11-01T12:00:00",
                organization_id=ORGANIZATION,
                counterparty_id=PARTY,
                contract_id=CONTRACT,
                currency="RUB",
            )
            for key, kind, number in papers
        ],
    )
    moved = [
        (NOTE, "shipping_note", "RUB", 100_000, KEY),
        (BANK, "bank_receipt", "RUB", -30_050, KEY),
        (EURO, "shipping_note", "EUR", 700, KEY),
        (guid(520), "shipping_note", "RUB", 5_500, THEIR_KEY),
    ]
    move(books, *moved)


def move(books: Books, *moved: tuple[str, str, str, int, str]) -> None:
    """All movements there are: recorder, its kind, currency, amount, settlement key."""
    names = ("recorder_id", "recorder_kind", "currency", "amount", "settlement_key_id")
    rows = [
        record(
            "settlement_entry",
            **dict(zip(names, one, strict=True)),
            line_no=place,
            at="2026-11-01T12:00:00",
            active=True,
        )
        for place, one in enumerate(moved, 1)
    ]
    books.put("settlement_entry", rows)
    with books.store.transaction() as tx:
        balances.refresh(tx, "ut11")


def asked(party: str = PARTY, *currencies: str, **more: Any) -> Asked:
    return Asked(
        source="ut11",
        organization_id=ORGANIZATION,
        counterparty_id=party,
        currencies=currencies or ("RUB",),
        **{**NOVEMBER, **more},
    )


def drawn(books: Books, what: Asked, by: str = "key:1") -> StatementRow:
    """By the hub alone: its verdict is pending."""
    with books.store.reading() as tx:
        ours = tuple(reconciliation.statement(tx, request) for request in what.requests)
    with books.store.transaction() as tx:
        return statement_keeping.keep(tx, what, by, _drawn(ours, tx.now))


def heard(books: Books, row: StatementRow, *changes: dict[str, Any]) -> StatementRow:
    """The accounting system says the same, but for the `changes` of each currency."""
    with books.store.reading() as tx:
        ours = [reconciliation.statement(tx, request) for request in row.asked.requests]
    theirs = tuple(
        replace(one, producer="odata", **(changes[place] if place < len(changes) else {}))
        for place, one in enumerate(ours)
    )
    with books.store.transaction() as tx:
        return statement_keeping.heard(tx, row, _drawn(theirs, tx.now))


def differing(books: Books) -> StatementRow:
    """The accounting system has a document more than the hub."""
    row = drawn(books, asked())
    with books.store.reading() as tx:
        (ours,) = statements.shown(tx, row)
    at = WallClock("2026-11-20T10:00:00")
    late = Line(at, guid(700), "shipping_note", "РТ-99", Day("2026-11-20"), "", 500, 0, CONTRACT)
    change = {"lines": (*ours.lines, late), "debit": ours.debit + 500, "closing": ours.closing + 500}
    return heard(books, row, change)


def detect(books: Books) -> None:
    with books.store.transaction() as tx:
        agreed.detect(tx, "ut11")


def _drawn(told: tuple[Statement, ...], now: Any) -> Drawn:
    return Drawn(told, checksum(told), now, "run")

"""Statements in a small set of books, and a browser of an accountant before them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from printing.checksum import checksum
from schemas.languages import Language
from schemas.reconciliation import Statement
from schemas.statements import Asked, State
from store import balances, reconciliation, statement_keeping, statement_steps, statements
from store.statement_keeping import Drawn
from store.statements import StatementRow
from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, Books, guid, record
from tests.unit.desk.signed_in import browser

SOURCE = "ut11"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
NOTE, RECEIPT, RETURN = guid(10_001), guid(10_002), guid(10_003)
DOCUMENTS = (
    (NOTE, "shipping_note", "УТ-000101", "2026-11-03T10:00:00", 1_250_000),
    (RECEIPT, "bank_receipt", "УТ-000017", "2026-11-10T12:00:00", -1_000_000),
    (RETURN, "return_note", "УТ-000003", "2026-11-12T12:00:00", -50_000),
)
NOVEMBER = Asked(
    source=SOURCE,
    organization_id=ORGANIZATION,
    counterparty_id=PARTY,
    currencies=("RUB",),
    first_on=date(2026, 11, 1),
    last_on=date(2026, 11, 22),
)
OCTOBER = replace(NOVEMBER, first_on=date(2026, 10, 1), last_on=date(2026, 10, 31))


@dataclass
class StatementBooks:
    books: Books

    @classmethod
    def of(cls, books: Books) -> StatementBooks:
        books.parties()
        made = cls(books)
        made.moves()
        return made

    @property
    def store(self) -> Any:
        return self.books.store

    def moves(self, **amounts: int) -> None:
        """Every document once; `amounts` by number are other ones than DOCUMENTS says."""
        self.books.entries = 0
        documents, movements = [], []
        for key, kind, number, at, amount in DOCUMENTS:
            amount = amounts.get(number[-3:].replace("-", "_"), amount)
            owned = {"counterparty_id": PARTY, "organization_id": ORGANIZATION, "contract_id": CONTRACT}
            told = {"kind": kind, "number": number, "dated_at": at, "posted": True, "currency": "RUB"}
            documents.append(record("document", id=key, **told, **owned))
            said = {"recorder_id": key, "recorder_kind": kind, "currency": "RUB", "amount": amount, "at": at}
            movements.append(
                record("settlement_entry", line_no=1, active=True, settlement_key_id=KEY, **said)
            )
        self.books.put("document", documents)
        self.books.put("settlement_entry", movements)
        self.books.put("due_entry", [])
        with self.store.transaction() as tx:
            balances.refresh(tx, SOURCE)

    def hub(self, asked: Asked = NOVEMBER) -> Drawn:
        with self.store.reading() as tx:
            drawn = tuple(reconciliation.statement(tx, request) for request in asked.requests)
            return Drawn(drawn, checksum(drawn), tx.now, "run-1")

    def drawn(self, asked: Asked = NOVEMBER) -> StatementRow:
        """The hub's statement, which the accounting system was not heard about."""
        hub = self.hub(asked)
        with self.store.transaction() as tx:
            return statement_keeping.keep(tx, asked, "user:vera", hub)

    def compared(self, *without: str, opening: int = 0, asked: Asked = NOVEMBER) -> StatementRow:
        """The accounting system says the same; `without` are documents it lacks, `opening` what it has more."""
        (ours,) = self.hub(asked).statements
        return self._heard(self.drawn(asked), _without(ours, without, opening))

    def unexplained(self) -> StatementRow:
        """The accounting system's closing balance is another, and no document tells why."""
        (ours,) = self.hub().statements
        return self._heard(self.drawn(), replace(ours, closing=ours.closing + 777))

    def _heard(self, row: StatementRow, told: Statement) -> StatementRow:
        theirs = replace(told, producer="soap")
        heard = Drawn((theirs,), checksum([theirs]), NOW, "run-2", (None,))
        with self.store.transaction() as tx:
            return statement_keeping.heard(tx, row, heard)

    def stepped(self, row: StatementRow, *states: State) -> StatementRow:
        with self.store.transaction() as tx:
            for state in states:
                row = statement_steps.step(tx, row, state, by="user:vera", note="said so")
        return row

    def now(self, row: StatementRow) -> StatementRow:
        with self.store.reading() as tx:
            found = statements.get(tx, row.id)
        assert found is not None
        return found

    def browser(self, language: Language = "en", now: datetime = NOW) -> TestClient[Litestar]:
        login = f"vera-{language}"
        return browser(self.store, self.books.settings, language=language, login=login, clock=lambda: now)


def _without(ours: Statement, documents: tuple[str, ...], opening: int) -> Statement:
    lines = tuple(line for line in ours.lines if line.document_id not in documents)
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    start = ours.opening + opening
    return replace(
        ours, opening=start, lines=lines, debit=debit, credit=credit, closing=start + debit - credit
    )

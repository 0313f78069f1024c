"""Files of documents that the hub prints itself: what is asked for is made, or fails with what to do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from assets import document_files
from assets.source import sources
from assets.sync import Run
from schemas import TABLES
from schemas.errors import StoreError
from schemas.print_forms import PrintForm
from store import document_papers, file_requests, files, operations, records
from store.file_requests import Wanted
from store.operations import Operation
from tests.unit.api import papers
from tests.unit.api.books import PARTY, STRANGER, Books, guid, record
from tests.unit.api.papers import BANK, DRAFT, INVOICE, NOTE, ORDER, RETURN, paper
from tests.unit.api.test_document_detail import fill

RUN = Run("run-1", "ut11_files")


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Books]:
    made = Books.open(url, folder / "landing")
    papers.companies(made)
    fill(made)
    yield made
    made.store.close()


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    with opened(sqlite_url, tmp_path) as made:
        yield made


@pytest.fixture
def books_on_any(database_url: str, tmp_path: Path) -> Iterator[Books]:
    with opened(database_url, tmp_path) as made:
        yield made


def asked(books: Books, document: str, form: PrintForm, party: str = PARTY) -> Operation:
    wanted = Wanted(source="ut11", counterparty_id=party, document_id=document, form=form, language="ru")
    with books.store.transaction() as tx:
        found = file_requests.ask(tx, wanted, by="key:1", most=20)
    assert found is not None
    return found


def work(books: Books) -> document_files.Done:
    return document_files.work(books.store, sources(books.settings)[0], RUN)


def ended(books: Books, one: Operation) -> Operation:
    with books.store.reading() as tx:
        found = operations.get(tx, one.id)
    assert found is not None
    return found


def text(books: Books, one: Operation) -> str:
    """What the file that an operation made says."""
    with books.store.reading() as tx:
        row = files.get(tx, ended(books, one).result["file_id"])
    assert row is not None
    read = PdfReader(io.BytesIO(files.read(books.store, row)))
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


def test_what_is_asked_for_is_made_once_and_says_what_the_books_say(books_on_any: Books) -> None:
    books = books_on_any
    note, again = asked(books, NOTE, "shipping_note"), asked(books, NOTE, "shipping_note")
    receipt = asked(books, BANK, "payment_receipt")
    assert again.id == note.id
    done = work(books)
    assert (done.asked, done.by_hub, done.by_books, done.failed) == (2, 2, 0, 0)
    assert [ended(books, one).state for one in (note, receipt)] == ["succeeded"] * 2
    assert [
        word for word in ("Болт", "B-1", "2,5 шт", "100,00", "Наша фирма") if word not in text(books, note)
    ] == []
    assert [
        word for word in ("за товар", "№ 77 от 04.11.2026", "70,00") if word not in text(books, receipt)
    ] == []
    with books.store.reading() as tx:
        (row,) = files.latest(tx, "ut11", "document", NOTE)
        version = records.get(tx, TABLES["document"], "ut11", (NOTE,)).version  # type: ignore[union-attr]
        assert (row.origin, row.version, row.of_version) == ("hub", 1, version)
        assert file_requests.last(tx, "ut11", PARTY, NOTE) == {("shipping_note", "ru"): ended(books, note)}
    asked(books, NOTE, "shipping_note")
    work(books)
    with books.store.reading() as tx:
        assert files.latest(tx, "ut11", "document", NOTE) == [row]


def test_an_invoice_has_the_lines_of_its_order_where_they_come_to_its_amount(books: Books) -> None:
    with books.store.reading() as tx:
        whole = document_papers.paper(tx, "ut11", INVOICE, "invoice")
    assert [(line.name, line.amount, line.vat) for line in whole.lines] == [("Болт", 8_333, 1_667)]
    assert (whole.vat_is_on_top, whole.order and whole.order.number) == (True, ORDER[-3:])
    part: dict[str, Any] = {"kind": "invoice", "amount": 5_000, "order_id": ORDER, "base_id": ORDER}
    lines = [record("document_line", document_id=ORDER, line_no=1, amount=8_333, vat=1_667)]
    papers.put(books, "document", [*papers.every(), paper(guid(304), **part)], document_line=lines)
    with books.store.reading() as tx:
        assert document_papers.paper(tx, "ut11", guid(304), "invoice").lines == ()


@pytest.mark.parametrize(
    ("document", "form", "party", "error"),
    [
        (RETURN, "return_note", PARTY, "not_printable"),  # its lines do not come to its amount
        (DRAFT, "invoice", PARTY, "not_printable"),
        (guid(999), "shipping_note", PARTY, "not_printable"),
        (NOTE, "shipping_note", STRANGER, "not_printable"),  # it was written to another company meanwhile
        (NOTE, "torg12", PARTY, "source_refused"),
    ],
)
def test_what_cannot_be_printed_fails_with_what_to_do(
    books: Books, document: str, form: PrintForm, party: str, error: str
) -> None:
    one = asked(books, document, form, party)
    assert work(books).failed == 1
    found = ended(books, one)
    assert (found.state, found.error) == ("failed", error)
    assert found.hint
    with books.store.reading() as tx:
        assert files.latest(tx, "ut11", "document", document) == []


def test_one_that_breaks_lets_the_others_be_made_and_the_run_fail(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tx: Any, source: str, document: str, form: PrintForm) -> Any:
        if document == NOTE:
            raise StoreError("a disk is full", hint="make room")
        return real(tx, source, document, form)

    real = document_papers.paper
    monkeypatch.setattr(document_papers, "paper", broken)
    note, receipt = asked(books, NOTE, "shipping_note"), asked(books, BANK, "payment_receipt")
    with pytest.raises(StoreError, match="disk"):
        work(books)
    assert [ended(books, one).state for one in (note, receipt)] == ["failed", "succeeded"]
    assert ended(books, note).error == "internal_error"


def test_what_a_run_that_died_has_left_is_made_by_the_next(books: Books) -> None:
    one = asked(books, NOTE, "shipping_note")
    with books.store.transaction() as tx:
        operations.take(tx, operations.FILE, "ut11", "a run that died")
    assert work(books).by_hub == 1
    assert ended(books, one).state == "succeeded"

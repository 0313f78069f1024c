"""Files of documents at the desk: having one made, watching it come, taking it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets import document_files
from assets.source import sources
from assets.sync import Run
from schemas.languages import LANGUAGES, Language
from store import audit, files
from tests.unit.api import papers
from tests.unit.api.books import PARTY, Books, guid
from tests.unit.api.papers import NOTE, ORDER, RETURN, paper
from tests.unit.api.test_document_detail import fill
from tests.unit.api.test_document_files import fill_anew
from tests.unit.desk.signed_in import LOGIN, browser, htmx

FILES = f"/desk/documents/ut11:{NOTE}/files"
FILE = f"{FILES}/shipping_note?language=en"
WANTED = {"form": "shipping_note", "language": "en"}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "landing")
    papers.companies(opened)
    fill(opened)
    yield opened
    opened.store.close()


def signed_in(books: Books, language: Language = "en") -> TestClient[Litestar]:
    return browser(books.store, books.settings, language=language)


def printing(books: Books) -> Books:
    """Books whose base prints: its address leads nowhere."""
    first, *others = books.settings.sources
    one = replace(first, soap_url="http://127.0.0.1:1/ws/saldo.1cws")
    return replace(books, settings=replace(books.settings, sources=(one, *others)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_is_made_shown_and_taken(books: Books, language: Language) -> None:
    with signed_in(books, language) as client:
        assert "hx-trigger" not in client.get(FILES, headers=htmx(client)).text
        made = client.post(
            FILES, data={**WANTED, "csrf": client.headers["x-csrf-token"]}, headers=htmx(client)
        )
        assert (made.status_code, FILE in made.text) == (200, True)
        taken = client.get(FILE)
    assert (taken.status_code, taken.content[:5]) == (200, b"%PDF-")
    assert taken.headers["content-disposition"].startswith("attachment")
    with books.store.reading() as tx:
        (row,) = files.latest(tx, "ut11", "document", NOTE)
        assert [one.by for one in files.readers(tx, row)] == [f"user:{LOGIN}"]
        said = [(one.operation, one.key_number, one.counterparty_id) for one in audit.read(tx, limit=2)]
    assert said == [("getDocumentFile", f"user:{LOGIN}", PARTY), ("makeDocumentFile", f"user:{LOGIN}", PARTY)]


def test_what_is_being_made_is_looked_at_again_with_growing_pauses(books: Books) -> None:
    books = printing(books)
    with signed_in(books) as client:
        first = client.post(FILES, data=WANTED, headers=htmx(client)).text
        assert "Being made" in first
        assert f'hx-get="{FILES}?n=1" hx-trigger="load delay:300ms"' in first
        assert (
            f'hx-get="{FILES}?n=2" hx-trigger="load delay:390ms"'
            in client.get(f"{FILES}?n=1", headers=htmx(client)).text
        )
        document_files.work(books.store, sources(books.settings)[0], Run("run-1", "test"))
        shown = client.get(FILES, headers=htmx(client)).text
    assert "Printed by the hub" in shown
    assert "hx-trigger" not in shown


def test_what_changed_since_it_was_downloaded_says_so(books: Books) -> None:
    with signed_in(books) as client:
        client.post(FILES, data=WANTED, headers=htmx(client))
        client.get(FILE)
        others = [one for one in papers.every() if one[0] != NOTE]
        fill_anew(books, [*others, paper(NOTE, version="2", purpose="changed")])
        shown = client.get(FILES, headers=htmx(client)).text
        assert "The document has changed since" in shown
        assert "Changed since you downloaded it" not in shown
        shown = client.post(FILES, data=WANTED, headers=htmx(client)).text
    assert "The document has changed since" not in shown
    assert "Changed since you downloaded it" in shown


@pytest.mark.parametrize(
    ("document", "wanted", "status"),
    [
        (NOTE, {"form": "torg12"}, 422),
        (NOTE, {"form": "<b>"}, 422),
        (RETURN, {"form": "return_note"}, 409),
        (guid(999), WANTED, 404),
        ("no-guid", WANTED, 404),
    ],
)
def test_what_cannot_be_printed_is_told_calmly(
    books: Books, document: str, wanted: dict[str, str], status: int
) -> None:
    with signed_in(books) as client:
        answer = client.post(f"/desk/documents/ut11:{document}/files", data=wanted, headers=htmx(client))
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert 'role="alert"' in answer.text


def test_without_scripts_the_page_of_the_document_comes_back(books: Books) -> None:
    with signed_in(books) as client:
        answer = client.post(FILES, data=WANTED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/documents/ut11:{NOTE}")


def test_documents_that_are_not_printed_offer_nothing(books: Books) -> None:
    with signed_in(books) as client:
        shown = client.get(f"/desk/documents/ut11:{ORDER}/files", headers=htmx(client)).text
        assert client.get(FILE).status_code == 404
    assert "Documents of this kind are not printed." in shown
    assert "<form" not in shown

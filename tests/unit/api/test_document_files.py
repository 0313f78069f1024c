"""Files of documents over the API: asking for them, how they stand, taking them, and who did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets import document_files
from assets.source import sources
from assets.sync import Run
from schemas.api_keys import STOREFRONT
from store import audit, file_requests, files, operations
from store.file_requests import Wanted
from tests.unit.api import papers
from tests.unit.api.books import PARTY, STRANGER, Books, guid, record
from tests.unit.api.papers import BANK, NOTE, ORDER, PERSON, RETURN, paper
from tests.unit.api.test_document_detail import fill

FILES = f"/v1/documents/ut11:{NOTE}/files"
FILE = f"{FILES}/shipping_note"


@pytest.fixture
def books(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(sqlite_url, tmp_path / "landing")
    papers.companies(opened)
    fill(opened)
    yield opened
    opened.store.close()


@pytest.fixture
def printing(books: Books) -> Books:
    """Books whose base prints: its address leads nowhere."""
    first, *others = books.settings.sources
    one = replace(first, soap_url="http://127.0.0.1:1/ws/saldo.1cws")
    return replace(books, settings=replace(books.settings, sources=(one, *others)))


def ask(client: TestClient[Litestar], address: str = FILES, key: str | None = None, **wanted: Any) -> Any:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return client.post(address, json=wanted, headers=headers)


def work(books: Books) -> None:
    document_files.work(books.store, sources(books.settings)[0], Run("run-1", "test"))


def test_a_base_that_does_not_print_has_its_file_at_once(books: Books) -> None:
    with books.client() as client:
        assert client.get(FILES).json() == {"items": [], "forms": ["shipping_note"]}
        made = ask(client, language="uk")
        assert (made.status_code, made.json()["state"], made.json()["kind"]) == (202, "succeeded", "file")
        (file,) = client.get(FILES).json()["items"]
        assert client.get(made.headers["Location"]).json() == made.json()
        taken = client.get(file["url"])
        assert client.get(f"/v1/documents/ut11:{NOTE}").json()["files"] == [file]
    assert taken.content.startswith(b"%PDF")
    said = (taken.headers["ETag"], taken.headers["Content-Type"], len(taken.content))
    assert said == (f'"{file["sha256"]}"', "application/pdf", file["size"])
    assert taken.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert file.items() >= {
        "form": "shipping_note", "language": "uk", "state": "ready", "version": 1, "origin": "hub",
        "outdated": False, "changed_since_read": False, "operation_id": None, "error": None,
        "name": f"Видаткова накладна № {NOTE[-3:]} від 2 листопада 2026 р..pdf",
    }.items()  # fmt: skip


def test_who_has_the_bytes_is_not_sent_them_again(books: Books) -> None:
    with books.client() as client:
        ask(client)
        etag = client.get(FILE).headers["ETag"]
        again = client.get(FILE, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_base_that_prints_is_asked_by_another_process(printing: Books) -> None:
    with printing.client() as client:
        first, again = ask(client), ask(client)
        assert first.json()["id"] == again.json()["id"]
        assert (first.json()["state"], first.headers["Retry-After"]) == ("pending", "1")
        (file,) = client.get(FILES).json()["items"]
        assert (file["state"], file["url"], file["operation_id"]) == ("pending", None, first.json()["id"])
        assert client.get(FILE).json()["code"] == "file_not_found"
        work(printing)  # it does not answer: the hub's own is there
        assert client.get(first.headers["Location"]).json()["state"] == "succeeded"
        (file,) = client.get(FILES).json()["items"]
        assert (file["state"], file["origin"], file["operation_id"]) == ("ready", "hub", None)


def test_a_file_that_could_not_be_made_says_why(printing: Books) -> None:
    with printing.client() as client:
        assert client.get(FILES).json()["forms"] == ["shipping_note", "torg12"]
        asked = ask(client, form="torg12")
        work(printing)
        (file,) = client.get(FILES).json()["items"]
        assert client.get(asked.headers["Location"]).json()["error"]["code"] == "source_unavailable"
    assert (file["state"], file["url"], file["error"]["code"]) == ("failed", None, "source_unavailable")
    assert "only the accounting system prints this form" in file["error"]["hint"]


def test_a_failed_attempt_leaves_the_older_file_and_is_told(books: Books, printing: Books) -> None:
    with books.client() as client:
        ask(client)
    with printing.store.transaction() as tx:
        wanted = Wanted(
            source="ut11", counterparty_id=PARTY, document_id=NOTE, form="shipping_note", language="ru"
        )
        asked = file_requests.ask(tx, wanted, by="key:1", most=9)
        assert asked is not None
        operations.take(tx, operations.FILE, "ut11", "run")
        operations.fail_one(tx, asked.id, "run", error="internal_error", hint="?")
    with printing.client() as client:
        (file,) = client.get(FILES).json()["items"]
        assert (file["state"], file["error"]["code"]) == ("ready", "internal_error")
        assert client.get(FILE).status_code == 200


def test_a_document_that_changed_has_an_outdated_file_until_it_is_made_anew(books: Books) -> None:
    with books.client() as client:
        ask(client)
        client.get(FILE)
        others = books.key(source="ut11", counterparty_id=PARTY)
        others_papers = [one for one in papers.every() if one[0] != NOTE]
        fill_anew(books, [*others_papers, paper(NOTE, version="2", purpose="иначе")])
        (file,) = client.get(FILES).json()["items"]
        assert (file["outdated"], file["version"], file["changed_since_read"]) == (True, 1, False)
        ask(client)
        (file,) = client.get(FILES).json()["items"]
        assert (file["outdated"], file["version"], file["changed_since_read"]) == (False, 2, True)
        with books.client(others) as other:
            assert not other.get(FILES).json()["items"][0]["changed_since_read"]
        client.get(FILE)
        assert not client.get(FILES).json()["items"][0]["changed_since_read"]


def fill_anew(books: Books, documents: list[tuple[Any, ...]]) -> None:
    lines = [record("document_line", document_id=NOTE, line_no=1, amount=10_000, vat=1_667)]
    is_there = any(one[0] == NOTE for one in documents)
    papers.put(books, "document", documents, document_line=lines if is_there else [])


def test_everybody_who_asks_and_takes_is_written_down(books: Books) -> None:
    with books.client() as client:
        ask(client)
        client.get(FILE)
    with books.store.reading() as tx:
        said = [(one.operation, one.subject, one.counterparty_id) for one in audit.read(tx, limit=9)]
        (row,) = files.latest(tx, "ut11", "document", NOTE)
        assert [one.by for one in files.readers(tx, row)] == [f"key:{books.any_key.split('_')[1]}"]
    assert said == [("getDocumentFile", NOTE, PARTY), ("makeDocumentFile", NOTE, PARTY)]


@pytest.mark.parametrize(
    ("document", "wanted", "status", "code"),
    [
        (
            NOTE,
            {"form": "torg12"},
            422,
            "invalid_value",
        ),  # the hub does not print it, and nobody else is there
        (NOTE, {"form": "strange"}, 400, "bad_request"),
        (NOTE, {"language": "de"}, 400, "bad_request"),
        (ORDER, {}, 422, "invalid_value"),
        (RETURN, {}, 409, "not_printable"),
        (guid(999), {}, 404, "document_not_found"),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_to_do(
    books: Books, document: str, wanted: dict[str, str], status: int, code: str
) -> None:
    with books.client() as client:
        answer = ask(client, f"/v1/documents/ut11:{document}/files", **wanted)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["hint"]
    with books.store.reading() as tx:
        assert operations.open_(tx, operations.FILE, "ut11") == []


def test_a_document_that_no_longer_counts_is_not_printed_anew(books: Books) -> None:
    with books.client() as client:
        ask(client)
        fill_anew(books, [one for one in papers.every() if one[0] != NOTE])
        assert ask(client).json()["code"] == "not_printable"
        (file,) = client.get(FILES).json()["items"]
        assert client.get(file["url"]).status_code == 200  # what was given out can be had again


def test_a_key_sees_no_file_of_others(books: Books) -> None:
    stranger = books.key(source="ut11", counterparty_id=STRANGER, reach="company")
    person = books.key(source="ut11", counterparty_id=PARTY, contact_id=PERSON, reach="own")
    weak = books.key(permissions=tuple(one for one in STOREFRONT if one != "documents:read"))
    with books.client() as client:
        asked = ask(client)
    for key, status in ((stranger, 404), (person, 404), (weak, 403)):
        with books.client(key) as client:
            answers = [client.get(FILES), client.get(FILE), ask(client)]
            assert [one.status_code for one in answers] == [status] * 3
            assert client.get(asked.headers["Location"]).status_code in (403, 404) or key == person


def test_the_same_request_twice_is_one(printing: Books) -> None:
    with printing.client() as client:
        first, again = ask(client, key="mine"), ask(client, key="mine")
        assert (first.content, again.headers["Idempotent-Replayed"]) == (again.content, "true")
        assert ask(client, key="mine", language="en").json()["code"] == "idempotency_key_reused"


def test_a_receipt_is_printed_of_what_was_paid(books: Books) -> None:
    with books.client() as client:
        ask(client, f"/v1/documents/ut11:{BANK}/files")
        assert client.get(f"/v1/documents/ut11:{BANK}/files/payment_receipt").status_code == 200

"""Statements at the desk: listed, asked for, watched, read, taken as files."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from pypdf import PdfReader

from api.statements import prints
from api.web.hub import Hub
from schemas.languages import LANGUAGES, Language
from store import audit, files, operations, statement_requests
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, STRANGER, Books, record
from tests.unit.desk.signed_in import htmx
from tests.unit.desk.statement_books import NOTE, NOVEMBER, OCTOBER, RECEIPT, SOURCE, StatementBooks

COUNTERPARTY = f"{SOURCE}:{PARTY}"
Client = TestClient[Litestar]


@pytest.fixture
def desk(books: Books) -> StatementBooks:
    return StatementBooks.of(books)


@pytest.fixture
def vera(desk: StatementBooks) -> Iterator[Client]:
    with desk.browser() as client:
        yield client


def test_a_statement_is_read_with_its_act_and_its_standing(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    page = vera.get(f"/desk/statements/{row.id}")
    assert page.status_code == 200, page.text
    assert "say the same, line by line" in page.text
    assert page.text.count('class="act"') == 1
    assert "12,500.00" in page.text
    assert "2,000.00" in page.text
    assert "Mark as sent" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_the_readers_language(desk: StatementBooks, language: Language) -> None:
    row = desk.compared(NOTE)
    words = {"ru": "Акты сверки", "uk": "Акти звірки", "en": "Statements"}
    with desk.browser(language) as client:
        for address in ("", "/new", f"/new?counterparty={COUNTERPARTY}", f"/{row.id}"):
            page = client.get(f"/desk/statements{address}")
            assert page.status_code == 200
            assert words[language] in page.text
            assert f'<html lang="{language}"' in page.text


def test_the_list_is_narrowed_by_its_address(desk: StatementBooks, vera: Client) -> None:
    row = desk.compared()
    for query, there in (
        ("", True),
        ("?state=draft&verdict=agrees", True),
        (f"?counterparty={COUNTERPARTY}", True),
        ("?from=2026-11-22&to=2026-12-31", True),
        ("?state=agreed", False),
        ("?verdict=unexplained", False),
        ("?from=2026-12-01", False),
        ("?waiting=7", False),
        ("?changed=yes", False),
        ("?state=nonsense&from=31.12&after=x&waiting=8", True),
    ):
        page = vera.get(f"/desk/statements{query}")
        assert page.status_code == 200
        assert (f"/desk/statements/{row.id}" in page.text) is there, query


def test_what_nobody_answers_is_found_by_how_long_it_waits(desk: StatementBooks) -> None:
    row = desk.stepped(desk.compared(), "sent")
    sent_at = datetime.now(UTC)
    with desk.browser(now=sent_at.replace(year=sent_at.year + 1)) as client:
        assert row.id in client.get("/desk/statements?waiting=30").text
    with desk.browser(now=sent_at) as client:
        assert row.id not in client.get("/desk/statements?waiting=7").text


def test_a_counterparty_is_found_by_a_part_of_its_name(vera: Client) -> None:
    found = vera.get("/desk/statements/new/whom?q=купат", headers=htmx(vera))
    assert f"/desk/statements/new?counterparty={COUNTERPARTY}" in found.text
    assert "<html" not in found.text
    assert "Nobody is called that" in vera.get("/desk/statements/new/whom?q=нет такого").text


def test_the_form_offers_what_was_settled_and_periods_with_their_days(vera: Client) -> None:
    page = vera.get(f"/desk/statements/new?counterparty={COUNTERPARTY}")
    assert f'value="contract:{CONTRACT}"' in page.text
    assert "Наша фирма" in page.text
    assert "01 Oct 2026 – 22 Nov 2026" in page.text
    assert 'value="since_agreed"' not in page.text
    part = vera.get(f"/desk/statements/new?counterparty={COUNTERPARTY}&period=own", headers=htmx(vera))
    assert part.text.lstrip().startswith("<form")


def test_after_an_agreed_period_the_next_one_is_offered(desk: StatementBooks, vera: Client) -> None:
    desk.stepped(desk.compared(asked=OCTOBER), "sent", "agreed")
    page = vera.get(f"/desk/statements/new?counterparty={COUNTERPARTY}")
    assert "Since the last agreed one" in page.text
    assert "01 Nov 2026 – 22 Nov 2026" in page.text


def test_who_never_settled_anything_has_no_statement(desk: StatementBooks, vera: Client) -> None:
    desk.books.put("counterparty", [record("counterparty", id=STRANGER, name="Новый", kind="company")])
    page = vera.get(f"/desk/statements/new?counterparty={SOURCE}:{STRANGER}")
    assert page.status_code == 200
    assert "Nothing was ever settled here" in page.text


def test_a_request_becomes_a_row_and_the_same_one_twice_is_one(desk: StatementBooks, vera: Client) -> None:
    fields = {"counterparty": COUNTERPARTY, "organization": ORGANIZATION, "period": "this_month"}
    first, second = (vera.post("/desk/statements/new", data=fields) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    with desk.store.reading() as tx:
        (operation,) = operations.open_(tx, "statement", SOURCE)
        (*_, entry) = audit.read(tx, limit=10, operation="createStatement")
    assert statement_requests.asked_of(operation) == NOVEMBER
    assert operation.key_number == entry.key_number == "user:vera-en"


def test_what_cannot_be_asked_for_is_told_beside_the_form(desk: StatementBooks, vera: Client) -> None:
    for wrong, told in (
        ({"period": "own"}, "Give the first and the last day"),
        ({"period": "own", "first": "2026-11-30", "last": "2026-11-01"}, "ends before it begins"),
        ({"period": "own", "first": "yesterday", "last": "2026-11-01"}, "Give the first and the last day"),
        ({"period": "own", "first": "2026-11-30", "last": "9999-12-31"}, "Give the first and the last day"),
        ({"about": f"contract:{STRANGER}"}, "Choose another"),
        ({"currency": "USD"}, "Nothing is settled in this currency"),
        ({"organization": STRANGER}, "Nothing was settled with this organisation"),
    ):
        page = vera.post("/desk/statements/new", data={"counterparty": COUNTERPARTY, **wrong})
        assert page.status_code == 422
        assert told in page.text
        assert 'name="first"' in page.text
    with desk.store.reading() as tx:
        assert operations.open_(tx, "statement", SOURCE) == []


def test_a_request_is_watched_until_the_statement_is_there(desk: StatementBooks, vera: Client) -> None:
    asked = vera.post("/desk/statements/new", data={"counterparty": COUNTERPARTY, "period": "this_month"})
    address = asked.headers["location"]
    waiting = vera.get(address)
    assert "It waits for its turn" in waiting.text
    pauses = [pause_of(vera.get(f"{address}/progress?n={n}", headers=htmx(vera)).text) for n in (0, 3, 99)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 300
    number, row = address.rpartition("/")[2], desk.drawn()
    with desk.store.transaction() as tx:
        operations.begin(tx, number, "comparing", {"statement_id": row.id})
    there = vera.get(f"{address}/progress", headers=htmx(vera)).headers["hx-redirect"]
    assert there == f"/desk/statements/{row.id}?request={number}"
    assert vera.get(address).headers["location"] == there
    assert "The accounting system is being asked for its own" in vera.get(there).text
    standing = f"/desk/statements/{row.id}/standing?request={number}&version={row.version}"
    assert "hx-redirect" not in vera.get(standing, headers=htmx(vera)).headers
    with desk.store.transaction() as tx:
        operations.take(tx, "statement", SOURCE, "run-9")
        operations.finish(tx, number, "run-9", {"statement_id": row.id}, tx.now)
    assert vera.get(standing, headers=htmx(vera)).headers["hx-redirect"] == f"/desk/statements/{row.id}"
    assert vera.get(address).headers["location"] == f"/desk/statements/{row.id}"


def test_a_request_that_failed_says_what_to_do(desk: StatementBooks, vera: Client) -> None:
    asked = vera.post("/desk/statements/new", data={"counterparty": COUNTERPARTY})
    with desk.store.transaction() as tx:
        operations.take(tx, "statement", SOURCE, "run-9")
        operations.fail(tx, "run-9", error="internal_error", hint="…")
    page = vera.get(asked.headers["location"])
    assert "could not be drawn" in page.text
    assert "hx-trigger" not in page.text.partition('id="request"')[2].partition("</section>")[0]
    assert vera.get("/desk/statements/requests/" + "0" * 32).status_code == 404


def test_the_page_of_a_pending_statement_looks_again_until_something_is_new(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.drawn()
    page = vera.get(f"/desk/statements/{row.id}")
    assert "Not compared with the accounting system yet" in page.text
    looks = re.search(r'hx-get="(/desk/statements/\w+/standing[^"]+)"', page.text)
    assert looks is not None
    again = vera.get(looks[1].replace("&amp;", "&"), headers=htmx(vera))
    assert "Not compared" in again.text
    desk.compared()
    news = vera.get(looks[1].replace("&amp;", "&"), headers=htmx(vera))
    assert news.headers["hx-redirect"] == f"/desk/statements/{row.id}"


def test_differences_stand_beside_each_other_with_what_explains_them(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.compared(RECEIPT)
    page = vera.get(f"/desk/statements/{row.id}").text
    assert row.verdict == "differs"
    assert "Only in the hub" in page
    assert f"/desk/why/document/{SOURCE}%3A{RECEIPT}" in page
    assert "you send it knowingly" in page
    row = desk.compared(RECEIPT, opening=300)
    page = vera.get(f"/desk/statements/{row.id}").text
    assert row.verdict == "unexplained"
    assert "Opening balance: the reason is before the period" in page
    assert f"/desk/why/balance/{SOURCE}%3A{PARTY}" in page
    assert "it cannot leave" in page.casefold()


def test_files_are_the_bytes_that_the_api_gives_and_their_readers_are_listed(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.compared()
    hub = Hub(desk.books.settings, desk.store)
    for format_ in ("pdf", "xlsx", "html"):
        given = vera.get(f"/desk/statements/{row.id}/files/{format_}?language=uk")
        same = prints.prints(hub, row, "uk", format_)
        assert hashlib.sha256(given.content).hexdigest() == same.sha256
        assert given.headers["content-disposition"] == f"attachment; filename*=UTF-8''{same.name}"
    pdf = vera.get(f"/desk/statements/{row.id}/files/pdf?language=ru")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "2 000,00" in text.replace("\xa0", " ")
    page = vera.get(f"/desk/statements/{row.id}").text
    assert "Took the PDF in Russian" in page
    assert "Took the XLSX in Ukrainian" in page
    with desk.store.reading() as tx:
        kept = files.latest(tx, SOURCE, "statement", row.id)
        assert len(kept) == 4
        assert {one.by for file in kept for one in files.readers(tx, file)} == {"user:vera-en"}
        assert len(audit.read(tx, limit=10, operation="getStatementFile")) == 4
    assert vera.get(f"/desk/statements/{row.id}/files/doc").status_code == 404


def test_a_statement_with_a_contract_that_is_not_known_has_a_calm_page(
    desk: StatementBooks, vera: Client
) -> None:
    row = desk.compared(asked=replace(NOVEMBER, contract_id=STRANGER))
    page = vera.get(f"/desk/statements/{row.id}")
    assert page.status_code == 200
    assert "cannot be printed" in page.text
    assert vera.get(f"/desk/statements/{row.id}/files/pdf").status_code == 409


@pytest.mark.parametrize("address", ["0" * 32, "no-such-thing", "ut11%3A1"])
def test_a_statement_that_is_not_there_is_a_calm_page(vera: Client, address: str) -> None:
    for more in ("", "/files/pdf", "/standing", f"/uploads/{address}"):
        page = vera.get(f"/desk/statements/{address}{more}")
        assert page.status_code == 404
        assert "There is no such statement" in page.text


def pause_of(html: str) -> int:
    found = re.search(r"delay:(\d+)ms", html)
    assert found is not None, html
    return int(found[1])

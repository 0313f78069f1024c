from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from schemas.types import Micro
from tests.unit.api import papers
from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, STRANGER, Books, guid, record
from tests.unit.api.papers import BANK, BRANCH, CASH, DRAFT, INVOICE, ITEM, NOTE, ORDER, PERSON, PIECE, paper
from tests.unit.desk.signed_in import browser, htmx

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ONE = Micro(1_000_000)
PAGE = f"/desk/counterparties/ut11:{PARTY}"
MANY = 10_000
Client = TestClient[Litestar]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("papers")
    books = Books.open(f"sqlite:///{folder}/store.db", folder / "landing")
    papers.companies(books)
    fill(books)
    yield browser(books.store, books.settings, clock=lambda: NOW)
    books.store.close()


def fill(books: Books) -> None:
    """The papers, with lines of the note, a payment that names the invoice, and how to reach the buyer."""
    books.put("unit", [record("unit", id=PIECE, name="шт")])
    books.put("item", [record("item", id=ITEM, name="Болт", article="B-1", unit_id=PIECE)])
    line = {"document_id": NOTE, "item_id": ITEM, "amount": 5_000, "vat": 833}
    lines = [
        record("document_line", line_no=1, quantity=2_500_000, price=40 * ONE, **line),
        record("document_line", line_no=2, quantity=ONE, price=50 * ONE, **line),
        record("document_line", document_id=NOTE, line_no=3, item_id=guid(999), amount=7, cancelled=True),
        *(
            record("document_line", document_id=ORDER, line_no=number, item_id=ITEM)
            for number in range(1, 251)
        ),
    ]
    meant = {"document_id": CASH, "line_no": 1, "base_id": INVOICE, "base_kind": "invoice", "amount": 3_000}
    parts = {"document_line": lines, "allocation": [record("allocation", **meant)]}
    stage = {"document_id": ORDER, "line_no": 1, "kind": "credit", "pay_on": "2026-11-15", "amount": 10_000}
    papers.put(books, "document", papers.every(), **parts, payment_stage=[record("payment_stage", **stage)])
    owner = {"line_no": 1, "type": "phone", "text": "+7 495 1234567"}
    papers.put(
        books,
        "contact",
        [record("contact", id=PERSON, partner_id=papers.PARTNER, name="Ito", position="Buyer")],
        contact_point=[record("contact_point", owner_id=PERSON, **owner)],
    )


def shown(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return re.sub("[\u202f\xa0]", " ", answer.text)


def documents(text: str) -> list[str]:
    return re.findall(r'href="/desk/documents/ut11:([^"]+)"', text)


def test_the_journal_has_what_counts_the_newest_first(desk: Client) -> None:
    found = documents(shown(desk, f"{PAGE}/documents"))
    assert found[0] == CASH
    assert found[-1] == ORDER
    assert DRAFT not in found


def test_the_journal_is_narrowed_by_kind_and_by_days(desk: Client) -> None:
    assert documents(shown(desk, f"{PAGE}/documents?kind=invoice")) == [INVOICE]
    assert documents(shown(desk, f"{PAGE}/documents?from=2026-11-04&to=2026-11-04")) == [BANK]
    assert "There are no such documents." in shown(desk, f"{PAGE}/documents?from=2030-01-01")


def test_a_day_that_is_none_is_told(desk: Client) -> None:
    answer = desk.get(f"{PAGE}/documents?from=soon")
    assert answer.status_code == 422
    assert "This is no day." in answer.text


def test_a_cursor_of_something_else_begins_again(desk: Client) -> None:
    assert documents(shown(desk, f"{PAGE}/documents?cursor=rubbish"))[0] == CASH


def test_payments_tell_what_they_paid_and_what_is_left(desk: Client) -> None:
    text = shown(desk, f"{PAGE}/payments")
    assert documents(text)[:2] == [CASH, INVOICE]
    assert "as the payment says" in text
    assert "30.00" in text
    assert "Not set against anything" in text
    assert "10.00" in text
    assert "There are no payments in this period." in shown(desk, f"{PAGE}/payments?to=2020-01-01")


def test_a_document_shows_its_lines_its_chain_and_what_paid_it(desk: Client) -> None:
    text = shown(desk, f"/desk/documents/ut11:{NOTE}")
    assert "Shipping note No. " in text
    assert "2.5 шт" in text
    assert "40.00" in text
    assert "Cancelled" in text
    assert "do not sum" not in text
    found = documents(text)
    assert found[0] == ORDER  # what it was made from
    assert f"/desk/documents/ut11:{NOTE}/files" in text
    assert f"/desk/why/document/ut11%3A{NOTE}" in text


def test_the_lines_that_do_not_sum_are_told(desk: Client) -> None:
    assert "do not sum" in shown(desk, f"/desk/documents/ut11:{ORDER}")


def test_many_lines_come_in_parts(desk: Client) -> None:
    text = shown(desk, f"/desk/documents/ut11:{ORDER}")
    assert text.count("Болт") == 200
    more = re.search(r'hx-get="(/desk/documents/[^"]+from=200)"', text)
    assert more
    rest = shown(desk, more[1], **htmx(desk))
    assert rest.count("Болт") == 50
    assert "<html" not in rest


def test_the_schedule_of_payment_is_shown(desk: Client) -> None:
    text = shown(desk, f"/desk/documents/ut11:{ORDER}")
    assert "On credit, 15 Nov 2026" in text


@pytest.mark.parametrize("key", [f"ut11:{DRAFT}", f"ut11:{guid(77)}", f"nowhere:{guid(1)}", "rubbish"])
def test_a_document_that_is_not_there_is_a_calm_page(desk: Client, key: str) -> None:
    answer = desk.get(f"/desk/documents/{key}")
    assert answer.status_code == 404
    assert "There is no such document" in answer.text


def test_contacts_branches_and_people_are_shown(desk: Client) -> None:
    text = shown(desk, f"{PAGE}/contacts")
    assert "Ito" in text
    assert 'href="tel:+74951234567"' in text
    assert f"/desk/counterparties/ut11:{BRANCH}" in text
    empty = shown(desk, f"/desk/counterparties/ut11:{STRANGER}/contacts")
    assert "1C has no contacts" in empty


def test_a_withdrawn_document_says_so(books: Books) -> None:
    papers.papers(books)
    books.put("document", [one for one in papers.every() if one[0] != NOTE])
    client = browser(books.store, books.settings, clock=lambda: NOW)
    assert "Deleted in 1C" in shown(client, f"/desk/documents/ut11:{NOTE}")


def test_ten_thousand_documents_come_in_parts_that_neither_repeat_nor_skip(books: Books) -> None:
    books.parties()
    keys = [guid(10_000 + number) for number in range(MANY)]
    books.put(
        "document", [paper(key, dated_at=f"2026-{1 + n % 10:02}-01T12:00:00") for n, key in enumerate(keys)]
    )
    owned = {"counterparty_id": PARTY, "organization_id": ORGANIZATION, "contract_id": CONTRACT}
    books.put("settlement_key", [record("settlement_key", id=KEY, **owned)])
    items = [{"settled_id": key, "settled_kind": "shipping_note", "debt": 10_000} for key in keys]
    books.settle([("RUB", MANY * 10_000)], items)
    client = browser(books.store, books.settings, clock=lambda: NOW)
    assert "1,000,000.00" in shown(client, PAGE)
    for part in ("documents", "items"):
        address, found = f"{PAGE}/{part}", list[str]()
        for _ in range(2):
            text = shown(client, address, **(htmx(client) if found else {}))
            found += documents(text)
            more = re.search(rf'<td colspan="\d" hx-get="({PAGE}/{part}[^"]+)"', text)
            assert more, part
            address = more[1].replace("&amp;", "&")
        assert len(found) == len(set(found)) == 2 * (40 if part == "documents" else 50)
    assert "10000 open items" in shown(client, f"{PAGE}/items")

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.types import Micro
from tests.unit.api import papers
from tests.unit.api.books import CONTRACT, KEY, MEMO, ORGANIZATION, PARTY, STRANGER, Books, guid, record
from tests.unit.api.papers import (
    BANK,
    BRANCH,
    CASH,
    DRAFT,
    INVOICE,
    ITEM,
    MANAGER,
    NOTE,
    OF_BRANCH,
    ORDER,
    PERSON,
    PIECE,
    RETURN,
    TAX,
    paper,
)
from tests.unit.api.shelf import Shelf, opened

ONE = Micro(1_000_000)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    for one in opened(request, tmp_path_factory.mktemp("shelf")):
        fill(one.books)
        yield one


def fill(books: Books) -> None:
    books.put("unit", [record("unit", id=PIECE, name="шт")])
    books.put("item", [record("item", id=ITEM, name="Болт", article="B-1", unit_id=PIECE)])
    books.put("manager", [record("manager", id=MANAGER, name="Петров")])
    lines = [
        record("document_line", document_id=NOTE, line_no=1, item_id=ITEM, quantity=2_500_000, price=40 * ONE,
               amount=10_000, vat=1_667),
        record("document_line", document_id=NOTE, line_no=2, item_id=guid(999), amount=5, cancelled=True),
        record("document_line", document_id=ORDER, line_no=1, item_id=ITEM, amount=8_333, vat=1_667),
        record("document_line", document_id=RETURN, line_no=1, item_id=ITEM, amount=999),
    ]  # fmt: skip
    stages = [
        record("payment_stage", document_id=ORDER, line_no=1, kind="credit", pay_on="2026-11-15",
               percent=100 * ONE, amount=10_000),
    ]  # fmt: skip
    meant = [
        record("allocation", document_id=CASH, line_no=1, base_id=INVOICE, base_kind="invoice", amount=4_000)
    ]
    placed = paper(
        guid(303), kind="order", contact_id=PERSON, manager_id=MANAGER, delivery_address="Склад 3",
        dated_at="2026-10-01T10:00:00",
    )  # fmt: skip
    parts = {"document_line": lines, "payment_stage": stages, "allocation": meant}
    papers.put(books, "document", [*papers.every(), placed], **parts)


def read(shelf: Shelf, document: str, by: str | None = None) -> dict[str, Any]:
    return shelf.get(f"/v1/documents/ut11:{document}", by)


def refs(links: list[dict[str, Any]]) -> list[str]:
    return [link["id"].partition(":")[2] for link in links]


def test_a_document_is_the_row_of_the_journal_and_everything_in_it(shelf: Shelf) -> None:
    found = read(shelf, NOTE)
    (row,) = shelf.get("/v1/documents", kind="shipping_note", number=NOTE[-3:])["items"]
    assert row.items() <= found.items()
    assert found["lines"] == [
        {
            "number": 1,
            "item": {"id": f"ut11:{ITEM}", "name": "Болт", "article": "B-1"},
            "unit": "шт",
            "quantity": "2.5",
            "price": "40",
            "amount": "100.00",
            "vat": "16.67",
            "cancelled": False,
        },
        {
            "number": 2,
            "item": {"id": f"ut11:{guid(999)}", "name": None, "article": None},
            "unit": None,
            "quantity": "0",
            "price": "0",
            "amount": "0.05",
            "vat": "0.00",
            "cancelled": True,
        },
    ]
    assert found["line_totals"] == {"amount": "100.00", "vat": "16.67", "agree": True}
    assert found["lineage"] == f"/v1/lineage/document/ut11:{NOTE}"
    assert found["time_zone"] == "Europe/Moscow"
    assert shelf.get(found["lineage"])["id"] == found["id"]


def test_a_total_that_is_not_that_of_the_lines_is_marked(shelf: Shelf) -> None:
    """KT-02; the VAT may be in the lines or on them, and a document without lines has nothing to compare."""
    assert read(shelf, ORDER)["line_totals"] == {"amount": "83.33", "vat": "16.67", "agree": True}
    assert read(shelf, RETURN)["line_totals"] == {"amount": "9.99", "vat": "0.00", "agree": False}
    assert read(shelf, INVOICE)["line_totals"] is None


def test_the_stages_of_the_payment_are_told(shelf: Shelf) -> None:
    stage = {"kind": "credit", "pay_on": "2026-11-15", "percent": "100", "amount": "100.00"}
    assert read(shelf, ORDER)["payment_stages"] == [stage]


def test_who_placed_it_and_who_looks_after_it_are_named(shelf: Shelf) -> None:
    found = read(shelf, guid(303))
    assert found["placed_by"] == {"id": f"ut11:{PERSON}", "name": "Ito"}
    assert (found["manager"], found["delivery_address"]) == ("Петров", "Склад 3")
    assert read(shelf, NOTE)["placed_by"] is None


def test_the_chain_goes_from_the_order_to_the_payments_and_back(shelf: Shelf) -> None:
    down = read(shelf, ORDER)["chain"]
    assert refs(down["made"]) == [INVOICE, NOTE, TAX, RETURN, CASH]
    assert (down["made_from"], down["complete"]) == ([], True)
    assert refs(read(shelf, CASH)["chain"]["made_from"]) == [ORDER, INVOICE]
    middle = read(shelf, NOTE)["chain"]
    assert (refs(middle["made_from"]), refs(middle["made"])) == ([ORDER], [TAX, RETURN])


def test_a_key_sees_no_document_of_others_and_no_draft(shelf: Shelf) -> None:
    stranger = shelf.books.key(source="ut11", counterparty_id=STRANGER, reach="company")
    own = shelf.books.key(source="ut11", counterparty_id=PARTY, contact_id=PERSON, reach="own")
    refused = [
        shelf.ask(f"/v1/documents/ut11:{key}", by)
        for key, by in ((NOTE, stranger), (NOTE, own), (DRAFT, None), (guid(999), None), (OF_BRANCH, own))
    ]
    assert {answer.status_code for answer in refused} == {404}
    assert {answer.json()["detail"] for answer in refused} == {"The store has no document with this id."}
    assert shelf.ask(f"/v1/documents/ut11:{ORDER}", own).status_code == 200
    assert shelf.ask(f"/v1/documents/silent:{ORDER}", stranger).status_code == 404


def test_nothing_internal_leaves_with_a_document(shelf: Shelf) -> None:
    assert MEMO not in shelf.ask(f"/v1/documents/ut11:{NOTE}").text


def test_an_answer_that_is_there_already_is_not_sent_again(shelf: Shelf) -> None:
    for address in (f"/v1/documents/ut11:{NOTE}", "/v1/documents?limit=2", "/v1/payments"):
        first = shelf.ask(address)
        tag = first.headers["etag"]
        assert tag.startswith('"')
        assert first.headers["vary"] == "Authorization"
        for sent in (tag, f'"else", {tag}', f"W/{tag}", "*"):
            again = shelf.client.get(address, headers={"If-None-Match": sent})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
            assert again.headers["x-request-id"]
            assert "content-type" not in again.headers
        assert shelf.client.get(address, headers={"If-None-Match": '"else"'}).status_code == 200
    assert "etag" not in shelf.ask(f"/v1/documents/ut11:{guid(999)}").headers


class TestPaid:
    """What paid what: told the same from the payment and from the document."""

    @pytest.fixture(autouse=True)
    def register(self, shelf: Shelf) -> Iterator[None]:
        yield
        shelf.books.put("due_entry", [])

    def entries(self, shelf: Shelf, *rows: dict[str, Any]) -> None:
        given = {"active": True, "settlement_key_id": KEY, "currency": "RUB", "at": "2026-11-04T10:00:00"}
        numbered = enumerate(rows, 1)
        shelf.books.put(
            "due_entry", [record("due_entry", **{**given, "line_no": n, **row}) for n, row in numbered]
        )

    def test_without_a_register_a_payment_says_itself_what_it_is_for(self, shelf: Shelf) -> None:
        found = read(shelf, CASH)["allocation"]
        assert found["allocated_by"] == "payment_document"
        assert found["sums"] == [sums("40.00", "40.00", "0.00")]
        assert [(refs([part["document"]]), part["amount"]) for part in found["parts"]] == [
            ([INVOICE], "40.00")
        ]

    def test_without_any_word_the_oldest_is_paid_first(self, shelf: Shelf) -> None:
        """The shipping note of 100.00 has a return of 10.00; the branch's is another account."""
        found = read(shelf, BANK)["allocation"]
        assert found["allocated_by"] == "fifo"
        assert found["sums"] == [sums("70.00", "70.00", "0.00")]
        assert [part["amount"] for part in found["parts"]] == ["70.00"]
        (paid,) = read(shelf, NOTE)["paid_by"]
        assert (refs([paid["payment"]]), paid["amount"], paid["allocated_by"]) == ([BANK], "70.00", "fifo")

    def test_the_register_is_the_better_word(self, shelf: Shelf) -> None:
        self.entries(
            shelf,
            {"recorder_id": NOTE, "settled_id": NOTE, "debt": 10_000},
            {"recorder_id": BANK, "settled_id": NOTE, "debt": -5_000},
            {"recorder_id": BANK, "settled_id": BANK, "advance": 2_000},
            {"recorder_id": CASH, "settled_id": NOTE, "debt": -4_000},
        )
        bank, cash = (read(shelf, key)["allocation"] for key in (BANK, CASH))
        assert bank["sums"] == [sums("70.00", "50.00", "20.00")]
        assert (cash["allocated_by"], cash["sums"]) == ("register", [sums("40.00", "40.00", "0.00")])
        paid = [(refs([one["payment"]])[0], one["amount"]) for one in read(shelf, NOTE)["paid_by"]]
        assert paid == [(BANK, "50.00"), (CASH, "40.00")]

    def test_an_advance_that_another_document_took_paid_it(self, shelf: Shelf) -> None:
        self.entries(
            shelf,
            {"recorder_id": BANK, "settled_id": BANK, "advance": 7_000},
            {"recorder_id": NOTE, "settled_id": NOTE, "debt": 10_000},
            {"recorder_id": NOTE, "settled_id": BANK, "advance": -6_000},
            {"recorder_id": NOTE, "settled_id": NOTE, "debt": -6_000},
        )
        assert read(shelf, BANK)["allocation"]["sums"] == [sums("70.00", "60.00", "10.00")]
        (paid,) = read(shelf, NOTE)["paid_by"]
        assert (refs([paid["payment"]]), paid["amount"], paid["allocated_by"]) == (
            [BANK],
            "60.00",
            "register",
        )

    def test_what_the_register_does_not_keep_is_elsewhere(self, shelf: Shelf) -> None:
        self.entries(shelf, {"recorder_id": BANK, "settled_id": NOTE, "debt": -3_000})
        assert read(shelf, BANK)["allocation"]["sums"] == [sums("70.00", "30.00", "0.00", "40.00")]

    def test_a_register_that_has_more_than_was_paid_is_not_believed(self, shelf: Shelf) -> None:
        self.entries(shelf, {"recorder_id": BANK, "settled_id": NOTE, "debt": -8_000})
        assert read(shelf, BANK)["allocation"]["allocated_by"] == "fifo"

    def test_a_register_that_names_no_document_says_nothing(self, shelf: Shelf) -> None:
        self.entries(shelf, {"recorder_id": BANK, "debt": -7_000})
        assert read(shelf, BANK)["allocation"]["allocated_by"] == "fifo"

    def test_a_movement_switched_off_does_not_count(self, shelf: Shelf) -> None:
        self.entries(shelf, {"recorder_id": BANK, "settled_id": NOTE, "debt": -7_000, "active": False})
        assert read(shelf, BANK)["allocation"]["allocated_by"] == "fifo"

    def test_the_list_of_payments_says_the_same(self, shelf: Shelf) -> None:
        self.entries(shelf, {"recorder_id": BANK, "settled_id": NOTE, "debt": -5_000})
        rows = shelf.get("/v1/payments")["items"]
        assert refs(rows) == [CASH, BANK]
        for row in rows:
            assert row["allocation"] == read(shelf, row["id"].partition(":")[2])["allocation"]
        assert shelf.ids("/v1/payments", kind="cash_receipt") == [CASH]
        assert shelf.ids("/v1/payments", counterparty_id=f"ut11:{BRANCH}") == []
        assert shelf.ids("/v1/payments", contract_id=f"ut11:{CONTRACT}", to="2026-11-04") == [BANK]
        assert shelf.get("/v1/payments", fields="amount")["items"][0].keys() == {"id", "amount"}
        assert shelf.ask("/v1/payments", kind="order").status_code == 400

    def test_a_key_is_told_what_it_sees_and_that_the_rest_is_elsewhere(self, shelf: Shelf) -> None:
        """The head office pays for its branch: the branch's settlement is under another key."""
        of_branch = record("settlement_key", id=guid(6), organization_id=ORGANIZATION, counterparty_id=BRANCH)
        owner = {"organization_id": ORGANIZATION, "counterparty_id": PARTY, "contract_id": CONTRACT}
        shelf.books.put("settlement_key", [record("settlement_key", id=KEY, **owner), of_branch])
        self.entries(
            shelf,
            {"recorder_id": BANK, "settled_id": NOTE, "debt": -5_000},
            {"recorder_id": BANK, "settled_id": OF_BRANCH, "debt": -2_000, "settlement_key_id": guid(6)},
        )
        assert read(shelf, BANK)["allocation"]["sums"] == [sums("70.00", "70.00", "0.00")]
        branch = shelf.books.key(source="ut11", counterparty_id=PARTY, reach="branch")
        found = read(shelf, BANK, by=branch)["allocation"]
        assert found["sums"] == [sums("70.00", "50.00", "0.00", "20.00")]
        subtree = shelf.books.key(source="ut11", counterparty_id=PARTY, reach="subtree")
        assert read(shelf, BANK, by=subtree)["allocation"]["sums"] == [sums("70.00", "70.00", "0.00")]


def sums(amount: str, allocated: str, unallocated: str, elsewhere: str = "0.00") -> dict[str, str]:
    return {
        "currency": "RUB",
        "amount": amount,
        "allocated": allocated,
        "unallocated": unallocated,
        "elsewhere": elsewhere,
    }

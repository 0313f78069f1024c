"""The journal leads from documents to the orders of the portal that they belong to, and back (BS-02, BS-03)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import pushed_orders
from tests.unit.api import papers
from tests.unit.api.books import MEMO, ORGANIZATION, PARTY, STRANGER, guid
from tests.unit.api.papers import BANK, INVOICE, NOTE, ORDER, OTHERS, PERSON
from tests.unit.api.shelf import Shelf, opened


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    yield from opened(request, tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def placed(shelf: Shelf) -> str:
    order = pushed_orders.content(PARTY, (papers.ITEM, 2, 10_000), contact_id=PERSON)
    with shelf.books.store.transaction() as tx:
        found = pushed_orders.confirm(tx, "ut11", "WEB-1", order, ORDER)
        pushed_orders.confirm(tx, "ut11", "WEB-2", pushed_orders.content(STRANGER, ("x", 1, 5)), OTHERS)
        pushed_orders.place(tx, "ut11", "WEB-3", order)
    return f"ut11:{found.id}"


def test_documents_of_a_portal_order_lead_to_it(shelf: Shelf, placed: str) -> None:
    rows = {row["id"].partition(":")[2]: row for row in shelf.get("/v1/documents")["items"]}
    link = {"id": placed, "number": 1, "reference": "WEB-1"}
    assert [rows[one]["portal_order"] for one in (ORDER, INVOICE, NOTE)] == [link] * 3
    assert rows[BANK]["portal_order"] is None
    assert shelf.get(f"/v1/documents/ut11:{NOTE}")["portal_order"] == link


def test_the_journal_gives_the_documents_of_a_portal_order(shelf: Shelf, placed: str) -> None:
    assert set(shelf.ids("/v1/documents", portal_order_id=placed)) == {ORDER, INVOICE, NOTE}
    assert shelf.ids("/v1/documents", portal_order_id=placed, kind="shipping_note") == [NOTE]
    assert shelf.ids("/v1/documents", portal_order_id=f"ut11:{guid(77)}") == []


def test_others_do_not_learn_that_it_is_an_order_of_the_portal(shelf: Shelf, placed: str) -> None:
    key = shelf.books.key(source="ut11", counterparty_id=STRANGER, reach="branch")
    assert shelf.ids("/v1/documents", key, portal_order_id=placed) == []
    assert [row["portal_order"]["reference"] for row in shelf.get("/v1/documents", key)["items"]] == ["WEB-2"]


def test_the_timeline_tells_what_happened_and_not_what_the_company_says_of_it(
    shelf: Shelf, placed: str
) -> None:
    told = shelf.get(f"/v1/orders/{placed}/timeline")
    assert [one["at"] for one in told["events"]] == sorted(one["at"] for one in told["events"])
    assert [one["state"] for one in told["events"] if one["what"] == "step"] == list(pushed_orders.WAY)
    documents = [one for one in told["events"] if one["what"] == "document"]
    kinds = [(one["document"]["kind"], one["amount"], one["paid"]) for one in documents]
    assert kinds[:2] == [("invoice", "100.00", []), ("shipping_note", "100.00", [])]
    assert "words of the books" not in str(told)
    assert "key:1" not in str(told)
    assert told["progress"]["prepaid"] == "0.00"


def test_an_order_tells_what_the_supplier_changed_in_it(shelf: Shelf, placed: str) -> None:
    changes = shelf.get(f"/v1/orders/{placed}")["changes"]
    found = {(one["kind"], one["field"]): (one["before"], one["after"], one["line"]) for one in changes}
    assert found["changed", "organization_id"] == ("ut11:us", f"ut11:{ORGANIZATION}", None)
    assert found["removed", None] == (None, None, 1)
    (removed,) = (one for one in changes if one["kind"] == "removed")
    assert (removed["quantity"], removed["amount"]) == ("2", "100.00")
    assert MEMO not in str(changes)


def test_an_order_of_others_has_no_timeline(shelf: Shelf, placed: str) -> None:
    key = shelf.books.key(source="ut11", counterparty_id=STRANGER)
    assert shelf.ask(f"/v1/orders/{placed}/timeline", key).status_code == 404
    own = shelf.books.key(source="ut11", counterparty_id=PARTY, contact_id=PERSON, reach="own")
    told = shelf.get(f"/v1/orders/{placed}/timeline", own)
    assert told["progress"] is None
    assert {one["document"]["kind"] for one in told["events"] if one["document"]} <= {"order"}

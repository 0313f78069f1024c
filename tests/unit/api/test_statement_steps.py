"""What both sides do with a statement over HTTP: steps, and the counterparty's own one."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from xlsxwriter import Workbook

from printing import cells
from schemas.api_keys import PERMISSIONS, STOREFRONT
from store import audit, events, files
from store.statements import StatementRow
from tests.unit.api import drawings
from tests.unit.api.books import PARTY, Books
from tests.unit.api.drawings import asked, drawn, heard

HEAD = "Дата;Документ;Дебет;Кредит\n"
AGREEING = "01.11.2026;Приход 17;;1000,00\n01.11.2026;Платежное поручение 88;300,50;\n"


@pytest.fixture
def books(books: Books) -> Books:
    drawings.settled(books)
    return books


def post(client: Any, row: StatementRow, what: str, key: str = "", **sent: Any) -> Any:
    headers = {"Idempotency-Key": key or str(uuid4()), **sent.pop("headers", {})}
    return client.post(f"/v1/statements/{row.id}/{what}", headers=headers, **sent)


def step(client: Any, row: StatementRow, state: str, note: str = "") -> tuple[int, str]:
    answer = post(client, row, "state", json={"state": state, "note": note})
    body = answer.json()
    return answer.status_code, body["state"] if answer.status_code == 200 else body["code"]


def test_the_buyer_agrees_or_disagrees_and_the_supplier_does_the_rest(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    bound = books.key(source="ut11", counterparty_id=PARTY, permissions=PERMISSIONS)
    with books.client() as supplier, books.client(bound) as buyer:
        assert step(buyer, row, "sent") == (403, "key_is_bound")
        assert step(supplier, row, "sent", "to their accountant") == (200, "sent")
        assert step(buyer, row, "disagreement") == (422, "invalid_value")
        assert step(buyer, row, "disagreement", "note 17 came back") == (200, "disagreement")
        assert step(buyer, row, "signed") == (403, "key_is_bound")
        assert step(buyer, row, "agreed") == (200, "agreed")
        assert step(buyer, row, "draft") == (403, "key_is_bound")
        assert step(supplier, row, "draft") == (409, "step_refused")
        told = {
            one: client.get(f"/v1/statements/{row.id}").json()
            for one, client in (("supplier", supplier), ("buyer", buyer))
        }
        assert told["buyer"]["next_states"] == ["disagreement"]
        assert set(told["supplier"]["next_states"]) == {"signed", "disagreement"}
        assert [one["note"] for one in told["buyer"]["steps"]] == [None, "note 17 came back", None]
        assert {one["by"] for one in told["buyer"]["steps"]} == {None}
        assert [one["note"] for one in told["supplier"]["steps"]] == [
            "to their accountant",
            "note 17 came back",
            "",
        ]
        assert all(one["by"].startswith("key:") for one in told["supplier"]["steps"])
        assert step(supplier, row, "signed") == (200, "signed")
        assert step(buyer, row, "disagreement", "too late") == (409, "step_refused")
    with books.store.reading() as tx:
        assert [one.operation for one in audit.read(tx, limit=99)].count("setStatementState") == 4
        assert [one.type for one in events.read(tx)].count("statement.disagreed") == 1


def test_a_step_that_was_taken_is_not_taken_again(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    with books.client() as client:
        first, again = (post(client, row, "state", "one", json={"state": "agreed"}) for _ in range(2))
        assert (first.status_code, again.status_code, first.content) == (200, 200, again.content)
        assert again.headers["Idempotent-Replayed"] == "true"
        assert step(client, row, "agreed") == (409, "step_refused")


def test_nothing_leaves_that_was_not_compared_or_is_not_explained(books: Books) -> None:
    pending = drawn(books, asked())
    with books.client() as client:
        for state in ("sent", "agreed", "disagreement"):
            assert step(client, pending, state, "why") == (409, "step_refused")
        unexplained = heard(books, pending, {"closing": 70_000})
        assert step(client, unexplained, "sent") == (409, "step_refused")
        assert client.get(f"/v1/statements/{unexplained.id}").json()["next_states"] == []


def test_an_explained_difference_goes_out_by_the_supplier_only(books: Books) -> None:
    row = drawings.differing(books)
    bound = books.key(source="ut11", counterparty_id=PARTY)
    with books.client() as supplier, books.client(bound) as buyer:
        told = buyer.get(f"/v1/statements/{row.id}").json()
        assert (told["verdict"], told["next_states"]) == ("differs", ["disagreement"])
        assert step(buyer, row, "agreed") == (403, "key_is_bound")
        with books.client(books.key(permissions=STOREFRONT)) as portal:
            assert step(portal, row, "sent") == (403, "permission_missing")
        assert step(buyer, row, "disagreement", note="not ours") == (200, "disagreement")
        assert step(buyer, row, "agreed") == (403, "key_is_bound")
        assert step(supplier, row, "sent") == (200, "sent")
        assert step(buyer, row, "agreed") == (200, "agreed")


def test_a_later_change_of_what_was_agreed_is_told_with_the_statement(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    with books.client() as client:
        assert step(client, row, "agreed") == (200, "agreed")
        changed = [
            (drawings.NOTE, "shipping_note", "RUB", 90_000, drawings.KEY),
            (drawings.BANK, "bank_receipt", "RUB", -30_050, drawings.KEY),
        ]
        drawings.move(books, *changed)
        drawings.detect(books)
        (change,) = client.get(f"/v1/statements/{row.id}").json()["changes"]
    assert (change["document_id"], change["agreed"], change["now"]) == (
        f"ut11:{drawings.NOTE}",
        "1000.00",
        "900.00",
    )


def test_their_own_statement_is_matched_and_changes_no_state(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    text = f"{HEAD}{AGREEING}05.11.2026;Приход 19;;12,00\n"
    with books.client() as client:
        sent = post(client, row, "uploads", content=text.encode(), headers={"Content-Type": "text/csv"})
        assert sent.status_code == 201, sent.text
        told = sent.json()
        assert (told["agreed"], told["disagreements"], told["currency"], told["half"]) == (
            2,
            1,
            "RUB",
            "left",
        )
        (one,) = told["disagreement_list"]
        assert (one["kind"], one["amount"], one["ours"]) == ("missing_here", "12.00", None)
        assert one["theirs"] == {"on": "2026-11-05", "number": "19", "amount": "12.00", "row": 4}
        assert [x["id"] for x in client.get(f"/v1/statements/{row.id}/uploads").json()["items"]] == [
            told["id"]
        ]
        assert client.get(f"/v1/statements/{row.id}/uploads/{told['id']}").json() == told
        missing = client.get(f"/v1/statements/{row.id}/uploads/{'0' * 32}")
        assert (missing.status_code, missing.json()["code"]) == (404, "upload_not_found")
        assert client.get(f"/v1/statements/{row.id}").json()["state"] == "draft"
    assert files.body(books.store, told["sha256"]) == text.encode()


def test_a_form_with_one_file_will_do_as_well(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    written = io.BytesIO()
    book = Workbook(written, {"in_memory": True})
    sheet = book.add_worksheet()
    for place, cells_of in enumerate([HEAD.strip().split(";"), ["01.11.2026", "Приход 17", "", 1000]]):
        sheet.write_row(place, 0, cells_of)
    book.close()
    with books.client() as client:
        form = {"file": ("../акт\n за ноябрь.xlsx", written.getvalue(), "application/octet-stream")}
        told = post(client, row, "uploads", files=form).json()
        assert (told["name"], told["size"], told["disagreements"]) == (
            "акт за ноябрь.xlsx",
            len(written.getvalue()),
            1,
        )
        assert told["disagreement_list"][0]["ours"]["document_id"] == f"ut11:{drawings.BANK}"
        for several in ({"a": ("a.csv", b"x"), "b": ("b.csv", b"x")}, {"a": (None, b"no file")}):
            refused = post(client, row, "uploads", files=several)
            assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
        rubbish = {"Content-Type": "multipart/form-data; boundary=x"}
        assert post(client, row, "uploads", content=b"--y\r\n", headers=rubbish).status_code == 400
        head = b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=odd'
        odd = b"--x\r\n" + head + b"\r\n\r\nz\r\n--x--\r\n"
        assert post(client, row, "uploads", content=odd, headers=rubbish).status_code == 400


def test_a_file_that_cannot_be_read_is_refused_with_its_place(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    with books.client() as client:
        for body in (b"", b"%PDF-1.7", b"PK\x03\x04 cut", b"\xff\xfe\x00", HEAD.encode()):
            refused = post(client, row, "uploads", content=body)
            assert refused.status_code in (400, 422), body
            assert refused.json()["code"] in ("bad_request", "unreadable_file")
        bad = post(client, row, "uploads", content=f"{HEAD}01.11.2026;Приход 17;много1;\n".encode())
        (error,) = bad.json()["errors"]
        assert "row 2" in error["detail"]
        large = post(client, row, "uploads", content=b"x" * (cells.LARGEST + 70_000))
        assert (large.status_code, large.json()["code"]) == (413, "too_large")
        assert client.get(f"/v1/statements/{row.id}/uploads").json()["items"] == []


def test_of_several_currencies_the_one_must_be_named(books: Books) -> None:
    row = heard(books, drawn(books, asked(PARTY, "EUR", "RUB")))
    with books.client() as client:
        text = f"{HEAD}{AGREEING}".encode()
        for query in ("uploads", "uploads?currency=USD"):
            refused = post(client, row, query, content=text)
            assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "currency")
        assert post(client, row, "uploads?currency=RUB&days=0", content=text).json()["disagreements"] == 0
        assert post(client, row, "uploads?currency=RUB&days=32", content=text).status_code == 400
        assert post(client, row, "uploads?currency=RUB&half=middle", content=text).status_code == 400

"""Statements over HTTP: asking, reading, files. What becomes of them is in test_statement_steps.py."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from store import audit, files, operations
from tests.unit.api import drawings
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, STRANGER, Books, guid, record
from tests.unit.api.drawings import asked, drawn, heard

BODY: dict[str, Any] = {"counterparty_id": f"ut11:{PARTY}", "from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
def books(books: Books) -> Books:
    drawings.settled(books)
    return books


@pytest.fixture
def any_books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    drawings.settled(opened)
    yield opened
    opened.store.close()


def ask(client: Any, **more: Any) -> Any:
    body = {name: value for name, value in {**BODY, **more}.items() if value is not None}
    return client.post("/v1/statements", json=body, headers={"Idempotency-Key": str(uuid4())})


def wrong(answer: Any) -> dict[str, str]:
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value"), answer.text
    return {one["pointer"].removeprefix("#/"): one["detail"] for one in answer.json()["errors"]}


def test_a_request_is_an_operation_that_names_its_statement_when_it_is_drawn(any_books: Books) -> None:
    with any_books.client() as client:
        first = ask(client)
        assert (first.status_code, first.headers["Retry-After"]) == (202, "1"), first.text
        told = first.json()
        assert (told["kind"], told["state"], told["statement_id"]) == ("statement", "pending", None)
        address = first.headers["Location"]
        assert ask(client).json()["id"] == told["id"]
        assert ask(client, by_contract=True).json()["id"] != told["id"]
        with any_books.store.transaction() as tx:
            taken = operations.get(tx, told["id"])
            assert taken is not None
            assert operations.begin(tx, taken.id, "comparing", {"statement_id": "a" * 32})
        found = client.get(address)
        assert found.json()["progress"] == "comparing"
        assert (found.json()["statement_id"], found.headers["Retry-After"]) == ("a" * 32, "1")
    assert taken.input["currencies"] == ["EUR", "RUB"]
    assert taken.key_number.startswith("key:")


def test_everything_that_is_wrong_is_told_at_once_with_what_there_is_to_choose(books: Books) -> None:
    with books.client() as client:
        found = wrong(
            ask(
                client,
                **{"from": "2026-12-01", "to": "2026-11-01"},
                organization_id=f"ut11:{guid(99)}",
                contract_id="nonsense",
                contract_kind="lease",
                currency="ZZZ",
            )
        )
        assert found.keys() == {"to", "organization_id", "contract_id", "contract_kind", "currency"}
        assert f"ut11:{ORGANIZATION} (Наша фирма)" in found["organization_id"]
        assert "sale" in found["contract_kind"]
        assert wrong(ask(client, to="9999-12-31")).keys() == {"to"}
        assert wrong(ask(client, contract_id=f"ut11:{drawings.THEIR_CONTRACT}")).keys() == {"contract_id"}
        assert wrong(ask(client, contract_id=f"silent:{CONTRACT}")).keys() == {"contract_id"}
        for unknown in ("nonsense", f"ut11:{guid(9)}", f"other:{PARTY}"):
            assert wrong(ask(client, counterparty_id=unknown)).keys() == {"counterparty_id"}
        assert ask(client, surprise=1).status_code == 400
        good = ask(client, contract_kind="sale", currency="EUR", organization_id=f"ut11:{ORGANIZATION}")
        assert good.status_code == 202, good.text


def test_whom_it_settles_with_must_be_said_where_there_are_several(any_books: Books) -> None:
    other, key = guid(600), guid(601)
    owners = [(drawings.KEY, ORGANIZATION), (key, other)]
    any_books.put(
        "settlement_key",
        [record("settlement_key", id=one, organization_id=of, counterparty_id=PARTY) for one, of in owners],
    )
    drawings.move(any_books, (guid(1), "offset", "RUB", 1, drawings.KEY), (guid(2), "offset", "KZT", 1, key))
    with any_books.client() as client:
        found = wrong(ask(client))
        assert found.keys() == {"organization_id"}
        assert f"ut11:{other}" in found["organization_id"]
        assert ask(client, organization_id=f"ut11:{other}").status_code == 202
    with any_books.store.reading() as tx:
        (taken,) = operations.open_(tx, "statement", "ut11")
    assert taken.input["currencies"] == ["KZT"]


def test_with_nothing_settled_there_is_nothing_to_ask_for(books: Books) -> None:
    books.put(
        "counterparty", [record("counterparty", id=one, name="x", kind="company") for one in (PARTY, guid(8))]
    )
    with books.client() as client:
        found = wrong(ask(client, counterparty_id=f"ut11:{guid(8)}"))
    assert "Nothing was ever settled" in found["counterparty_id"]


def test_a_statement_is_told_line_by_line_with_its_standing(books: Books) -> None:
    row = heard(books, drawn(books, asked(PARTY, "EUR", "RUB", by_contract=True)))
    books.now = row.as_of + timedelta(minutes=1)
    with books.client() as client:
        answer = client.get(f"/v1/statements/{row.id}")
        told = answer.json()
        assert (
            client.get(
                f"/v1/statements/{row.id}", headers={"If-None-Match": answer.headers["ETag"]}
            ).status_code
            == 304
        )
    assert (told["state"], told["verdict"], told["shown"], told["waits_for"]) == (
        "draft",
        "agrees",
        "books",
        None,
    )
    assert (told["from"], told["to"], told["number"]) == ("2026-11-01", "2026-11-30", row.number)
    assert told["counterparty"] == {"id": f"ut11:{PARTY}", "name": "Покупатель"}
    assert told["organization"]["name"] == "Наша фирма"
    euro, rouble = told["sections"]
    assert (rouble["producer"], rouble["opening"], rouble["closing"]) == ("odata", "0.00", "699.50")
    assert [(one["number"], one["debit"], one["credit"]) for one in rouble["lines"]] == [
        ("88", "0.00", "300.50"),
        ("РТ-17", "1000.00", "0.00"),
    ]
    assert rouble["lines"][0]["document_id"] == f"ut11:{drawings.BANK}"
    (part,) = rouble["parts"]
    assert (part["contract"]["number"], part["closing"]) == ("17", "699.50")
    assert told["sums"][0] == {
        "currency": "EUR",
        "opening": "0.00",
        "debit": "7.00",
        "credit": "0.00",
        "closing": "7.00",
    }
    assert told["sums"][0]["closing"] == euro["closing"]
    assert (told["freshness"]["state"], told["agreement"]["state"]) == ("fresh", "unknown")
    assert (told["difference_list"], told["changes"], told["steps"]) == ([], [], [])
    assert set(told["next_states"]) == {"sent", "agreed", "disagreement"}


def test_a_difference_is_told_with_its_documents(books: Books) -> None:
    row = drawings.differing(books)
    with books.client() as client:
        told = client.get(f"/v1/statements/{row.id}").json()
    assert (told["verdict"], told["differences"]) == ("differs", 1)
    (one,) = told["difference_list"]
    assert (one["kind"], one["amount"], one["hub"]) == ("missing_left", "5.00", None)
    assert one["accounting_system"]["document_id"] == f"ut11:{guid(700)}"


def test_the_list_is_narrowed_and_paged(any_books: Books) -> None:
    first = heard(any_books, drawn(any_books, asked(PARTY, "RUB")))
    second = drawn(any_books, asked(PARTY, "EUR"))
    theirs = drawn(any_books, asked(STRANGER))

    with any_books.client() as client:

        def ids(query: str = "") -> list[str]:
            return [one["id"] for one in client.get(f"/v1/statements?{query}").json()["items"]]

        assert ids() == [theirs.id, second.id, first.id]
        assert ids(f"counterparty_id=ut11:{PARTY}") == [second.id, first.id]
        assert ids("verdict=pending") == [theirs.id, second.id]
        assert ids("state=sent&state=agreed") == []
        assert ids("from=2026-11-30&to=2026-12-31") == ids()
        assert ids("from=2026-12-01") == ids("to=2026-10-31") == ids("source=silent") == []
        page = client.get("/v1/statements?limit=2").json()
        rest = client.get(f"/v1/statements?limit=2&cursor={page['next_cursor']}").json()
        assert [one["id"] for one in page["items"] + rest["items"]] == ids()
        assert rest["next_cursor"] is None
        assert client.get(f"/v1/statements?cursor={page['next_cursor']}&verdict=agrees").status_code == 400
        assert client.get(f"/v1/statements?counterparty_id=ut11:{guid(9)}").status_code == 404
        assert client.get("/v1/statements?state=lost").status_code == 400


def test_a_file_is_the_same_bytes_each_time_and_says_what_the_statement_says(books: Books) -> None:
    row = heard(books, drawn(books, asked(PARTY, "EUR", "RUB")))
    books.settings = replace(books.settings, public_url="https://hub.example")
    with books.client() as client:
        address = f"/v1/statements/{row.id}/files"
        first, again = client.get(f"{address}/pdf"), client.get(f"{address}/pdf?language=ru")
        assert first.status_code == 200, first.text
        assert first.content == again.content
        assert first.headers["Content-Type"] == "application/pdf"
        assert f"statement-{row.number}-2026-11-01-2026-11-30-ru.pdf" in first.headers["Content-Disposition"]
        kept = client.get(f"{address}/pdf", headers={"If-None-Match": first.headers["ETag"]})
        assert (kept.status_code, kept.content) == (304, b"")
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(first.content)).pages)
        assert "699,50" in text
        assert f"https://hub.example/verify/{row.checksum}" in text.replace("\n", "")
        sheet = load_workbook(io.BytesIO(client.get(f"{address}/xlsx?language=en").content))
        assert sheet.sheetnames == ["EUR", "RUB"]
        page = client.get(f"{address}/html?language=uk")
        assert page.headers["Content-Type"].startswith("text/html")
        assert "attachment" in page.headers["Content-Disposition"]
        assert "ЧЕРНЕТКА" not in page.text
        assert (
            client.get(f"{address}/doc").status_code
            == client.get(f"{address}/pdf?language=de").status_code
            == 400
        )
    with books.store.reading() as tx:
        (pdf,) = (
            one
            for one in files.latest(tx, "ut11", "statement", row.id)
            if one.media_type == "application/pdf"
        )
        assert (pdf.version, f'"{pdf.sha256}"') == (1, first.headers["ETag"])
        assert len(files.readers(tx, pdf)) == 3
        assert files.read(books.store, pdf) == first.content


def test_what_is_pending_or_unexplained_prints_as_a_draft(books: Books) -> None:
    row = drawn(books, asked())
    with books.client() as client:
        assert "ЧЕРНОВИК" in client.get(f"/v1/statements/{row.id}/files/html").text
        listed = client.get(f"/v1/statements/{row.id}").json()
        assert (listed["waits_for"], {one["draft"] for one in listed["files"]}) == ("asking", {True})
        unexplained = heard(books, row, {"closing": 70_000})
        assert unexplained.verdict == "unexplained"
        assert "DRAFT" in client.get(f"/v1/statements/{row.id}/files/html?language=en").text
        agreeing = heard(books, drawn(books, asked(PARTY, "EUR")))
        assert "DRAFT" not in client.get(f"/v1/statements/{agreeing.id}/files/html?language=en").text


def test_every_reading_is_in_the_audit(books: Books) -> None:
    row = heard(books, drawn(books, asked()))
    with books.client() as client:
        addresses = ("", "/files/pdf", "/uploads")
        for address in addresses:
            assert client.get(f"/v1/statements/{row.id}{address}").status_code == 200
    with books.store.reading() as tx:
        found = audit.read(tx, limit=10)
    assert [one.operation for one in reversed(found)] == [
        "getStatement",
        "getStatementFile",
        "listStatementUploads",
    ]
    assert {(one.subject, one.counterparty_id) for one in found} == {(row.id, PARTY)}
    assert json.loads(found[1].details)["format"] == "pdf"


def test_statements_of_another_company_do_not_exist(any_books: Books) -> None:
    mine, theirs = drawn(any_books, asked()), drawn(any_books, asked(STRANGER))
    bound = any_books.key(source="ut11", counterparty_id=PARTY)
    never = "0" * 32
    with any_books.client(bound) as client:
        assert [one["id"] for one in client.get("/v1/statements").json()["items"]] == [mine.id]
        assert client.get(f"/v1/statements/{mine.id}").status_code == 200
        for rest in ("", "/files/pdf", "/uploads", f"/uploads/{never}"):
            hidden, unknown, malformed = (
                client.get(f"/v1/statements/{one}{rest}") for one in (theirs.id, never, "x")
            )
            assert hidden.status_code == unknown.status_code == malformed.status_code == 404
            assert {one.json()["code"] for one in (hidden, unknown, malformed)} == {"statement_not_found"}
        posted = [
            client.post(f"/v1/statements/{theirs.id}/{what}", headers={"Idempotency-Key": "k"}, **sent)
            for what, sent in (("state", {"json": {"state": "agreed"}}), ("uploads", {"content": b"x"}))
        ]
        assert [one.status_code for one in posted] == [404, 404]
        assert wrong(ask(client, counterparty_id=f"ut11:{STRANGER}")) == wrong(
            ask(client, counterparty_id=f"ut11:{guid(9)}")
        )


def test_one_person_of_a_company_sees_no_statement(books: Books) -> None:
    row = drawn(books, asked())
    with books.client() as client:
        operation = ask(client).json()["id"]
    books.put("contact", [record("contact", id=guid(30), name="Ito")])
    own = books.key(source="ut11", counterparty_id=PARTY, reach="own", contact_id=guid(30))
    with books.client(own) as client:
        addresses = ("", f"/{row.id}", f"/{row.id}/files/pdf", f"/{row.id}/uploads")
        told = [client.get(f"/v1/statements{one}") for one in addresses]
        assert {one.status_code for one in (*told, ask(client))} == {403}
        assert {one.json()["code"] for one in told} == {"reach_too_narrow"}
        assert client.get(f"/v1/operations/{operation}").status_code == 404


def test_each_permission_opens_its_own_and_no_other(books: Books) -> None:
    row = drawn(books, asked())
    with books.client(books.key(permissions=("statements:read",))) as reader:
        assert reader.get(f"/v1/statements/{row.id}").json()["next_states"] == []
        assert ask(reader).status_code == 403
    with books.client(books.key(permissions=("statements:write",))) as writer:
        address = ask(writer).headers["Location"]
        assert writer.get(address).status_code == 200
        assert writer.get(f"/v1/statements/{row.id}").status_code == 403
    with books.client(books.key(permissions=("sync:write",))) as other:
        answer = other.get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")

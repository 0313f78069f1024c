"""New legal entities and delivery points over the API: no twin, and nothing learnt of strangers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from schemas.settings import OrderSettings
from store import submissions
from tests.unit.api.books import ORGANIZATION, PARTY, STRANGER, Books, guid, record

INN, KPP, TAKEN = "7707083893", "770701001", "7736050003"
PARTNER = guid(90)


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    made = Books.open(database_url, tmp_path / "landing")
    first, silent = made.settings.sources
    taking = replace(first, orders=OrderSettings(accept=True))
    made.settings = replace(made.settings, sources=(taking, silent))
    made.put("organization", [record("organization", id=ORGANIZATION, name="Мы")])
    known = {"kind": "company", "status": "active"}
    made.put(
        "counterparty",
        [
            record("counterparty", id=PARTY, name="Покупатель", partner_id=PARTNER, tax_id="1", **known),
            record("counterparty", id=STRANGER, name="Чужой", tax_id=TAKEN, **known),
        ],
    )
    yield made
    made.store.close()


def post(client: TestClient[Any], address: str, body: dict[str, Any], key: str = "") -> Any:
    return client.post(address, json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})


def entity(**given: Any) -> dict[str, Any]:
    basis: dict[str, Any] = {"reference": "P-1", "name": "Ромашка", "legal_name": "ООО «Ромашка»"}
    basis |= {"kind": "company", "tax_id": INN, "tax_reason_code": KPP, "source": "ut11"}
    return basis | given


def bound(books: Books, of: str = PARTY) -> str:
    return books.key(source="ut11", counterparty_id=of, reach="company")


def test_an_entity_is_kept_with_its_place_in_the_outbox_and_once(books: Books) -> None:
    with books.client() as client:
        mail = {"purpose": "email", "text": "a@b.example"}
        answer = post(client, "/v1/counterparties", entity(contacts=[mail]), "k")
        assert answer.status_code == 202, answer.text
        told = answer.json()
        assert (told["state"], told["actions"], told["counterparty_id"]) == ("queued", ["cancel"], None)
        assert post(client, "/v1/counterparties", entity(contacts=[mail]), "k").json() == told
        twin = post(client, "/v1/counterparties", entity())
        assert (twin.status_code, twin.json()["code"]) == (409, "party_request_exists")
        assert twin.headers["location"] == answer.headers["location"]
        assert client.get(answer.headers["location"]).json() == told
        assert client.get("/v1/party-requests?kind=counterparty&limit=1").json()["items"] == [told]
        assert client.get("/v1/party-requests?kind=delivery_point").json()["items"] == []
        gone = post(client, f"{answer.headers['location']}/cancel", {"note": "no more"})
        assert (gone.json()["state"], gone.json()["why"]) == ("cancelled", "on_request")
        assert post(client, f"{answer.headers['location']}/cancel", {}).json()["code"] == "step_refused"


def test_everything_that_is_wrong_is_told_at_once(books: Books) -> None:
    wrong = {"reference": " P", "tax_id": "7707083890", "tax_reason_code": "77", "name": " "}
    wrong |= {"contacts": [{"purpose": "email", "text": "nobody"}], "head_id": f"ut11:{guid(99)}"}
    with books.client() as client:
        answer = post(client, "/v1/counterparties", entity(**wrong)).json()
    assert answer["code"] == "invalid_value"
    assert {one["pointer"] for one in answer["errors"]} == {
        "#/reference", "#/tax_id", "#/tax_reason_code", "#/name", "#/contacts/0/text", "#/head_id",
    }  # fmt: skip


def test_numbers_have_their_check_digits(books: Books) -> None:
    person = {"kind": "sole_proprietor", "tax_id": "500100732259"}
    none = {"tax_id": "", "tax_reason_code": ""}
    good: list[dict[str, Any]] = [person | {"tax_reason_code": ""}, none | {"registry_code": "32855961"}]
    bad: list[dict[str, Any]] = [
        person,
        person | {"kind": "company"},
        none,
        none | {"registry_code": "32855968"},
    ]
    with books.client() as client:
        for place, given in enumerate([*good, *bad]):
            answer = post(client, "/v1/counterparties", entity(reference=f"P-{place}", **given))
            told = answer.json().get("code", answer.status_code)
            assert told == (202 if given in good else "invalid_value"), given
        for source, code in ((None, "invalid_value"), ("silent", "orders_off")):
            assert post(client, "/v1/counterparties", entity(source=source)).json()["code"] == code


def test_what_the_caller_sees_is_not_made_again_and_a_strangers_is_not_told_of(books: Books) -> None:
    theirs = entity(tax_id=TAKEN, tax_reason_code="")
    with books.client() as client:
        answer = post(client, "/v1/counterparties", theirs)
        assert (answer.status_code, answer.json()["code"]) == (409, "counterparty_exists")
        assert answer.headers["location"] == f"/v1/counterparties/ut11:{STRANGER}"
    with books.client(bound(books)) as client:
        refused = post(client, "/v1/counterparties", theirs).json()
        assert [one["pointer"] for one in refused["errors"]] == ["#/head_id"]
        refused = post(client, "/v1/counterparties", theirs | {"head_id": f"ut11:{STRANGER}"}).json()
        assert [one["pointer"] for one in refused["errors"]] == ["#/head_id"]
        answer = post(client, "/v1/counterparties", theirs | {"head_id": f"ut11:{PARTY}"})
        assert (answer.status_code, answer.json()["state"]) == (202, "queued")
        assert STRANGER not in answer.text


def test_companies_do_not_see_each_others_requests_and_references_are_each_ones_own(books: Books) -> None:
    made: dict[str, str] = {}
    for of in (PARTY, STRANGER):
        with books.client(bound(books, of)) as client:
            answer = post(client, "/v1/counterparties", entity(head_id=f"ut11:{of}"))
            assert answer.status_code == 202, answer.text
            assert answer.json()["reference"] == "P-1"
            made[of] = answer.json()["id"]
            assert [one["id"] for one in client.get("/v1/party-requests").json()["items"]] == [made[of]]
            other = made[PARTY] if of == STRANGER else f"ut11:{guid(98)}"
            assert client.get(f"/v1/party-requests/{other}").status_code == (
                200 if other == made[of] else 404
            )
            assert post(client, f"/v1/party-requests/ut11:{guid(9)}/cancel", {}).status_code == 404


def test_of_a_refused_match_nothing_of_the_stranger_is_told(books: Books) -> None:
    with books.client(bound(books)) as client:
        asked = post(client, "/v1/counterparties", entity(tax_id=TAKEN, head_id=f"ut11:{PARTY}")).json()
        with books.store.transaction() as tx:
            row = submissions.read(tx)[0]
            row = submissions.step(tx, row, "sending", by="saldo push")
            row = submissions.step(tx, row, "created", by="saldo push", why="found", ref_key=STRANGER)
        assert STRANGER not in client.get(f"/v1/party-requests/{asked['id']}").text
        with books.store.transaction() as tx:
            submissions.step(tx, row, "rejected", by="saldo push", why="found", said="Чужой", ref_key=None)
        told = client.get(f"/v1/party-requests/{asked['id']}").json()
        events = client.get("/v1/events").text
    assert (told["state"], told["why"], told["counterparty_id"]) == ("rejected", "found", None)
    assert "call the supplier" in told["explained"]
    assert "party.rejected" in events
    assert STRANGER not in events


def test_a_delivery_point_is_asked_for_by_whom_it_is_and_needs_a_partner(books: Books) -> None:
    point = {"reference": "D-1", "address": "Тула, Мира, 1", "city": "Тула"}
    with books.client(bound(books)) as client:
        answer = post(client, f"/v1/counterparties/ut11:{PARTY}/delivery-points", point)
        assert answer.status_code == 202, answer.text
        assert answer.json()["counterparty_id"] == f"ut11:{PARTY}"
        assert (answer.json()["name"], answer.json()["reference"]) == ("Тула, Мира, 1", "D-1")
        again = post(client, f"/v1/counterparties/ut11:{PARTY}/delivery-points", point)
        assert again.json()["code"] == "party_request_exists"
        other = post(client, f"/v1/counterparties/ut11:{STRANGER}/delivery-points", point)
        assert other.status_code == 404
    with books.client() as client:
        none = post(client, f"/v1/counterparties/ut11:{STRANGER}/delivery-points", point)
        assert none.json()["code"] == "invalid_value"

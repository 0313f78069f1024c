"""What an administrator sets over the API, and what the buyer's answers make of it (BS-13, BS-14, CM-15)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.unit.api.books import CONTRACT, PARTY, STRANGER, Books, guid, record

Client = TestClient[Litestar]
OF_PARTY = f"/v1/counterparties/ut11:{PARTY}"
TERMS, OVERRIDES, SUSPENSIONS = (
    f"{OF_PARTY}/{name}" for name in ("payment-terms", "access-overrides", "suspensions")
)
RULES = "/v1/access-rules"
WHY = {"reason": "letter 7", "by": "Ito"}
BODIES: dict[str, dict[str, Any]] = {
    TERMS: {"days": 30, "valid_from": "2026-01-01"},
    OVERRIDES: {"state": "blocked"},
    SUSPENSIONS: {"from_on": "2026-01-01"},
    RULES: {"source": "ut11", "state": "balance_only", "days": 10},
}
NOTE = {"settled_id": guid(100), "settled_kind": "shipping_note", "arose_on": "2026-01-01", "debt": 700_00}


@pytest.fixture
def open_books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    opened.parties()
    opened.settle([("RUB", 700_00)], [NOTE])
    yield opened
    opened.store.close()


@pytest.fixture
def owing(books: Books) -> Books:
    """The same on SQLite."""
    books.parties()
    books.settle([("RUB", 700_00)], [NOTE])
    return books


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Books for tests in which everything is refused."""
    folder = tmp_path_factory.mktemp("rules")
    opened = Books.open(f"sqlite:///{folder}/store.db", folder / "landing")
    opened.parties()
    yield opened
    opened.store.close()


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, json=body, headers={"Idempotency-Key": str(uuid4())})


def set_(client: Client, address: str, **more: Any) -> Any:
    answer = post(client, address, BODIES[address] | WHY | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def listed(client: Client, address: str, **query: Any) -> list[Any]:
    answer = client.get(address, params=query)
    assert answer.status_code == 200, answer.text
    items: list[Any] = answer.json()["items"]
    return items


def test_what_is_set_is_listed_and_ended_and_stays_in_the_history(open_books: Books) -> None:
    with open_books.client() as client:
        for address in BODIES:
            made = set_(client, address)
            assert (made["reason"], made["set_by"]) == ("letter 7", "Ito (test)")
            assert made["ended_at"] is None
            assert listed(client, address) == [made]
            ended = post(client, f"{address}/{made['number']}/end", {"reason": "paid"})
            assert ended.status_code == 200
            assert (ended.json()["ended_by"], ended.json()["ended_reason"]) == ("test", "paid")
            assert listed(client, address) == []
            assert listed(client, address, history=True) == [ended.json()]
            again = post(client, f"{address}/{made['number']}/end", {"reason": "paid"})
            assert (again.status_code, again.json()["code"]) == (409, "already_ended")
            never = post(client, f"{address}/{made['number'] + 7}/end", {"reason": "paid"})
            assert (never.status_code, never.json()["code"]) == (404, "setting_not_found")


def test_terms_move_the_due_date_and_the_answer_says_who_set_them(owing: Books) -> None:
    with owing.client() as client:
        set_(client, TERMS, days=365)
        set_(client, TERMS, days=3, contract_id=f"ut11:{CONTRACT}")
        of_contract, of_party = listed(client, TERMS)
        (item,) = client.get(f"{OF_PARTY}/balance").json()["open_items"]
    assert (of_contract["contract_id"], of_party["contract_id"]) == (f"ut11:{CONTRACT}", None)
    assert item["due_on"] == "2026-01-04"
    assert "Ito (test)" in str(item)


def test_a_rule_and_a_state_by_hand_decide_what_may_be_opened(owing: Books) -> None:
    with owing.client() as client:
        segment = {"field": "kind", "value": "company"}
        rule = set_(client, RULES, currency="RUB", amount="700.00", segment=segment)
        assert (rule["amount"], rule["currency"], rule["segment"]) == ("700.00", "RUB", segment)
        assert client.get(f"{OF_PARTY}/access").json()["state"] == "balance_only"
        by_hand = set_(client, OVERRIDES, state="open", expires_at="2099-04-05T10:00:00+03:00")
        assert by_hand["expires_at"] == "2099-04-05T10:00:00+03:00"
        assert by_hand["is_expired"] is False
        opened = client.get(f"{OF_PARTY}/access").json()
    assert (opened["state"], opened["reason"]) == ("open", "set_by_hand")


def test_a_suspension_stops_trading_and_nothing_else(owing: Books) -> None:
    with owing.client() as client:
        made = set_(client, SUSPENSIONS, from_on=None)
        assert made["from_on"] == "2026-11-22"  # today by the books' clock
        answer = client.get(f"{OF_PARTY}/access").json()
    assert (answer["trading"]["status"], answer["state"]) == ("suspended", "open")


def test_a_newer_word_takes_the_place_of_the_older_one(owing: Books) -> None:
    with owing.client() as client:
        older, newer = set_(client, OVERRIDES), set_(client, OVERRIDES, state="open")
        assert listed(client, OVERRIDES) == [newer]
        replaced = listed(client, OVERRIDES, history=True)[1]
    assert (replaced["number"], replaced["ended_reason"]) == (older["number"], "replaced: letter 7")


def test_the_history_comes_in_pages(books: Books) -> None:
    books.parties()
    with books.client() as client:
        numbers = [set_(client, RULES, days=days)["number"] for days in (1, 2, 3)]
        first = client.get(RULES, params={"limit": 2}).json()
        assert [one["number"] for one in first["items"]] == numbers[:0:-1]
        rest = client.get(RULES, params={"limit": 2, "cursor": first["next_cursor"]}).json()
        assert [one["number"] for one in rest["items"]] == numbers[:1]
        assert rest["next_cursor"] is None
        strange = client.get(RULES, params={"history": True, "cursor": first["next_cursor"]})
    assert strange.json()["code"] == "bad_cursor"


@pytest.mark.parametrize("address", BODIES)
def test_keys_of_one_company_neither_set_nor_read_any_of_it(unchanged: Books, address: str) -> None:
    bound = unchanged.key(source="ut11", counterparty_id=PARTY, reach="company")
    with unchanged.client(bound) as client:
        refused = [
            client.get(address),
            post(client, address, BODIES[address] | WHY),
            post(client, f"{address}/1/end", WHY),
        ]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(403, "key_is_bound")] * 3


def test_a_key_of_one_base_sets_rules_of_that_base_only(books: Books) -> None:
    books.parties()
    with books.client() as anybody:
        there = set_(anybody, RULES, source="silent")
    with books.client(books.key(source="ut11")) as client:
        assert post(client, RULES, BODIES[RULES] | WHY | {"source": "silent"}).status_code == 404
        assert client.get(RULES, params={"source": "silent"}).json()["code"] == "source_not_found"
        set_(client, RULES)
        assert [one["source"] for one in listed(client, RULES)] == ["ut11"]
        ended = post(client, f"{RULES}/{there['number']}/end", WHY)
    assert (ended.status_code, ended.json()["code"]) == (404, "setting_not_found")


@pytest.mark.parametrize("address", [TERMS, OVERRIDES, SUSPENSIONS])
def test_a_number_of_another_counterparty_is_not_there(books: Books, address: str) -> None:
    books.parties()
    party = {"name": "Другой", "kind": "company", "status": "active"}
    books.put(
        "counterparty", [record("counterparty", id=PARTY), record("counterparty", id=STRANGER, **party)]
    )
    with books.client() as client:
        made = set_(client, address)
        other = address.replace(PARTY, STRANGER)
        ended = post(client, f"{other}/{made['number']}/end", WHY)
        assert (ended.status_code, ended.json()["code"]) == (404, "setting_not_found")
        unknown = address.replace(PARTY, guid(77))
        for answer in (client.get(unknown), post(client, unknown, BODIES[address] | WHY)):
            assert (answer.status_code, answer.json()["code"]) == (404, "counterparty_not_found")


@pytest.mark.parametrize(
    ("address", "more", "status", "pointer"),
    [
        (TERMS, {"days": -1}, 400, "#/days"),
        (TERMS, {"valid_from": "soon"}, 400, "#/valid_from"),
        (TERMS, {"contract_id": "ut11:x"}, 422, "#/contract_id"),
        (TERMS, {"contract_id": f"other:{CONTRACT}"}, 422, "#/contract_id"),
        (TERMS, {"contract_id": f"ut11:{guid(99)}"}, 422, "#/contract_id"),
        (OVERRIDES, {"state": "closed"}, 400, "#/state"),
        (OVERRIDES, {"expires_at": "2020-01-01T00:00:00Z"}, 422, "#/expires_at"),
        (OVERRIDES, {"expires_at": "2030-01-01T00:00:00"}, 400, "#/expires_at"),
        (OVERRIDES, {"expires_at": "9999-12-31T23:59:59-12:00"}, 422, "#/expires_at"),
        (OVERRIDES, {"reason": " \n"}, 400, "#/reason"),
        (OVERRIDES, {"reason": "a\u0000b"}, 400, "#/reason"),
        (OVERRIDES, {"by": ""}, 400, "#/by"),
        (SUSPENSIONS, {"from_on": "2026-02-02", "to_on": "2026-02-01"}, 422, "#/to_on"),
        (RULES, {"days": 0}, 400, "#/days"),
        (RULES, {"amount": "1000.00"}, 422, "#/currency"),
        (RULES, {"amount": "1000.00", "currency": "XXA"}, 422, "#/currency"),
        (RULES, {"currency": "XXA"}, 422, "#/currency"),
        (RULES, {"amount": "10.001", "currency": "RUB"}, 422, "#/amount"),
        (RULES, {"amount": "1e3", "currency": "RUB"}, 400, "#/amount"),
        (RULES, {"amount": "0", "currency": "RUB"}, 422, "#/amount"),
        (RULES, {"amount": "9" * 18, "currency": "RUB"}, 422, "#/amount"),
        (RULES, {"segment": {"field": "Ранг", "value": "A"}}, 422, "#/segment"),
        (RULES, {"segment": {"field": "", "value": "A"}}, 400, "#/segment/field"),
    ],
)
def test_what_cannot_be_set_is_refused_with_the_place_in_the_body(
    unchanged: Books, address: str, more: dict[str, Any], status: int, pointer: str
) -> None:
    with unchanged.client() as client:
        refused = post(client, address, BODIES[address] | WHY | more)
        assert refused.status_code == status, refused.text
        assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
        assert listed(client, address) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b'{"reason": "\xff"}',
        b'{"reason": "x", "who": 1}',
        b'{"a":' * 5_000,
    ],
)
def test_a_body_that_is_no_body_is_a_problem_of_the_client(unchanged: Books, body: bytes) -> None:
    with unchanged.client() as client:
        headers = {"Idempotency-Key": "one", "Content-Type": "application/json"}
        refused = client.post(f"{RULES}/1/end", content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request")
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "9" * 30])
def test_a_number_that_cannot_be_one_is_refused(unchanged: Books, number: str) -> None:
    with unchanged.client() as client:
        assert post(client, f"{RULES}/{number}/end", WHY).status_code in {400, 404}

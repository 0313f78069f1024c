"""Rules of approval over the API: the supplier sets them for anybody, a company for itself (BC-06)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.unit.api.books import PARTY, STRANGER, Books, guid, record

ADDRESS = "/v1/approval-rules"
BRANCH, ANNA, OTHERS = guid(60), guid(61), guid(62)
WHY = {"source": "ut11", "reason": "the board decided", "by": "Ito"}


@pytest.fixture
def books(books: Books) -> Books:
    books.parties()
    party = {"kind": "company", "status": "active"}
    rows = [
        record("counterparty", id=PARTY, partner_id=guid(70), **party),
        record("counterparty", id=BRANCH, head_id=PARTY, **party),
        record("counterparty", id=STRANGER, partner_id=guid(71), **party),
    ]
    books.put("counterparty", rows)
    people = [(ANNA, guid(70)), (OTHERS, guid(71))]
    books.put("contact", [record("contact", id=one, partner_id=partner) for one, partner in people])
    return books


def asked(books: Books, key: str | None, path: str = "", **body: Any) -> Any:
    with books.client(key) as client:
        if not body:
            return client.get(ADDRESS + path)
        return client.post(ADDRESS + path, json=body, headers={"Idempotency-Key": str(uuid4())})


def test_a_rule_is_set_listed_ended_and_remembered(books: Books) -> None:
    whom = {"counterparty_id": f"ut11:{PARTY}", "branch_id": f"ut11:{BRANCH}", "contact_id": f"ut11:{ANNA}"}
    set_ = asked(books, None, **WHY, **whom, currency="RUB", amount="1000.50")
    assert set_.status_code == 201, set_.text
    told = set_.json()
    assert {name: told[name] for name in whom} == whom
    assert (told["amount"], told["set_by"], told["reason"]) == ("1000.50", "Ito (test)", "the board decided")
    every = asked(books, None, **WHY).json()
    assert (every["counterparty_id"], every["amount"]) == (None, None)
    assert [one["number"] for one in asked(books, None).json()["items"]] == [every["number"], told["number"]]
    ended = asked(books, None, f"/{told['number']}/end", reason="over")
    assert ended.json()["ended_reason"] == "over"
    assert [one["number"] for one in asked(books, None).json()["items"]] == [every["number"]]
    assert len(asked(books, None, "?history=true").json()["items"]) == 2
    again = asked(books, None, f"/{told['number']}/end", reason="over")
    assert (again.status_code, again.json()["code"]) == (409, "already_ended")


def test_a_company_sets_and_sees_rules_about_itself_only(books: Books) -> None:
    own = books.key(source="ut11", counterparty_id=PARTY, reach="company")
    asked(books, None, **WHY)
    asked(books, None, **WHY, counterparty_id=f"ut11:{STRANGER}")
    told = asked(books, own, **WHY, counterparty_id=f"ut11:{BRANCH}", contact_id=f"ut11:{ANNA}")
    assert told.status_code == 201, told.text
    (seen,) = asked(books, own).json()["items"]
    assert (seen["counterparty_id"], seen["reason"], seen["set_by"]) == (f"ut11:{BRANCH}", None, None)
    wrong: list[tuple[str, dict[str, str]]] = [
        ("counterparty_id", {}),
        ("counterparty_id", {"counterparty_id": f"ut11:{STRANGER}"}),
        ("counterparty_id", {"counterparty_id": f"ut11:{guid(99)}"}),
        ("branch_id", {"counterparty_id": f"ut11:{PARTY}", "branch_id": f"ut11:{STRANGER}"}),
        ("contact_id", {"counterparty_id": f"ut11:{PARTY}", "contact_id": f"ut11:{OTHERS}"}),
    ]
    answers = set()
    for field, given in wrong:
        refused = asked(books, own, **WHY, **given)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"#/{field}")
        answers.add(refused.json()["detail"])
    assert len(answers) == 1  # whether a stranger is known here is not told
    assert asked(books, own, "/1/end", reason="ours?").json()["code"] == "setting_not_found"
    assert asked(books, own, f"/{seen['number']}/end", reason="done").status_code == 200


def test_who_may_not_set_rules_is_not_told_who_set_them_and_why(books: Books) -> None:
    asked(books, None, **WHY)
    (seen,) = asked(books, books.key(permissions=("orders:approve",))).json()["items"]
    assert {seen[name] for name in ("set_by", "reason", "ended_by", "ended_reason")} == {None}


def test_one_person_of_a_company_sets_no_rules(books: Books) -> None:
    person = books.key(source="ut11", counterparty_id=PARTY, contact_id=ANNA, reach="own")
    refused = asked(books, person, **WHY, counterparty_id=f"ut11:{PARTY}")
    assert (refused.status_code, refused.json()["code"]) == (403, "key_is_bound")


def test_an_amount_needs_its_currency(books: Books) -> None:
    refused = asked(books, None, **WHY, amount="5.00")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_value")
    with_currency = asked(books, None, **WHY, amount="5.001", currency="RUB")
    assert (with_currency.status_code, with_currency.json()["code"]) == (422, "invalid_value")

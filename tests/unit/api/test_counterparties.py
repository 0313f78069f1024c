from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from store import trading
from tests.unit.api import papers
from tests.unit.api.books import CONTRACT, MEMO, ORGANIZATION, PARTY, STRANGER, guid, record
from tests.unit.api.papers import BRANCH, MANAGER, PARTNER, PERSON
from tests.unit.api.shelf import Shelf, opened

PHONE, LEFT, CLOSED = guid(400), guid(401), guid(402)
ALL = sorted([PARTY, BRANCH, STRANGER, CLOSED])
LIST = "/v1/counterparties"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    for one in opened(request, tmp_path_factory.mktemp("shelf")):
        fill(one)
        yield one


def fill(shelf: Shelf) -> None:
    put = shelf.books.put
    put("manager", [record("manager", id=MANAGER, name="Петров")])
    put(
        "contact_kind",
        [record("contact_kind", id=PHONE, code="ТелефонКонтрагента", name="Телефон бухгалтерии")],
    )
    partner = record("partner", id=PARTNER, code="K-17", name="Партнёр", manager_id=MANAGER)
    depot = record("delivery_point", partner_id=PARTNER, line_no=1, address="Склад 3", city="Тверь")
    papers.put(
        shelf.books, "partner", [partner], contact_point=[phone(PARTNER, "+7 2")], delivery_point=[depot]
    )
    papers.put(
        shelf.books, "counterparty", parties(), contact_point=[phone(PARTY, "+7 1"), phone(STRANGER, "+7 4")]
    )
    people = [
        record("contact", id=PERSON, partner_id=PARTNER, name="Ito", position="Закупки"),
        record("contact", id=LEFT, partner_id=PARTNER, name="Yamada", left_on="2026-01-01"),
    ]
    papers.put(shelf.books, "contact", people, contact_point=[phone(PERSON, "+7 3")])


def phone(owner: str, text: str) -> tuple[object, ...]:
    return record("contact_point", owner_id=owner, line_no=1, type="phone", kind_id=PHONE, text=text)


def parties() -> list[tuple[object, ...]]:
    blank = {
        "kind": "company",
        "status": "active",
        "internal_memo": MEMO,
        "extension": '{"Ранг": {"value": "secret"}}',
    }
    buyer = {
        "name": "Покупатель",
        "legal_name": 'ООО "Покупатель"',
        "tax_id": "7701234567",
        "partner_id": PARTNER,
    }
    return [
        record("counterparty", id=PARTY, **{**blank, **buyer}),
        record(
            "counterparty",
            id=BRANCH,
            head_id=PARTY,
            is_branch=True,
            **{**blank, "name": "Филиал 50%_в Твери"},
        ),
        record("counterparty", id=STRANGER, **{**blank, "name": "Чужой", "kind": "person"}),
        record("counterparty", id=CLOSED, **{**blank, "name": "Закрытый", "status": "closed"}),
    ]


def test_the_list_is_by_id_and_in_pages(shelf: Shelf) -> None:
    assert shelf.ids(LIST) == ALL
    first = shelf.get(LIST, limit=3)
    rest = shelf.get(LIST, limit=3, cursor=first["next_cursor"])
    assert [row["id"] for row in first["items"] + rest["items"]] == [f"ut11:{one}" for one in ALL]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "покуп"}, [PARTY]),
        ({"q": "ПОКУП"}, [PARTY]),
        ({"q": "ооо"}, [PARTY]),
        ({"q": "770123"}, [PARTY]),
        ({"q": "k-17"}, [PARTY]),
        ({"q": "0%_в"}, [BRANCH]),
        ({"q": "%"}, [BRANCH]),
        ({"q": "никто"}, []),
        ({"kind": "person"}, [STRANGER]),
        ({"status": "closed"}, [CLOSED]),
        ({"head_id": f"ut11:{PARTY}"}, [BRANCH]),
        ({"source": "silent"}, []),
    ],
)
def test_each_filter_narrows_the_list(shelf: Shelf, asked: dict[str, str], expected: list[str]) -> None:
    assert shelf.ids(LIST, **asked) == expected


def test_a_row_has_legal_data_and_nothing_internal(shelf: Shelf) -> None:
    (row,) = shelf.get(LIST, q="покуп")["items"]
    assert row.pop("updated_at")
    assert row == {
        "id": f"ut11:{PARTY}",
        "name": "Покупатель",
        "legal_name": 'ООО "Покупатель"',
        "code": "K-17",
        "kind": "company",
        "status": "active",
        "head_office": None,
        "is_branch": False,
        "tax_id": "7701234567",
        "tax_reason_code": None,
        "registry_code": None,
        "registration_number": None,
        "foreign_tax_number": None,
        "manager": "Петров",
        "is_deleted": False,
    }
    for address in (LIST, f"{LIST}/ut11:{PARTY}", f"{LIST}/ut11:{PARTY}/contracts"):
        text = shelf.ask(address).text
        assert MEMO not in text
        assert "secret" not in text
    assert shelf.get(LIST, fields="name", q="чужой")["items"] == [{"id": f"ut11:{STRANGER}", "name": "Чужой"}]


def test_one_is_told_with_all_that_is_known_of_it(shelf: Shelf) -> None:
    found = shelf.get(f"{LIST}/ut11:{PARTY}")
    point = {"type": "phone", "purpose": "Телефон бухгалтерии", "purpose_code": "ТелефонКонтрагента"}
    assert [one["id"] for one in found["branches"]] == [f"ut11:{BRANCH}"]
    assert found["contact_points"] == [{**point, "text": "+7 1"}]
    assert found["partner_contact_points"] == [{**point, "text": "+7 2"}]
    assert found["contacts"] == [
        {
            "id": f"ut11:{PERSON}",
            "name": "Ito",
            "position": "Закупки",
            "contact_points": [{**point, "text": "+7 3"}],
        }
    ], "who left is not there"
    assert found["delivery_points"] == [{"number": 1, "address": "Склад 3", "city": "Тверь", "region": None}]
    assert found["trading"] == {"status": "active", "decided_by": "both", "from_on": None, "to_on": None}
    assert found["contracts"] == shelf.get(f"{LIST}/ut11:{PARTY}/contracts")["items"]
    branch = shelf.get(f"{LIST}/ut11:{BRANCH}")
    assert branch["head_office"] == {"id": f"ut11:{PARTY}", "name": "Покупатель"}
    assert (branch["contacts"], branch["delivery_points"], branch["contracts"]) == ([], [], [])


def test_a_contract_names_its_terms_and_the_rule_they_come_from(shelf: Shelf) -> None:
    (contract,) = shelf.get(f"{LIST}/ut11:{PARTY}/contracts")["items"]
    assert contract == {
        "id": f"ut11:{CONTRACT}",
        "number": "17",
        "name": "Договор 17",
        "kind": "sale",
        "status": "active",
        "organization": {"id": f"ut11:{ORGANIZATION}", "name": "Наша фирма"},
        "currency": "RUB",
        "settled": "by_contract",
        "payment_terms": {
            "days": 14,
            "rule": "site_default",
            "site_terms": None,
            "calendar": "calendar_days",
        },
        "credit_limit": None,
        "blocks_when_overdue": False,
        "signed_on": None,
        "valid_from": None,
        "valid_to": None,
        "manager": None,
    }


def test_a_suspension_is_told(shelf: Shelf) -> None:
    with shelf.books.store.transaction() as tx:
        trading.suspend(tx, "ut11", STRANGER, from_on=date(2026, 11, 1), by="test", reason="test")
    assert shelf.get(f"{LIST}/ut11:{STRANGER}")["trading"]["status"] == "suspended"


def test_a_key_sees_its_own_company_only(shelf: Shelf) -> None:
    branch = shelf.books.key(source="ut11", counterparty_id=BRANCH, reach="branch")
    subtree = shelf.books.key(source="ut11", counterparty_id=PARTY, reach="subtree")
    own = shelf.books.key(source="ut11", counterparty_id=PARTY, contact_id=PERSON, reach="own")
    assert shelf.ids(LIST, branch) == [BRANCH]
    assert shelf.get(LIST, branch)["items"][0]["head_office"] is None, "it does not see its head office"
    assert shelf.ids(LIST, subtree) == sorted([PARTY, BRANCH])
    assert shelf.ids(LIST, branch, q="покуп") == []
    assert shelf.get(f"{LIST}/ut11:{PARTY}", own)["branches"] == []
    for address in (f"{LIST}/ut11:{PARTY}", f"{LIST}/ut11:{PARTY}/contracts", f"{LIST}/ut11:{guid(999)}"):
        refused = shelf.ask(address, branch)
        assert (refused.status_code, refused.json()["code"]) == (404, "counterparty_not_found")


def test_a_mirror_is_told_what_changed_and_what_was_deleted(shelf: Shelf) -> None:
    first = shelf.get(LIST, updated_since="2020-01-01T00:00:00Z", limit=3)
    last = shelf.get(LIST, updated_since="2020-01-01T00:00:00Z", limit=3, cursor=first["next_cursor"])
    assert sorted(row["id"] for row in first["items"] + last["items"]) == [f"ut11:{one}" for one in ALL]
    assert first["next_updated_since"] == last["next_updated_since"]
    shelf.books.put("counterparty", [row for row in parties() if row[0] != CLOSED])
    rows = shelf.get(LIST, updated_since=first["next_updated_since"])["items"]
    assert [row["is_deleted"] for row in rows if row["id"] == f"ut11:{CLOSED}"] == [True]
    assert CLOSED not in shelf.ids(LIST)
    shelf.books.put("counterparty", parties())

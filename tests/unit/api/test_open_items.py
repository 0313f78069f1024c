"""The table of open items with its sums, and the same debts by age."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, READ_AT, STRANGER, Books, guid, record

OTHER, OTHER_KEY = guid(80), guid(81)  # a second contract, and the settlements under it
ADDRESS = f"/v1/counterparties/ut11:{PARTY}"
COLUMNS = {
    *("contract_id", "organization_id", "document", "currency", "amount", "settled", "unpaid", "arose_on"),
    *(
        "payment_terms_days",
        "rule",
        "site_terms",
        "calendar",
        "due_on",
        "days_overdue",
        "overdue",
        "unexplained",
    ),
}


@pytest.fixture
def owing(books: Books) -> Books:
    """Under one contract debts of every age, half-paid and undated ones and an advance; under the other one debt."""
    books.parties()
    second = record("contract", id=OTHER, counterparty_id=PARTY, currency="RUB", number="18")
    first = record("contract", id=CONTRACT, counterparty_id=PARTY, currency="RUB", number="17")
    books.put("contract", [first, second], READ_AT + timedelta(seconds=1))
    keys = [
        record(
            "settlement_key",
            id=key,
            counterparty_id=PARTY,
            contract_id=contract,
            organization_id=ORGANIZATION,
        )
        for key, contract in ((KEY, CONTRACT), (OTHER_KEY, OTHER))
    ]
    books.put("settlement_key", keys, READ_AT + timedelta(seconds=1))
    due = ("2026-12-20", "2026-11-25", "2026-11-22", "2026-11-21", "2026-10-01", "2026-09-01", "2026-01-01")
    items: list[dict[str, Any]] = [
        {"settled_id": guid(90 + place), "arose_on": "2025-12-31", "due_on": day, "debt": 10**place}
        for place, day in enumerate(due)
    ]
    items += [{"settled_id": guid(98), "debt": 50}, {"settled_id": guid(99), "advance": 7}]
    items += [{"settled_id": guid(97), "arose_on": "2026-11-20", "debt": 300, "settlement_key_id": OTHER_KEY}]
    books.settle([("RUB", 1_111_111 + 50 - 7 + 5), ("RUB", 300, OTHER_KEY)], items)
    return books


def asked(books: Books, path: str, **params: Any) -> dict[str, Any]:
    with books.client() as client:
        answer = client.get(f"{ADDRESS}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_table_has_every_column_and_sums_to_the_panel(owing: Books) -> None:
    answer = asked(owing, "open-items")
    rows = answer["items"]
    assert all(row.keys() == COLUMNS for row in rows)
    assert (
        len(rows) == 11
    )  # seven dated debts, one undated, an advance, what nothing explains, the other contract's
    assert answer["totals"] == asked(owing, "summary")["totals"]
    (total,) = answer["totals"]
    assert sum(Decimal(row["unpaid"]) for row in rows) == Decimal(total["debt"]) == Decimal("11114.59")
    assert sum(Decimal(row["overdue"]) for row in rows) == Decimal(total["overdue"]) == Decimal("11110.00")


def test_filters_choose_rows_and_the_sums_are_of_these(owing: Books) -> None:
    other = asked(owing, "open-items", contract_id=f"ut11:{OTHER}")
    late = asked(owing, "open-items", overdue_only=True)
    both = asked(owing, "open-items", overdue_only=True, contract_id=f"ut11:{OTHER}")
    assert [(row["contract_id"], row["unpaid"]) for row in other["items"]] == [(f"ut11:{OTHER}", "3.00")]
    assert [(one["debt"], one["overdue"]) for one in other["totals"]] == [("3.00", "0.00")]
    assert [row["unpaid"] for row in late["items"]] == ["10.00", "100.00", "1000.00", "10000.00"]
    assert [(one["debt"], one["overdue"]) for one in late["totals"]] == [("11110.00", "11110.00")]
    assert (both["items"], both["totals"]) == ([], [])


def test_a_contract_of_another_base_or_nobody_has_no_rows(owing: Books) -> None:
    for contract in (f"silent:{CONTRACT}", f"ut11:{STRANGER}"):
        assert asked(owing, "open-items", contract_id=contract)["items"] == []


def test_debts_by_age_with_what_falls_due_soon(owing: Books) -> None:
    answer = asked(owing, "aging")
    (total,) = answer["totals"]
    assert total["aging"] == {
        "current": "4.11", "days_1_30": "10.00", "days_31_60": "100.00", "days_61_90": "1000.00",
        "over_90": "10000.00", "undated": "0.50",
    }  # fmt: skip
    assert (total["receivable"], total["overdue"], total["due_soon"]) == ("11114.61", "11110.00", "1.10")
    assert (total["days_overdue"], total["next_due_on"]) == (325, "2026-11-22")
    by_number = {one["contract"]["number"]: one for one in answer["contracts"]}
    assert (by_number["18"]["receivable"], by_number["18"]["days_overdue"]) == ("3.00", 0)
    assert (by_number["18"]["due_soon"], by_number["18"]["next_due_on"]) == ("0.00", "2026-12-04")


def test_how_soon_is_asked_for(owing: Books) -> None:
    soon = {days: asked(owing, "aging", due_soon_days=days) for days in (0, 28)}
    assert [one["totals"][0]["due_soon"] for one in soon.values()] == ["1.00", "4.11"]
    assert [one["due_soon_through"] for one in soon.values()] == ["2026-11-22", "2026-12-20"]
    with owing.client() as client:
        assert client.get(f"{ADDRESS}/aging", params={"due_soon_days": 366}).status_code == 400


@pytest.mark.parametrize("path", ["open-items", "aging"])
def test_the_debts_of_others_do_not_exist(owing: Books, path: str) -> None:
    stranger = record("counterparty", id=STRANGER, name="Чужой")
    own = record("counterparty", id=PARTY, name="Покупатель")
    owing.put("counterparty", [own, stranger], READ_AT + timedelta(seconds=2))
    key = owing.key(source="ut11", counterparty_id=STRANGER)
    with owing.client(key) as client:
        answer = client.get(f"{ADDRESS}/{path}")
        missing = client.get(f"/v1/counterparties/ut11:{guid(999)}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "counterparty_not_found")
    assert {**answer.json(), "instance": "", "request_id": ""} == {
        **missing.json(),
        "instance": "",
        "request_id": "",
    }

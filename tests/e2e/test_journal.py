"""What paid what, over the API, against the books' own register; the journal against the books' documents."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from litestar.testing import TestClient

from api.app import create_app
from simulator.company.ledger import BY_DUE_DATE
from tests.e2e.world import SOURCE, World

SALE = "Document_РеализацияТоваровУслуг"
RECEIPTS = ("Document_ПоступлениеБезналичныхДенежныхСредств", "Document_ПриходныйКассовыйОрдер")


def test_the_journal_and_what_paid_what_are_those_of_the_books(world: World) -> None:
    world.load()
    paid, used = settled_in(world)
    with TestClient(create_app(world.settings, world.store)) as client:
        client.headers["Authorization"] = f"Bearer {world.api_key()}"
        payments = every(client, "/v1/payments")
        notes = every(client, "/v1/documents", kind="shipping_note", fields="id,amount")
        sums: Counter[str] = Counter()
        for row in payments:
            allocation = row["allocation"]
            assert allocation["allocated_by"] == "register", row["id"]
            for one in allocation["sums"]:
                parts = [part for part in allocation["parts"] if part["currency"] == one["currency"]]
                assert sum(Decimal(part["amount"]) for part in parts) == Decimal(one["allocated"])
                whole = ("allocated", "unallocated", "elsewhere")
                assert sum(Decimal(one[name]) for name in whole) == Decimal(one["amount"])
                sums[row["id"]] += kopecks(one["allocated"])
        assert {key: units for key, units in sums.items() if units} == used
        posted = {f"{SOURCE}:{one['Ref_Key']}" for one in world.base.iterate(SALE) if one["Posted"]}
        assert {row["id"] for row in notes} == posted
        some = [row["id"] for row in notes if row["id"] in paid][:25]
        assert len(some) > 5
        for document_id in some:
            found = client.get(f"/v1/documents/{document_id}").json()
            assert sum(kopecks(one["amount"]) for one in found["paid_by"]) == paid[document_id]
            assert found["line_totals"]["agree"]
            assert found["order"] is None or found["order"] in found["chain"]["made_from"]


def settled_in(world: World) -> tuple[dict[str, int], dict[str, int]]:
    """By the books' register: what payments paid of each shipping note, and what each payment paid, in kopecks.

    Shipping notes that an advance of another origin paid too (goods that came back) are left out.
    """
    paid: Counter[str] = Counter()
    used: Counter[str] = Counter()
    receipts = {one["Ref_Key"] for kind in RECEIPTS for one in world.base.iterate(kind)}
    rows = [row for row in world.base.iterate(BY_DUE_DATE) if row["RecordType"] == "Expense"]
    others = {
        row["Recorder"] for row in rows if row.get("Предоплата") and row["РасчетныйДокумент"] not in receipts
    }
    for row in rows:
        settled, recorder = row["РасчетныйДокумент"], row["Recorder"]
        if row.get("Долг"):
            paid[f"{SOURCE}:{settled}"] += kopecks(row["Долг"])
            if recorder in receipts:
                used[f"{SOURCE}:{recorder}"] += kopecks(row["Долг"])
        if row.get("Предоплата") and settled in receipts:
            used[f"{SOURCE}:{settled}"] += kopecks(row["Предоплата"])
    mixed = {f"{SOURCE}:{row['РасчетныйДокумент']}" for row in rows if row["Recorder"] in others}
    return {key: units for key, units in paid.items() if key not in mixed}, dict(used)


def kopecks(amount: str | Decimal) -> int:
    return int(Decimal(amount) * 100)


def every(client: TestClient[Any], address: str, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = client.get(address, params={**asked, "limit": 100, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        rows += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return rows

"""Books from which things can be ordered: two items with prices and stock, people, a branch, delivery points."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from schemas.settings import OrderSettings
from store import approval_rules
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, STRANGER, Books, guid, record

BRANCH, PARTNER, ANNA, BORIS, LEFT, OTHERS = map(guid, range(101, 107))
BOLT, PAINT, GONE, PIECE, BOX, BARREL, TAXED, RETAIL, ROOM = map(guid, range(201, 210))
OTHER_PARTNER, OTHER_CONTRACT, FOREIGN_CONTRACT = map(guid, range(301, 304))


def id_(key: str) -> str:
    return f"ut11:{key}"


def stocked(books: Books, **rules: Any) -> Books:
    """The books with what can be ordered, in a hub that takes orders."""
    given = {"accept": True, "over_limit": "pass", "overdue": "pass", **rules}
    sources = tuple(
        replace(one, orders=OrderSettings(**given)) if one.id == "ut11" else one
        for one in books.settings.sources
    )
    books.settings = replace(books.settings, sources=sources)
    books.parties()
    _parties(books)
    _catalog(books)
    return books


def approval_needed(books: Books) -> None:
    """Every order of the counterparty needs somebody's approval."""
    with books.store.transaction() as tx:
        approval_rules.add(tx, "ut11", counterparty_id=PARTY, by="test", reason="as agreed")


def _parties(books: Books) -> None:
    party = {"kind": "company", "status": "active"}
    books.put(
        "counterparty",
        [
            record("counterparty", id=PARTY, name="Покупатель", partner_id=PARTNER, **party),
            record("counterparty", id=BRANCH, name="Филиал", head_id=PARTY, partner_id=PARTNER, **party),
            record("counterparty", id=STRANGER, name="Чужой", partner_id=OTHER_PARTNER, **party),
        ],
    )
    books.put("partner", [record("partner", id=one, name="Партнер") for one in (PARTNER, OTHER_PARTNER)])
    books.put(
        "contact",
        [
            record("contact", id=ANNA, partner_id=PARTNER, name="Анна"),
            record("contact", id=BORIS, partner_id=PARTNER, name="Борис"),
            record("contact", id=LEFT, partner_id=PARTNER, name="Ушла", left_on="2026-01-01"),
            record("contact", id=OTHERS, partner_id=OTHER_PARTNER, name="Чужая"),
        ],
    )
    sale = {
        "organization_id": ORGANIZATION,
        "kind": "sale",
        "status": "active",
        "settlement_order": "by_contract",
    }
    books.put(
        "contract",
        [
            record("contract", id=CONTRACT, counterparty_id=PARTY, number="17", currency="RUB", **sale),
            record("contract", id=OTHER_CONTRACT, counterparty_id=STRANGER, currency="RUB", **sale),
            record(
                "contract",
                id=FOREIGN_CONTRACT,
                counterparty_id=PARTY,
                currency="USD",
                **{**sale, "status": "closed", "kind": "purchase", "valid_to": "2026-01-31"},
            ),
        ],
    )


def _catalog(books: Books) -> None:
    million = 1_000_000
    units = ((PIECE, "шт", million), (BOX, "уп", 12 * million), (BARREL, "бочка", 99 * million))
    books.put("unit", [record("unit", id=one, name=name, factor=factor) for one, name, factor in units])
    books.put("vat_rate", [record("vat_rate", id=TAXED, name="20%", percent=20 * million)])
    item = {"kind": "goods", "unit_id": PIECE}
    books.put(
        "item",
        [
            record("item", id=BOLT, code="1", article="B-1", name="Болт", vat_rate_id=TAXED, **item),
            record("item", id=PAINT, code="2", name="Краска", **item),
            record("item", id=GONE, code="3", name="Было", deletion_mark=True, **item),
        ],
    )
    kind = {"name": "Розничная", "currency": "RUB", "includes_vat": True, "for_sale": True, "active": True}
    books.put("price_kind", [record("price_kind", id=RETAIL, **kind)])
    price = {"price_kind_id": RETAIL, "currency": "RUB", "valid_from": "2026-01-01T00:00:00"}
    books.put(
        "price",
        [
            record("price", item_id=BOLT, price=100 * million, **price),
            record("price", item_id=BOLT, unit_id=BOX, price=1100 * million, **price),
        ],
    )
    stock = {"item_id": BOLT, "warehouse_id": ROOM, "on_hand": 50 * million}
    books.put("warehouse", [record("warehouse", id=ROOM, name="Склад")])
    books.put("stock", [record("stock", to_ship=10 * million, **stock)])


def wanted(reference: str = "WEB-1", **given: Any) -> dict[str, Any]:
    """The body of an order of two bolts, with what is given instead."""
    return {
        "reference": reference,
        "counterparty_id": id_(PARTY),
        "contract_id": id_(CONTRACT),
        "contact_id": id_(ANNA),
        "lines": [{"item_id": id_(BOLT), "quantity": "2", "price": "100.00"}],
        "total": "200.00",
        **given,
    }


def place(client: TestClient[Litestar], body: dict[str, Any], key: str | None = None) -> Any:
    own = key or json.dumps([body.get("reference"), id(body)])
    return client.post("/v1/orders", json=body, headers={"Idempotency-Key": own})


def step(client: TestClient[Litestar], order: dict[str, Any], name: str, **body: Any) -> Any:
    own = f"{name} {order['id']} {json.dumps(body)}"
    return client.post(f"/v1/orders/{order['id']}/{name}", json=body, headers={"Idempotency-Key": own})


def wrong(answer: Any) -> dict[str, str]:
    """What is wrong, by place; of several about one place the last."""
    assert answer.status_code == 422, answer.text
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


def line(**given: Any) -> dict[str, Any]:
    return {"item_id": id_(BOLT), "quantity": "2", "price": "100.00", **given}

"""Items, prices and stock as the storefront sees them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.unit.api.books import READ_AT, Books, guid, record

CEMENT, SAND, OLD = guid(101), guid(102), guid(103)
BAG, WHOLESALE, PURCHASE, RETIRED = guid(110), guid(120), guid(121), guid(122)
NORTH, SOUTH, RED, ORDER, VAT = guid(130), guid(131), guid(140), guid(150), guid(160)


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    opened.put("unit", [record("unit", id=BAG, name="мешок")])
    opened.put("characteristic", [record("characteristic", id=RED, name="красный")])
    opened.put("vat_rate", [record("vat_rate", id=VAT, name="5%", percent=5_000_000)])
    opened.put("item", items())
    yield opened
    opened.store.close()


def items(**changes: Any) -> list[tuple[Any, ...]]:
    cement = {"code": "00-1", "article": "Ц-400", "name": "Цемент М400", "unit_id": BAG, "kind": "goods"} | {
        "vat_rate_id": VAT
    }
    return [
        record("item", id=CEMENT, search="00-1\nц-400\nцемент м400\nцемент", **{**cement, **changes}),
        record("item", id=SAND, name="Песок", search="00-2\n\nпесок 100%\nпесок"),
        record("item", id=OLD, name="Гипс", search="гипс", deletion_mark=True),
    ]


def price_kinds(books: Books) -> None:
    kind = {"includes_vat": True, "currency": "RUB", "active": True}
    books.put(
        "price_kind",
        [
            record("price_kind", id=WHOLESALE, name="Оптовая", for_sale=True, **kind),
            record("price_kind", id=PURCHASE, name="Закупочная", **kind),
            record("price_kind", id=RETIRED, name="Старая", for_sale=True, **{**kind, "active": False}),
        ],
    )


def price(item: str, kind: str, micro: int, **given: Any) -> tuple[Any, ...]:
    said = {"currency": "RUB", "valid_from": "2026-11-20T00:00:00", **given}
    return record("price", item_id=item, price_kind_id=kind, price=micro, **said)


def on_hand(item: str, warehouse: str, micro: int, **given: Any) -> tuple[Any, ...]:
    return record("stock", item_id=item, warehouse_id=warehouse, on_hand=micro, **given)


def ask(books: Books, address: str, status: int = 200, key: str | None = None, **params: Any) -> Any:
    with books.client(key) as client:
        answer = client.get(f"/v1/{address}", params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


def ids_of(answer: Any, name: str = "id") -> list[str]:
    return [row[name].removeprefix("ut11:") for row in answer["items"]]


def test_an_item_is_shown_with_its_unit_and_without_what_is_inside(books: Books) -> None:
    row = ask(books, "items")["items"][0]
    assert row == {
        "id": f"ut11:{CEMENT}",
        "code": "00-1",
        "article": "Ц-400",
        "name": "Цемент М400",
        "full_name": "",
        "kind": "goods",
        "folder_id": None,
        "unit": {"id": f"ut11:{BAG}", "name": "мешок"},
        "vat_percent": "5",
        "state": "active",
        "updated_at": row["updated_at"],
    }


def test_withdrawn_items_are_told_of_by_their_id_and_to_who_asks_what_changed(books: Books) -> None:
    assert ids_of(ask(books, "items")) == [CEMENT, SAND]
    assert ask(books, f"items/ut11:{OLD}")["state"] == "withdrawn"
    changed = ask(books, "items", updated_since="2026-01-01T00:00:00Z")
    assert {row["id"]: row["state"] for row in changed["items"]}[f"ut11:{OLD}"] == "withdrawn"
    assert changed["next_updated_since"] >= "2026-01-01"


def test_only_what_changed_since_is_given_and_in_that_order(books: Books) -> None:
    rows = ask(books, "items", updated_since="2026-01-01T00:00:00Z")["items"]
    last = max(row["updated_at"] for row in rows)
    books.put("item", items(name="Цемент М500"), read_at=READ_AT + timedelta(hours=1))
    again = ask(books, "items", updated_since="2026-01-01T00:00:00Z")["items"]
    assert (again[-1]["id"], again[-1]["name"]) == (f"ut11:{CEMENT}", "Цемент М500")
    assert ids_of(ask(books, "items", updated_since=again[-1]["updated_at"])) == [CEMENT]
    assert again[-1]["updated_at"] > last


@pytest.mark.parametrize(
    ("text", "found"),
    [("цемент", [CEMENT]), ("ПЕСОК", [SAND]), ("Ц-4", [CEMENT]), ("0%", [SAND]), ("_", []), ("гипс", [])],
)
def test_items_are_found_by_code_article_or_name_in_any_letters(
    books: Books, text: str, found: list[str]
) -> None:
    assert ids_of(ask(books, "items", q=text)) == found


def test_items_come_in_pages_and_with_the_fields_that_were_asked_for(books: Books) -> None:
    first = ask(books, "items", limit=1, fields="name")
    assert first["items"] == [{"id": f"ut11:{CEMENT}", "name": "Цемент М400"}]
    second = ask(books, "items", limit=1, fields="name", cursor=first["next_cursor"])
    assert (ids_of(second), second["next_cursor"]) == ([SAND], None)
    assert ask(books, "items", 400, limit=1, q="x", cursor=first["next_cursor"])["code"] == "bad_cursor"
    assert ask(books, "items", 400, fields="search")["code"] == "bad_request"


def test_what_is_not_there_is_said(books: Books) -> None:
    assert ask(books, f"items/ut11:{guid(999)}", 404)["code"] == "item_not_found"
    assert ask(books, "items/ut11:x", 400)["code"] == "malformed_id"
    bound = books.key(source="silent")
    assert ask(books, f"items/ut11:{CEMENT}", 404, key=bound)["code"] == "item_not_found"
    assert ask(books, "items", key=bound)["items"] == []


def test_prices_are_of_the_kinds_that_are_for_sale(books: Books) -> None:
    price_kinds(books)
    small = price(SAND, WHOLESALE, 1_250_500, characteristic_id=RED, unit_id=BAG)
    books.put(
        "price",
        [
            price(CEMENT, WHOLESALE, 249_900_000),
            price(CEMENT, PURCHASE, 100_000_000),
            price(CEMENT, RETIRED, 1_000_000),
            small,
        ],
    )
    assert [row["name"] for row in ask(books, "price-kinds")["items"]] == ["Оптовая"]
    shown = ask(books, "prices")["items"]
    assert [row["price"] for row in shown] == ["249.90", "1.2505"]
    assert shown[1] == {
        "item_id": f"ut11:{SAND}",
        "price_kind_id": f"ut11:{WHOLESALE}",
        "characteristic": {"id": f"ut11:{RED}", "name": "красный"},
        "unit": {"id": f"ut11:{BAG}", "name": "мешок"},
        "price": "1.2505",
        "currency": "RUB",
        "includes_vat": True,
        "valid_from": "2026-11-20T00:00:00+03:00",
    }
    assert ids_of(ask(books, "prices", item_id=f"ut11:{SAND}"), "item_id") == [SAND]
    assert ask(books, "prices", price_kind_id=f"ut11:{PURCHASE}")["items"] == []


def test_a_price_that_the_books_no_longer_have_is_not_shown(books: Books) -> None:
    price_kinds(books)
    books.put("price", [price(CEMENT, WHOLESALE, 1_000_000), price(SAND, WHOLESALE, 2_000_000)])
    books.put("price", [price(SAND, WHOLESALE, 2_000_000)], read_at=READ_AT + timedelta(hours=1))
    assert ids_of(ask(books, "prices"), "item_id") == [SAND]


def test_stock_is_summed_by_place_and_tells_what_of_it_is_free(books: Books) -> None:
    books.put("warehouse", [record("warehouse", id=NORTH, name="Север"), record("warehouse", id=SOUTH)])
    books.put(
        "stock",
        [
            on_hand(CEMENT, NORTH, 12_500_000, to_ship=2_000_000),
            on_hand(CEMENT, NORTH, 3_000_000, purpose_id=ORDER),
            on_hand(CEMENT, NORTH, 1_000_000, characteristic_id=RED),
            on_hand(SAND, SOUTH, 1_000_000, to_ship=4_000_000),
        ],
    )
    rows = ask(books, "stock")["items"]
    figures = [(row["on_hand"], row["reserved"], row["available"]) for row in rows]
    assert figures == [("15.5", "5", "10.5"), ("1", "0", "1"), ("1", "4", "-3")]
    assert [row["characteristic"] for row in rows] == [None, {"id": f"ut11:{RED}", "name": "красный"}, None]
    assert ids_of(ask(books, "stock", warehouse_id=f"ut11:{SOUTH}"), "item_id") == [SAND]
    assert len(ask(books, "stock", item_id=f"ut11:{CEMENT}")["items"]) == 2
    assert [row["name"] for row in ask(books, "warehouses")["items"]] == ["Север", ""]
    walked, cursor = [], None
    while True:
        page = ask(books, "stock", limit=1, **({"cursor": cursor} if cursor else {}))
        walked += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == rows


def test_every_list_says_how_recent_it_is(books: Books) -> None:
    books.put("stock", [on_hand(CEMENT, NORTH, 1_000_000)])
    books.now = READ_AT + timedelta(hours=3)
    fresh = {one["source"]: one["freshness"]["state"] for one in ask(books, "items")["sources"]}
    assert fresh == {"ut11": "fresh", "silent": "never"}
    assert ask(books, f"items/ut11:{CEMENT}")["source"]["as_of"] == "2026-11-22T09:00:00+03:00"
    assert ask(books, "stock", source="ut11")["sources"][0]["freshness"]["state"] == "stale"
    assert ask(books, "prices", source="ut11")["sources"][0]["freshness"]["state"] == "never"


@pytest.mark.parametrize("address", ["items", "price-kinds", "prices", "warehouses", "stock"])
def test_a_key_without_the_permission_sees_nothing_of_the_catalogue(books: Books, address: str) -> None:
    key = books.key(permissions=("balances:read",))
    assert ask(books, address, 403, key=key)["code"] == "permission_missing"
    assert ask(books, address, 404, source="nobody")["code"] == "source_not_found"

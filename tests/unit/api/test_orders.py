"""Orders over HTTP: placed once, everything wrong told at once, decided by people."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from schemas.api_keys import ADMIN, PERMISSIONS
from store import audit, outbox, trading
from store.tables_of_orders import OUTBOX
from tests.unit.api.books import CONTRACT, PARTY, STRANGER, Books
from tests.unit.api.market import (
    ANNA,
    BARREL,
    BORIS,
    BOX,
    BRANCH,
    FOREIGN_CONTRACT,
    GONE,
    LEFT,
    OTHER_CONTRACT,
    OTHERS,
    PAINT,
    id_,
    line,
    place,
    step,
    stocked,
    wanted,
    wrong,
)


@pytest.fixture
def books(database_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(database_url, tmp_path / "landing")
    yield stocked(opened)
    opened.store.close()


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    """The same on SQLite alone, for what is no SQL."""
    opened = Books.open(sqlite_url, tmp_path / "landing")
    yield stocked(opened)
    opened.store.close()


def test_an_order_is_kept_with_its_place_in_the_outbox_before_the_answer(books: Books) -> None:
    with books.client() as client:
        answer = place(client, wanted(), "a")
        told = answer.json()
        assert (answer.status_code, told["state"], told["total"]) == (202, "queued", "200.00")
        assert answer.headers["location"] == f"/v1/orders/{told['id']}"
        again = place(client, wanted(), "a")
        assert (again.status_code, again.content) == (202, answer.content)
        assert again.headers["idempotent-replayed"] == "true"
        other = place(client, wanted(comment="quick"), "a")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        twin = place(client, wanted(comment="quick"), "b")
        assert (twin.status_code, twin.json()["code"]) == (409, "order_exists")
        assert twin.headers["location"] == answer.headers["location"]
        assert client.get(answer.headers["location"]).json()["number"] == told["number"]
        with ThreadPoolExecutor(3) as pool:  # the storefront's own retries meet
            met = list(pool.map(lambda key: place(client, wanted("WEB-9"), key).status_code, "xyz"))
        assert sorted(met) == [202, 409, 409]
    with books.store.reading() as tx:
        assert outbox.waiting(tx) == {"ut11"}
        assert len(tx.connection.execute(select(OUTBOX)).all()) == 2
        _, noted = audit.read(tx, limit=10)
    assert (noted.operation, noted.subject) == ("createOrder", told["id"])


def test_everything_that_is_wrong_is_told_at_once_with_its_place(shop: Books) -> None:
    bad = wanted(
        "WEB-2",
        branch_id=id_(STRANGER),
        contract_id=id_(FOREIGN_CONTRACT),
        contact_id=id_(OTHERS),
        on_behalf_of=id_(LEFT),
        delivery_point=7,
        wished_on="2026-11-21",
        currency="RUB",
        lines=[
            line(item_id=id_(GONE), quantity="0"),
            line(item_id=id_(CONTRACT), price="-1"),
            line(unit_id=id_(BARREL), quantity="0.0001"),
            line(discount_percent="100.01", characteristic_id=id_(PARTY)),
            line(item_id="ut11:what", price="1.001"),
            line(amount="199.99"),
        ],
        total="1.00",
        comment="bell \x07",
    )
    with shop.client() as client:
        found = wrong(place(client, bad))
        assert set(found) == {
            "#/branch_id",
            "#/contract_id",
            "#/contact_id",
            "#/on_behalf_of",
            "#/delivery_point",
            "#/wished_on",
            "#/currency",
            "#/comment",
            "#/lines/0/item_id",
            "#/lines/0/quantity",
            "#/lines/1/item_id",
            "#/lines/1/price",
            "#/lines/2/unit_id",
            "#/lines/2/quantity",
            "#/lines/3/discount_percent",
            "#/lines/3/characteristic_id",
            "#/lines/4/item_id",
            "#/lines/4/price",
            "#/lines/5/amount",
        }
        assert found["#/lines/5/amount"] == "199.99 was sent; by the rule it is 200.00."
        assert client.get("/v1/orders").json()["items"] == []
        for given, place_ in (
            ({"counterparty_id": id_(CONTRACT)}, "#/counterparty_id"),
            ({"counterparty_id": "nobody"}, "#/counterparty_id"),
            ({"contract_id": id_(OTHER_CONTRACT)}, "#/contract_id"),
            ({"total": "200.01"}, "#/total"),
            ({"reference": " A"}, "#/reference"),
            ({"currency": "XYZ"}, "#/currency"),
            ({"organization_id": id_(PARTY)}, "#/organization_id"),
            ({"lines": [line(quantity="999999999999", price="999999999999")]}, "#/lines/0"),
        ):
            assert place_ in wrong(place(client, wanted(**{"reference": "W", **given}))), given
        assert place(client, wanted(lines=[line()] * 501)).json()["code"] == "bad_request"


def test_the_sum_is_by_the_rule_with_vat_on_top_where_prices_come_without_it(shop: Books) -> None:
    lines = [
        line(quantity="0.333", price="0.05", discount_percent="12.5"),
        line(item_id=id_(PAINT), price="10.00", quantity="1.5"),
    ]
    with shop.client() as client:
        told = place(client, wanted("A", lines=lines, total="15.01")).json()
        assert [(one["amount"], one["vat"]) for one in told["lines"]] == [("0.01", "0.00"), ("15.00", "0.00")]
        lines[0]["price"] = "100.00"
        told = place(client, wanted("B", lines=lines, total="49.97", prices_include_vat=False)).json()
        assert [(one["amount"], one["vat"]) for one in told["lines"]] == [
            ("29.14", "5.83"),
            ("15.00", "0.00"),
        ]
        assert [one["vat_percent"] for one in told["lines"]] == ["20", None]


def test_prices_and_stock_warn_and_stop_nothing(shop: Books) -> None:
    lines = [
        line(price="90.00", quantity="1"),
        line(price="120.00", quantity="10"),
        line(price="1100.00", unit_id=id_(BOX), quantity="3"),
        line(item_id=id_(PAINT), price="5.00", quantity="1"),
    ]
    with shop.client() as client:
        answer = place(client, wanted(lines=lines, total="4595.00"))
        assert answer.status_code == 202, answer.text
        told = answer.json()
    assert [(one["code"], one["pointer"]) for one in told["warnings"]] == [
        ("price_below_list", "#/lines/0/price"),
        ("over_stock", "#/lines/0/quantity"),
        ("price_differs", "#/lines/1/price"),
        ("over_stock", "#/lines/1/quantity"),
        ("over_stock", "#/lines/2/quantity"),
        ("over_stock", "#/lines/3/quantity"),
    ]
    assert "47 in the item's own unit; 40 are free" in told["warnings"][1]["detail"]
    assert {one["as_of"] for one in told["warnings"]} == {told["prices_as_of"], told["stock_as_of"]} != {None}


def test_who_may_not_order_is_told_so_by_a_code_of_its_own(shop: Books) -> None:
    with shop.store.transaction() as tx:
        said = {"from_on": shop.now.date(), "by": "test", "reason": "owes"}
        number = trading.suspend(tx, "ut11", PARTY, **said)
    with shop.client() as client:
        answer = place(client, wanted())
        assert (answer.status_code, answer.json()["code"]) == (403, "trading_suspended")
        both = place(client, wanted(total="1"))
        assert (both.status_code, both.json()["code"]) == (422, "invalid_value")
        draft = place(client, wanted(draft=True)).json()
        assert [one["code"] for one in draft["problems"]] == ["trading_suspended"]
        refused = step(client, draft, "submit")
        assert (refused.status_code, refused.json()["code"]) == (403, "trading_suspended")
        with shop.store.transaction() as tx:
            trading.end(tx, number, by="test", reason="paid")
        assert step(client, draft, "submit", note="now").json()["state"] == "queued"


def test_a_base_that_takes_no_orders_says_what_to_do(shop: Books) -> None:
    closed = stocked(shop, accept=False)
    with closed.client() as client:
        answer = place(client, wanted())
    assert (answer.status_code, answer.json()["code"]) == (409, "orders_off")
    assert "accept = true" in answer.json()["hint"]


def test_the_list_is_narrowed_paged_and_mirrored(books: Books) -> None:
    with books.client() as client:
        orders = [place(client, wanted(f"R{one}")).json() for one in range(3)]
        branch = place(client, wanted("R3", branch_id=id_(BRANCH), contact_id=id_(BORIS))).json()
        step(client, orders[1], "cancel")

        def found(**asked: Any) -> list[str]:
            answer = client.get("/v1/orders", params=asked)
            assert answer.status_code == 200, answer.text
            return [one["reference"] for one in answer.json()["items"]]

        assert found() == ["R3", "R2", "R1", "R0"]
        assert found(state="cancelled") == ["R1"]
        assert found(state=["cancelled", "queued"], reference="R2") == ["R2"]
        assert found(branch_id=id_(BRANCH)) == found(contact_id=id_(BORIS)) == ["R3"]
        assert found(counterparty_id=id_(STRANGER)) == found(status="shipped") == []
        assert found(updated_since="2026-01-01T00:00:00Z") == ["R0", "R2", "R3", "R1"]
        paged, cursor = [], None
        while True:
            params = {
                "limit": 1,
                "updated_since": "2026-01-01T00:00:00Z",
                **({"cursor": cursor} if cursor else {}),
            }
            page = client.get("/v1/orders", params=params).json()
            paged += [one["reference"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert paged == ["R0", "R2", "R3", "R1"]
        first = client.get("/v1/orders", params={"limit": 3}).json()
        rest = client.get("/v1/orders", params={"limit": 3, "cursor": first["next_cursor"]}).json()
        assert [one["reference"] for one in rest["items"]] == ["R0"]
        etag = client.get(f"/v1/orders/{branch['id']}").headers["etag"]
        same = client.get(f"/v1/orders/{branch['id']}", headers={"If-None-Match": etag})
        assert same.status_code == 304


def test_a_key_sees_and_places_the_orders_of_its_own_only(books: Books) -> None:
    bound = {
        "source": "ut11",
        "counterparty_id": PARTY,
        "permissions": [p for p in PERMISSIONS if p not in ADMIN],
    }
    anna = books.key(**bound, reach="own", contact_id=ANNA)
    boris = books.key(**bound, reach="own", contact_id=BORIS)
    branch = books.key(**{**bound, "counterparty_id": BRANCH})
    stranger = books.key(**{**bound, "counterparty_id": STRANGER})
    reader = books.key(permissions=["orders:read"])
    with books.client() as client:
        mine = place(client, wanted("A", branch_id=id_(BRANCH))).json()
        address = f"/v1/orders/{mine['id']}"
        seen = {}
        for name, key in {"anna": anna, "boris": boris, "branch": branch, "stranger": stranger}.items():
            client.headers["Authorization"] = f"Bearer {key}"
            statuses = {client.get(address).status_code}
            statuses |= {
                404 if one.status_code == 404 else 200
                for one in (step(client, mine, "submit"), step(client, mine, "approve", version=1))
            }
            seen[name] = (statuses, len(client.get("/v1/orders").json()["items"]))
        assert seen == {"anna": ({200}, 1), "boris": ({404}, 0), "branch": ({200}, 1), "stranger": ({404}, 0)}
        client.headers["Authorization"] = f"Bearer {branch}"
        assert client.get(address).json()["counterparty"]["name"] is None
        client.headers["Authorization"] = f"Bearer {anna}"
        own = place(client, {**wanted("B"), "contact_id": None}).json()
        assert (own["contact"]["name"], own["credit"]) == ("Анна", None)
        assert set(wrong(place(client, wanted("C", contact_id=id_(BORIS))))) == {"#/contact_id"}
        for draft in (True, False):
            unseen = {**wanted("C", branch_id=id_(BRANCH), draft=draft), "contact_id": None}
            assert set(wrong(place(client, unseen))) == {"#/branch_id"}
        client.headers["Authorization"] = f"Bearer {stranger}"
        assert set(wrong(place(client, wanted("D")))) == {"#/counterparty_id"}
        client.headers["Authorization"] = f"Bearer {reader}"
        assert place(client, wanted("E")).json()["code"] == "permission_missing"


def test_five_hundred_lines_are_few_statements(shop: Books) -> None:
    statements = _counting(shop)
    with shop.client() as client:
        assert place(client, wanted("A")).status_code == 202
        few, statements[:] = len(statements), []
        many = [line(quantity=f"{one}.001") for one in range(1, 501)]
        total = sum(100 * one for one in range(1, 501)) + 500 // 10
        answer = place(client, wanted("B", lines=many, total=f"{total}.00"))
    assert answer.status_code == 202, answer.text
    assert len(statements) < few + 5


def _counting(books: Books) -> list[str]:
    found: list[str] = []
    event.listen(books.store.engine, "before_cursor_execute", lambda *told: found.append(str(told[2])))
    return found


def test_a_draft_that_no_table_could_hold_is_refused_and_breaks_nothing(books: Books) -> None:
    """An unknown item leaves the sum open where VAT comes on top, so the sent total does not catch it."""
    most = "999999999999"
    vast = line(item_id=id_(STRANGER), quantity=most, price=most)
    with books.client() as client:
        answer = place(client, wanted(draft=True, prices_include_vat=False, lines=[vast], total="1.00"), "a")
    assert answer.status_code == 422
    assert {"#/lines/0", "#/total"} <= {one["pointer"] for one in answer.json()["errors"]}

"""What people do with orders over HTTP: change, submit, approve, decline, cancel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.orders.explained import SENTENCES
from schemas.submissions import WHYS
from store import submissions
from tests.unit.api.books import Books
from tests.unit.api.market import (
    ANNA,
    BORIS,
    GONE,
    OTHERS,
    approval_needed,
    id_,
    line,
    place,
    step,
    stocked,
    wanted,
    wrong,
)


@pytest.fixture
def shop(sqlite_url: str, tmp_path: Path) -> Iterator[Books]:
    opened = Books.open(sqlite_url, tmp_path / "landing")
    yield stocked(opened)
    opened.store.close()


def test_a_draft_is_kept_with_its_problems_and_changed_until_it_has_none(shop: Books) -> None:
    with shop.client() as client:
        draft = place(client, wanted(draft=True, lines=[line(item_id=id_(GONE))])).json()
        assert (draft["state"], draft["actions"]) == ("draft", ["change", "submit", "cancel"])
        read = client.get(f"/v1/orders/{draft['id']}").json()
        assert [one["pointer"] for one in read["problems"]] == ["#/lines/0/item_id"]
        assert set(wrong(step(client, draft, "submit"))) == {"#/lines/0/item_id"}
        content = {
            name: value
            for name, value in wanted(version=1, draft=True).items()
            if name not in ("reference", "counterparty_id")
        }
        changed = client.put(f"/v1/orders/{draft['id']}", json=content)
        assert (changed.status_code, changed.json()["version"]) == (200, 2), changed.text
        assert changed.json()["problems"] == []
        late = client.put(f"/v1/orders/{draft['id']}", json=content)
        assert (late.status_code, late.json()["code"]) == (409, "order_changed")
        placed = client.put(f"/v1/orders/{draft['id']}", json={**content, "version": 2, "draft": False})
        assert (placed.json()["state"], placed.json()["version"]) == ("queued", 3)
        over = client.put(f"/v1/orders/{draft['id']}", json={**content, "version": 3})
        assert (over.status_code, over.json()["code"]) == (409, "step_refused")


def test_who_placed_an_order_does_not_approve_it_and_nobody_what_he_did_not_see(shop: Books) -> None:
    approval_needed(shop)
    with shop.client() as client, shop.client(shop.key(source="ut11")) as other:
        order = place(client, wanted()).json()
        assert (order["state"], order["approval"]["state"]) == ("awaiting_approval", "awaited")
        assert (order["is_approved"], order["actions"]) == (False, ["change", "cancel", "approve", "reject"])

        def decided(by: Any, name: str, **body: Any) -> tuple[int, str]:
            answer = step(by, order, name, **{"version": 1, **body})
            return answer.status_code, answer.json().get("code") or answer.json()["state"]

        assert decided(client, "approve") == (403, "own_order")
        assert decided(client, "approve", contact_id=id_(ANNA)) == (403, "own_order")
        assert decided(other, "approve", contact_id=id_(OTHERS)) == (422, "invalid_value")
        assert decided(other, "approve", version=2) == (409, "order_changed")
        assert decided(other, "reject") == (422, "invalid_value")
        assert decided(other, "reject", note="too much") == (200, "rejected")
        read = client.get(f"/v1/orders/{order['id']}").json()
        assert (read["why"], read["approval"]["state"]) == ("declined", "declined")
        assert read["approval"]["note"] == "too much"
        content = {"version": 1, **wanted(total="100.00", lines=[line(quantity="1")])}
        del content["reference"], content["counterparty_id"]
        again = client.put(f"/v1/orders/{order['id']}", json=content).json()
        assert (again["state"], again["version"]) == ("awaiting_approval", 2)
        order = again
        assert decided(client, "approve", version=2, contact_id=id_(BORIS)) == (200, "queued")
        read = client.get(f"/v1/orders/{order['id']}").json()
        assert (read["is_approved"], read["approval"]["state"]) == (True, "approved")


def test_cancelling_is_immediate_until_a_worker_has_it(shop: Books) -> None:
    with shop.client() as client:
        first, second = (place(client, wanted(name)).json() for name in ("A", "B"))
        assert step(client, first, "cancel", note="not needed").json()["state"] == "cancelled"
        assert step(client, first, "cancel", note="again").json()["code"] == "step_refused"
        with shop.store.transaction() as tx:
            row = submissions.get(tx, second["id"].partition(":")[2])
            assert row is not None
            submissions.step(tx, row, "sending", by="saldo push")
        asked = step(client, second, "cancel").json()
        assert (asked["state"], asked["cancel_asked_at"] is None) == ("sending", False)
        assert asked["actions"] == []


def test_neither_the_books_words_nor_notes_leave(shop: Books) -> None:
    words, note = "Контрагент должен 5 000 000", "he never pays"
    with shop.client() as client:
        order = place(client, wanted()).json()
        with shop.store.transaction() as tx:
            row = submissions.get(tx, order["id"].partition(":")[2])
            assert row is not None
            row = submissions.step(tx, row, "sending", by="saldo push")
            submissions.step(
                tx, row, "rejected", by="saldo push", why="creation_refused", note=note, said=words
            )
        step(client, order, "cancel", note=note)
        address = f"/v1/orders/{order['id']}"
        told = [client.get(one).text for one in (address, "/v1/orders", f"{address}/timeline", "/v1/events")]
        assert "does not take it" in client.get(address).text or "cancelled" in told[0]
    assert not any(words in one or note in one for one in told)
    assert "rejected" in told[3]


def test_every_reason_has_a_sentence_for_the_buyer() -> None:
    assert set(SENTENCES) == set(WHYS)

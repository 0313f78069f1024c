from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas import TABLES, credit
from schemas.credit import InFlight, Sum
from schemas.orders import OrderLine
from store import order_flow
from tests.unit.store.desk import Desk, document, month, row
from tests.unit.store.placing import Portal, books, owing, settings
from tests.unit.store.placing import order as placing_order

ITEM, UNIT, STOCK = (TABLES[name] for name in ("item", "unit", "stock"))


@pytest.fixture
def portal(desk: Desk) -> Portal:
    books(desk, limit=10_000)
    owing(desk, 100)
    return Portal(desk.store, settings())


def in_books(desk: Desk, *rows: Any) -> None:
    desk.documents(month(3), *rows, entity="documents")


def of_party(key: str, amount: int, kind: str = "order", **more: Any) -> Any:
    return document(
        key, amount=amount, kind=kind, **{"counterparty_id": "party", "contract_id": "c1", **more}
    )


def test_debt_orders_on_their_way_and_this_one_together_meet_the_limit(portal: Portal) -> None:
    first = portal.place("Z-1", 4000)
    exactly = portal.place("Z-2", 5900)
    (limit, overdue, stock) = portal.decision(exactly).findings
    assert (limit.result, limit.expected, limit.allowed) == (
        "kept",
        Sum(units=10_000, currency="RUB"),
        Sum(units=10_000, currency="RUB"),
    )
    assert (overdue.result, stock.result) == ("no_rule", "no_rule")
    facts = portal.decision(exactly).facts
    assert facts.debts == (Sum(units=100, currency="RUB"),)
    assert facts.in_flight == (InFlight(id=first.id, counted="portal", units=4000, currency="RUB"),)
    assert facts.debts_as_of is not None
    one_more = portal.place("Z-3", 1)
    assert (one_more.state, one_more.why) == ("held", "over_limit")
    assert portal.place("Z-4", 1, contract="c2").state == "queued"  # another contract, without a limit


def test_an_order_is_counted_once_wherever_it_is_seen(desk: Desk, portal: Portal) -> None:
    known = portal.pushed(portal.place("Z-1", 1000), "sending", "created", ref_key="doc-1")
    unclear = portal.pushed(portal.place("Z-2", 200), "sending", "uncertain", why="unclear_answer")
    elsewhere = portal.pushed(portal.place("Z-3", 30), "sending", "uncertain", why="unclear_answer")
    gone = portal.pushed(portal.place("Z-4", 7), "sending", "created", "posted", ref_key="doc-4")
    portal.pushed(gone, "confirmed", status="cancelled")
    in_books(
        desk,
        of_party("doc-1", 1000),
        of_party("doc-2", 200, external_number="Z-2", internal_memo=f"#saldo {unclear.id}"),
        of_party("by-hand", 5000),
        of_party("other", 50_000, contract_id="c2"),
        of_party("closed", 50_000, status="closed"),
        of_party("draft", 50_000, posted=False),
        of_party("note", 600, "shipping_note", order_id="by-hand"),
        of_party("note-2", 1000, "shipping_note", order_id="doc-1"),
    )
    found = portal.decision(portal.place("Z-9", 1)).facts.in_flight
    assert {(one.id, one.counted, one.units) for one in found} == {
        ("doc-2", "books", 200),
        ("by-hand", "books", 4400),
        (elsewhere.id, "portal", 30),
    }
    assert known.id not in {one.id for one in found}  # shipped whole: it is in the debt now


def test_lines_of_a_note_for_several_orders_are_shipped_of_each(desk: Desk, portal: Portal) -> None:
    lines = TABLES["document_line"]
    own = [
        row(lines, document_id="note", line_no=1, amount=300, order_id="first"),
        row(lines, document_id="note", line_no=2, amount=50, order_id="second"),
    ]
    in_note = of_party("note", 350, "shipping_note", order_id=None)
    desk.documents(month(3), of_party("first", 400), of_party("second", 400), in_note, lines=own)
    found = portal.decision(portal.place()).facts.in_flight
    assert {one.id: one.units for one in found} == {"first": 100, "second": 350}


def test_an_order_does_not_meet_itself_in_the_books(desk: Desk, portal: Portal) -> None:
    kept = portal.draft("Z-1", placing_order(9000))
    in_books(desk, of_party("doc", 9000, internal_memo=f"#saldo {kept.id}"))
    placed = portal.place("Z-2", 1000)
    assert placed.why == "over_limit"
    with portal.store.transaction() as tx:
        assert order_flow.place(tx, portal.settings, kept, "key:1").state == "queued"


def test_overdue_debt_of_the_contract_holds_where_the_contract_says_so(desk: Desk, portal: Portal) -> None:
    books(desk, blocks_when_overdue=True)
    owing(desk, 100, due_on="2026-03-19")
    held = portal.place()
    assert (held.state, held.why) == ("held", "overdue")
    assert portal.decision(held).facts.overdue == (Sum(units=100, currency="RUB"),)
    assert portal.place("Z-2", contract="c2").state == "queued"
    books(desk)
    assert portal.place("Z-3").state == "queued"


def test_what_is_owed_without_a_contract_counts_for_each(desk: Desk, portal: Portal) -> None:
    owing(desk, 9500, key="none")
    assert portal.place().why == "over_limit"


def test_currencies_are_never_compared(portal: Portal) -> None:
    held = portal.place(currency="USD")
    assert (held.state, held.why) == ("held", "not_checked")
    assert portal.decision(held).findings[0].doubts == ("other_currency",)


def test_the_setting_says_what_a_broken_rule_comes_to(portal: Portal) -> None:
    mild = Portal(portal.store, settings(over_limit="warn"))
    warned = mild.place("Z-1", 20_000)
    assert (warned.state, mild.decision(warned).outcome, mild.decision(warned).why) == (
        "queued",
        "warn",
        "over_limit",
    )
    deaf = Portal(portal.store, settings(over_limit="pass"))
    told = deaf.decision(deaf.place("Z-2", 20_000))
    assert (told.outcome, told.findings[0].result) == ("pass", "broken")


def test_goods_that_are_not_free_hold_where_the_setting_says_so(desk: Desk, portal: Portal) -> None:
    watchful = Portal(portal.store, settings(over_stock="hold"))
    assert watchful.decision(watchful.place("Z-0", contract="c2")).findings[2].doubts == ("never_read",)
    watchful.cancel(watchful.place("Z-00", contract="c2"))
    desk.whole(ITEM, row(ITEM, id="item", kind="goods", unit_id="piece"), row(ITEM, id="work", kind="work"))
    desk.whole(UNIT, row(UNIT, id="piece", factor=1_000_000), row(UNIT, id="box", factor=6_000_000))
    place = {"item_id": "item", "warehouse_id": "w"}
    desk.whole(
        STOCK,
        row(STOCK, **place, on_hand=12_000_000, to_ship=3_000_000),
        row(STOCK, **place, on_hand=50_000_000, purpose_id="somebody"),
    )
    box = OrderLine(item_id="item", unit_id="box", quantity=1_000_000, price=1, amount=1)
    work = OrderLine(item_id="work", quantity=99_000_000, price=1, amount=1)
    passed = watchful.place("Z-1", 1, contract="c2", lines=(box, work))
    (goods,) = watchful.decision(passed).facts.goods
    assert (goods.wanted, goods.free, goods.in_flight) == (6_000_000, 9_000_000, 0)
    held = watchful.place("Z-2", 1, contract="c2", lines=(box,))
    assert (held.state, held.why) == ("held", "over_stock")
    assert watchful.decision(held).findings[2].items == ("item",)
    strange = OrderLine(item_id="item", unit_id="pallet", quantity=1, price=1, amount=1)
    assert watchful.place("Z-3", 1, contract="c2", lines=(strange,)).why == "not_checked"


def test_what_is_kept_gives_the_decision_again(portal: Portal) -> None:
    portal.place("Z-1", 4000)
    found = portal.decision(portal.place("Z-2", 8000))
    told = credit.judge(found.facts, found.policy)
    assert asdict(told)["findings"] == tuple(asdict(one) for one in found.findings)
    assert datetime.fromisoformat(str(found.facts.debts_as_of)) > datetime.now(UTC) - timedelta(minutes=5)

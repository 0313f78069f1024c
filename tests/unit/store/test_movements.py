from __future__ import annotations

from typing import Any

import pytest

from store import balances, movements
from store.movements import Account, Amount
from tests.unit.store.desk import DOCUMENT, DUE, ENTRY, KEY, SOURCE, Desk, document, month, row

PARTY = Account(source=SOURCE, counterparty_id="party", currency="RUB")


def entry(recorder: str, at: str, amount: int, line: int = 1, key: str = "k1", **more: Any) -> Any:
    given = {"active": True, "currency": "RUB", "recorder_kind": "shipping_note"} | more
    moment = f"2026-03-{at}T00:00:00"
    return row(
        ENTRY, recorder_id=recorder, line_no=line, at=moment, amount=amount, settlement_key_id=key, **given
    )


@pytest.fixture
def settled(desk: Desk) -> Desk:
    owner = {"counterparty_id": "party", "organization_id": "firm"}
    keys = [
        row(KEY, id="k1", contract_id="c1", **owner),
        row(KEY, id="k2", contract_id=None, **owner),
        row(KEY, id="stranger", counterparty_id="else"),
    ]
    desk.whole(KEY, *keys)
    desk.whole(
        ENTRY,
        entry("note", "01", 700),
        entry("note", "01", 50, line=2),
        entry("bank", "05", -300, recorder_kind="bank_receipt"),
        entry("ahead", "05", -90, key="k2"),
        entry("euro", "06", 11, currency="EUR"),
        entry("off", "06", 5, active=False),
        entry("theirs", "06", 8, key="stranger"),
    )
    desk.documents(month(3), document("note", number="17"))
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
    return desk


def test_every_document_tells_what_was_owed_with_it_and_all_before(settled: Desk) -> None:
    with settled.store.reading() as tx:
        found = movements.by_document(tx, PARTY, limit=10)
        told = movements.amount(tx, PARTY)
    assert [(one.recorder_id, one.amount, one.lines, one.after) for one in found] == [
        ("bank", -300, 1, 360),
        ("ahead", -90, 1, 660),
        ("note", 750, 2, 750),
    ]
    assert (found[2].number, found[2].recorder_kind, found[0].number) == ("17", "shipping_note", "")
    assert told == Amount(360, 360, 3)


def test_an_account_is_chosen_by_contract_and_organisation_or_by_having_none(settled: Desk) -> None:
    def of(**chosen: str) -> tuple[int, int]:
        mine = Account(source=SOURCE, counterparty_id="party", currency="RUB", **chosen)
        with settled.store.reading() as tx:
            told = movements.amount(tx, mine)
        assert told.shown == told.moved
        return told.shown, told.documents

    assert of(contract_id="c1") == (450, 2)
    assert of(contract_id="") == (-90, 1)
    assert of(organization_id="firm") == (360, 3)
    assert of(organization_id="") == (0, 0)


def test_pages_go_on_where_the_last_one_ended(settled: Desk) -> None:
    with settled.store.reading() as tx:
        (first,) = movements.by_document(tx, PARTY, limit=1)
        rest = movements.by_document(tx, PARTY, before=first.place, limit=10)
    assert [one.recorder_id for one in rest] == ["ahead", "note"]
    assert first.after - first.amount == rest[0].after


def test_a_movement_that_came_after_the_balance_shows_as_a_difference(settled: Desk) -> None:
    settled.whole(ENTRY, entry("note", "01", 700))
    with settled.store.reading() as tx:
        assert movements.amount(tx, PARTY) == Amount(360, 700, 1)


def test_a_balance_is_read_along_the_keys_of_its_counterparty(settled: Desk) -> None:
    if settled.store.engine.dialect.name != "sqlite":
        return  # PostgreSQL chooses by its statistics
    with settled.store.reading() as tx:
        query = str(
            movements._by_document(PARTY).compile(
                tx.connection.engine, compile_kwargs={"literal_binds": True}
            )
        )
        plan = [row[3] for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert any("settlement_entry_by_source_settlement_key_id_at" in step for step in plan), plan
    assert DOCUMENT.name not in " ".join(plan)


def test_a_document_tells_whose_accounts_it_moved(settled: Desk) -> None:
    with settled.store.reading() as tx:
        moved = movements.of_document(tx, SOURCE, "note")
        off = movements.of_document(tx, SOURCE, "off")
    assert [(one.counterparty_id, one.contract_id, one.amount) for one in moved] == [
        ("party", "c1", 700),
        ("party", "c1", 50),
    ]
    assert [one.active for one in off] == [False]


def test_a_debt_tells_what_made_it_and_what_settled_it(settled: Desk) -> None:
    given = {"active": True, "currency": "RUB", "settled_id": "note", "settled_kind": "shipping_note"}
    settled.whole(
        DUE,
        row(DUE, recorder_id="bank", at="2026-03-05T00:00:00", debt=-300, **given),
        row(DUE, recorder_id="note", at="2026-03-01T00:00:00", debt=750, **given),
        row(DUE, recorder_id="else", at="2026-03-01T00:00:00", debt=1, **given | {"settled_id": "other"}),
    )
    with settled.store.reading() as tx:
        found = movements.settlement_of(tx, SOURCE, "note")
    assert [(one.recorder_id, one.number, one.debt) for one in found] == [
        ("note", "17", 750),
        ("bank", "", -300),
    ]

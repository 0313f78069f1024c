from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select

from schemas.errors import StoreError
from schemas.types import Day
from store import agreed, balances, history_triggers, migrations, tables_of_change
from store.agreed import Change
from tests.unit.store.desk import KEY, SOURCE, Desk, Row, row
from tests.unit.store.test_balances import entry, movements, parties


def agree(desk: Desk, **more: Any) -> int:
    said: dict[str, Any] = {
        "organization_id": "org",
        "counterparty_id": "party",
        "start_on": Day("2026-03-01"),
        "end_on": Day("2026-03-05"),
        "by": "Ito",
    }
    with desk.store.transaction() as tx:
        return agreed.add(tx, SOURCE, **said | more)


def detected(desk: Desk) -> list[tuple[str, str, int, int]]:
    with desk.store.transaction() as tx:
        return [told(change) for change in agreed.detect(tx, SOURCE)]


def still_open(desk: Desk) -> list[tuple[str, str, int, int]]:
    with desk.store.reading() as tx:
        return [told(change) for change in agreed.open_changes(tx, SOURCE)]


def told(change: Change) -> tuple[str, str, int, int]:
    return change.recorder_id, change.currency, change.agreed_amount, change.amount_now


def note(amount: int, **fields: Any) -> Row:
    return entry("key", amount, **{"recorder_id": "note", "recorder_kind": "shipping_note"} | fields)


def test_a_change_in_an_agreed_period_is_told_once(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(60), note(40, line_no=2), entry("key", 5, 3))
    period = agree(desk)
    assert detected(desk) == []
    movements(desk, note(70), note(40, line_no=2), entry("key", 5, 3))
    assert detected(desk) == [("note", "RUB", 100, 110)]
    assert detected(desk) == []
    with desk.store.reading() as tx:
        (change,) = agreed.open_changes(tx, SOURCE)
    assert (change.period.id, change.recorder_kind, change.dated_at) == (
        period,
        "shipping_note",
        "2026-03-05T10:00:00",
    )


@pytest.mark.parametrize(
    ("after", "change"),
    [
        ([], (100, 0)),
        ([note(100, active=False)], (100, 0)),
        ([note(100, at="2026-03-06T00:00:00")], (100, 0)),
        ([note(100, settlement_key_id="elsewhere")], (100, 0)),
        ([note(99), note(1, line_no=2)], None),
        ([note(100, at="2026-03-01T00:00:00")], None),
    ],
)
def test_what_is_taken_out_of_the_period_is_a_change(
    desk: Desk, after: list[Row], change: tuple[int, int] | None
) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    movements(desk, *after)
    assert detected(desk) == ([] if change is None else [("note", "RUB", *change)])


def test_what_appears_in_the_period_is_a_change_and_outside_it_is_none(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    movements(
        desk,
        note(100),
        entry("key", 7, 2, at="2026-03-05T23:59:59"),
        entry("key", 8, 3, at="2026-03-06T00:00:00"),
    )
    assert detected(desk) == [("doc-key-2", "RUB", 0, 7)]


def test_the_agreed_amount_again_closes_the_change_and_it_can_come_back(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    movements(desk, note(110))
    assert len(detected(desk)) == 1
    movements(desk, note(100))
    assert (detected(desk), still_open(desk)) == ([], [])
    movements(desk, note(110))
    assert detected(desk) == [("note", "RUB", 100, 110)]
    movements(desk, note(120))
    assert detected(desk) == [("note", "RUB", 100, 120)]
    assert still_open(desk) == [("note", "RUB", 100, 120)]


def test_what_a_person_accepted_is_not_told_again(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    movements(desk, note(110))
    detected(desk)
    with desk.store.transaction() as tx:
        (change,) = agreed.open_changes(tx, SOURCE)
        agreed.accept(tx, change.id, "Yamada")
        with pytest.raises(StoreError, match="no such open change"):
            agreed.accept(tx, change.id, "Yamada")
    assert (detected(desk), still_open(desk)) == ([], [])
    movements(desk, note(100))
    assert detected(desk) == []
    movements(desk, note(110))
    assert detected(desk) == []
    movements(desk, note(120))
    assert detected(desk) == [("note", "RUB", 100, 120)]


def test_a_period_may_be_of_one_contract_or_one_currency(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100), note(5, line_no=2, currency="USD"))
    agree(desk, currency="USD")
    agree(desk, contract_id="c2")
    movements(desk, note(110), note(6, line_no=2, currency="USD"))
    assert detected(desk) == [("note", "USD", 5, 6)]
    agree(desk, contract_id="c1")
    movements(desk, note(120), note(6, line_no=2, currency="USD"))
    assert detected(desk) == [("note", "RUB", 110, 120)]


def test_a_settlement_key_that_changes_its_contract_changes_both(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    for contract in ("c1", "c2"):
        agree(desk, contract_id=contract)
    desk.whole(KEY, row(KEY, id="key", organization_id="org", counterparty_id="party", contract_id="c2"))
    assert sorted(detected(desk)) == [("note", "RUB", 0, 100), ("note", "RUB", 100, 0)]


def test_a_withdrawn_period_is_listed_and_no_longer_compared(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    period = agree(desk, note="by mail")
    movements(desk, note(110))
    detected(desk)
    with desk.store.transaction() as tx:
        agreed.withdraw(tx, period)
        with pytest.raises(StoreError, match="saldo agreed list"):
            agreed.withdraw(tx, period)
        (found,) = agreed.list_(tx, SOURCE, "party")
        assert agreed.list_(tx, SOURCE, "other") == []
    assert (found.note, found.withdrawn_at is None) == ("by mail", False)
    movements(desk, note(120))
    assert (detected(desk), still_open(desk)) == ([], [])


def test_what_was_agreed_is_what_was_shown_at_that_moment(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    with desk.store.transaction() as tx:
        shown_at = tx.now
    movements(desk, note(110))
    agree(desk, agreed_at=shown_at)
    assert still_open(desk) == [("note", "RUB", 100, 110)]
    assert detected(desk) == []


def test_only_periods_of_those_whose_movements_changed_are_compared_again(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)
    movements(desk, note(110))
    with desk.store.transaction() as tx:
        assert agreed.detect(tx, SOURCE, ["elsewhere"]) == []
        touched = balances.touched(tx, SOURCE)
        assert touched == {"key"}
        assert len(agreed.detect(tx, SOURCE, touched)) == 1


def test_a_settlement_key_that_leaves_its_counterparty_concerns_what_both_agreed_to(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    agree(desk, counterparty_id="other")
    desk.whole(KEY, row(KEY, id="key", organization_id="org", counterparty_id="other", contract_id="c1"))
    with desk.store.transaction() as tx:
        found = agreed.detect(tx, SOURCE, ["key"])
    assert sorted(told(change) for change in found) == [("note", "RUB", 0, 100), ("note", "RUB", 100, 0)]


def test_a_period_that_cannot_be_is_refused(desk: Desk) -> None:
    with pytest.raises(StoreError, match="Give the first day first"):
        agree(desk, start_on=Day("2026-03-06"))
    with desk.store.reading() as tx:
        later = tx.now + timedelta(days=1)
    with pytest.raises(StoreError, match="Give a moment that is past"):
        agree(desk, agreed_at=later)


def test_what_a_version_belonged_to_is_known_of_those_kept_before(desk: Desk) -> None:
    parties(desk)
    movements(desk, note(100))
    agree(desk)
    movements(desk, note(110))
    history, engine = tables_of_change.RECORD_HISTORY, desk.store.engine
    belonged_to = select(history.c.parent_id).where(history.c.record == "settlement_entry")
    config = migrations.configuration()
    with engine.connect() as connection, connection.begin():
        assert connection.execute(belonged_to).scalars().all() == ["key"]
        config.attributes["connection"] = connection
        history_triggers.remove(connection)
        command.downgrade(config, "0005")
        assert connection.execute(belonged_to).scalars().all() == [None]
    migrations.upgrade_engine(engine)
    assert detected(desk) == [("note", "RUB", 100, 110)]

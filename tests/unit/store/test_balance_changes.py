from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update

from store import balances, history
from store.tables import BALANCE_STATE
from tests.unit.store.desk import DUE, ENTRY, KEY, SOURCE, Desk, Row, month, row
from tests.unit.store.test_balances import due, entry, movements, parties, refreshed

TICK = timedelta(microseconds=1)


def moment(desk: Desk) -> datetime:
    with desk.store.transaction() as tx:
        return tx.now


def touched(desk: Desk) -> frozenset[str] | None:
    with desk.store.transaction() as tx:
        return balances.touched(tx, SOURCE)


def refreshed_where_touched(desk: Desk) -> balances.BalanceCounts:
    with desk.store.transaction() as tx:
        return balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))


def shown(desk: Desk, at: datetime) -> list[tuple[str, str, int]]:
    with desk.store.reading() as tx:
        found = history.balance_as_of(tx, SOURCE, "party", at)
    return [(one.contract_id, one.currency, one.debt) for one in found]


def keys(desk: Desk, *rows: Row) -> None:
    desk.whole(KEY, *rows)


def test_a_balance_is_known_as_it_was_shown(desk: Desk) -> None:
    parties(desk)
    moments = []
    for debt in (100, 100, 250):
        movements(desk, entry("key", debt))
        refreshed(desk)
        moments.append(moment(desk))
    movements(desk)
    refreshed(desk)
    assert [shown(desk, at) for at in moments] == [[("c1", "RUB", debt)] for debt in (100, 100, 250)]
    assert shown(desk, moment(desk)) == []
    with desk.store.reading() as tx:
        first, same = (history.balance_as_of(tx, SOURCE, "party", at)[0].from_at for at in moments[:2])
        assert first == same
        assert history.balance_as_of(tx, SOURCE, "party", first - TICK) == []
        assert history.balance_as_of(tx, SOURCE, "other", first) == []


def test_movements_that_add_up_to_the_same_leave_the_balance_as_it_is(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100))
    refreshed(desk)
    before = moment(desk)
    movements(desk, entry("key", 60), entry("key", 40, 2))
    assert refreshed(desk).entries == 2
    with desk.store.reading() as tx:
        (now,) = history.balance_as_of(tx, SOURCE, "party", moment(desk))
    assert now.from_at < before


def test_nothing_derived_yet_means_everything(desk: Desk) -> None:
    assert touched(desk) is None
    refreshed(desk)
    assert touched(desk) == frozenset()


def test_the_keys_of_new_changed_and_gone_movements_are_touched(desk: Desk) -> None:
    movements(
        desk, *(entry(f"k{n}", n) for n in range(4)), dues=(due("d1", 5, "note"), due("d2", 5, "other"))
    )
    refreshed(desk)
    kept, changed, new = entry("k0", 0), entry("k1", 7), entry("k4", 1)
    movements(desk, kept, changed, entry("k3", 3), new, dues=(due("d1", 5, "note"),))
    assert touched(desk) == {"k1", "k2", "k4", "d2"}
    refreshed(desk)
    assert touched(desk) == frozenset()


def test_a_movement_that_left_a_key_touches_it_too(desk: Desk) -> None:
    movements(desk, entry("old", 5))
    refreshed(desk)
    movements(desk, entry("old", 5, settlement_key_id="new", recorder_id="doc-old-1"))
    assert touched(desk) == {"old", "new"}


def test_movements_read_by_their_recorder_are_touched_wherever_they_are_dated(desk: Desk) -> None:
    movements(desk, entry("k", 5, recorder_id="r"), entry("other", 1, 2))
    refreshed(desk)
    unit = desk.land(month(4), b"empty", entity=ENTRY.name)
    desk.merge(unit, {ENTRY: []}, main=ENTRY, nested=(), entity=ENTRY.name)
    scope = type(unit.scope)(keys=("r",))
    unit = desk.land(scope, b"by key", entity=ENTRY.name)
    desk.merge(unit, {ENTRY: []}, main=ENTRY, nested=(), entity=ENTRY.name)
    assert touched(desk) == {"k"}


def test_what_is_written_after_a_derivation_is_found_whatever_the_clock_says(desk: Desk) -> None:
    movements(desk, entry("k", 5))
    refreshed(desk)
    ahead = moment(desk) + timedelta(hours=1)
    with desk.store.transaction() as tx:
        tx.connection.execute(update(BALANCE_STATE).values(refreshed_at=ahead))
    movements(desk, entry("k", 6))
    assert touched(desk) == {"k"}
    assert desk.stored(ENTRY, "changed_at") == [(ahead + TICK,)]


def test_only_the_contracts_of_touched_keys_are_derived_and_come_out_right(desk: Desk) -> None:
    parties(desk)
    owner = {"organization_id": "org", "counterparty_id": "party"}
    keys(desk, row(KEY, id="key", contract_id="c1", **owner), row(KEY, id="twin", contract_id="c1", **owner))
    movements(desk, entry("key", 100), entry("twin", 5), dues=(due("key", 100, "n1"), due("twin", 5, "n2")))
    refreshed(desk)
    movements(desk, entry("key", 70), entry("twin", 5), dues=(due("key", 70, "n1"), due("twin", 5, "n2")))
    counts = refreshed_where_touched(desk)
    assert (counts.balances, counts.entries, counts.open_items) == (1, 2, 2)
    with desk.store.reading() as tx:
        assert [total.debt for total in balances.totals(tx, SOURCE)] == [75]
        assert balances.unequal(tx, SOURCE) == []


def test_a_key_that_changes_its_contract_takes_its_balance_along(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100), dues=(due("key", 100, "n1"),))
    refreshed(desk)
    keys(desk, row(KEY, id="key", organization_id="org", counterparty_id="party", contract_id="c2"))
    assert touched(desk) == {"key"}
    refreshed_where_touched(desk)
    with desk.store.reading() as tx:
        assert [(total.contract_id, total.debt) for total in balances.totals(tx, SOURCE)] == [("c2", 100)]
        found = balances.counterparty(tx, SOURCE, "party")
    assert found is not None
    assert [item.contract_id for item in found.open_items] == ["c2"]


def test_orphans_outside_the_touched_keys_stay_listed(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("nobody", 9), entry("key", 1))
    assert refreshed(desk).orphans == 1
    movements(desk, entry("nobody", 9), entry("key", 2))
    assert touched(desk) == {"key"}
    assert refreshed_where_touched(desk).orphans == 1
    keys(desk, *(row(KEY, id=key, counterparty_id="party", contract_id="c1") for key in ("key", "nobody")))
    assert refreshed_where_touched(desk).orphans == 0
    with desk.store.reading() as tx:
        assert [total.debt for total in balances.totals(tx, SOURCE)] == [11]


def test_a_first_derivation_of_due_dates_only_is_right(desk: Desk) -> None:
    parties(desk)
    movements(desk, dues=(due("key", 100, "n1"),))
    assert refreshed_where_touched(desk).open_items == 1
    assert desk.stored(DUE, "debt") == [(100,)]

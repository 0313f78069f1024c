"""Balances derived where something changed against balances derived anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from schemas.source import Scope
from store import balances, rejections
from store.tables import BALANCE_STATE, CONTRACT_BALANCE, OPEN_ITEM
from tests.property.test_store import new_desk
from tests.unit.store.desk import DUE, ENTRY, KEY, SOURCE, Desk, month, row

KEYS, CONTRACTS, RECORDERS = ("k1", "k2", "k3"), ("c1", "c2", None), ("r1", "r2", "r3")
AMOUNTS = st.integers(-2, 2)
Step = tuple[str, Any, Any]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """A reading of the settlement keys, or of a register in a month or by recorders."""
    if draw(st.integers(0, 3)) == 0:
        owners = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(CONTRACTS))
        return "keys", Scope(), draw(owners)
    name = draw(st.sampled_from(["settlement_entry", "due_entry"]))
    by_key = st.sets(st.sampled_from(RECORDERS), min_size=1).map(lambda keys: Scope(keys=tuple(sorted(keys))))
    scope = draw(st.one_of(st.sampled_from([month(3), month(4)]), by_key))
    recorders = scope.keys or RECORDERS
    moves = st.tuples(st.sampled_from(KEYS), AMOUNTS, st.booleans(), st.sampled_from([3, 4]))
    return name, scope, draw(st.dictionaries(st.sampled_from(recorders), moves))


def apply(desk: Desk, number: int, step: Step) -> None:
    name, scope, said = step
    table = KEY if name == "keys" else ENTRY if name == "settlement_entry" else DUE
    unit = desk.land(scope, bytes([number]), entity=table.name)
    rows = [_key(key, contract) for key, contract in said.items()] if table is KEY else []
    for recorder, (key, amount, active, at) in said.items() if table is not KEY else ():
        when = f"2026-{at if scope.start is None else scope.start[6]:0>2}-05T00:00:00"
        fields = {"recorder_id": recorder, "settlement_key_id": key, "active": active, "at": when}
        rows.append(row(table, **fields, **{"amount" if table is ENTRY else "debt": amount}))
    desk.merge(unit, {table: rows}, main=table, nested=(), entity=table.name)


def _key(key: str, contract: str | None) -> Any:
    return row(KEY, id=key, counterparty_id="party", contract_id=contract)


def derived(desk: Desk) -> tuple[list[Any], ...]:
    volatile = ("refreshed_at", "changed_at")
    balance = [column for column in CONTRACT_BALANCE.c if column.name not in volatile]
    with desk.store.reading() as tx:
        owed = [tuple(found) for found in tx.connection.execute(select(*balance))]
        items = [tuple(found) for found in tx.connection.execute(select(OPEN_ITEM))]
        orphans = [(found.entity, found.record_id, found.reason) for found in rejections.open_(tx, SOURCE)]
    return sorted(owed), sorted(items, key=repr), sorted(orphans)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=st.lists(st.tuples(steps(), st.booleans()), min_size=1, max_size=6))
def test_deriving_what_changed_gives_what_deriving_everything_gives(
    folder: Path, history: list[tuple[Step, bool]]
) -> None:
    with new_desk(folder) as desk:
        for number, (step, refresh) in enumerate(history):
            apply(desk, number, step)
            if refresh:
                with desk.store.transaction() as tx:
                    balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))
        with desk.store.transaction() as tx:
            balances.refresh(tx, SOURCE, balances.touched(tx, SOURCE))
        by_parts = derived(desk)
        with desk.store.transaction() as tx:
            for table in (CONTRACT_BALANCE, OPEN_ITEM, BALANCE_STATE):
                tx.connection.execute(delete(table))
            balances.refresh(tx, SOURCE)
        assert derived(desk) == by_parts

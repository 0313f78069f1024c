"""Bytes that a statement was drawn from: nothing maps them, and nothing drops them before the statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from schemas.source import RawUnit, Scope
from store import copying, landed, landing, leases, retention, statement_keeping, statement_steps, statements
from store.engine import Store
from store.tables import LANDING_UNIT
from tests.unit.store.desk import SOURCE, Desk, month, page
from tests.unit.store.test_statements import books, hub, kept, said

__all__ = ["books"]
LATER = datetime.now(UTC) + timedelta(days=1)


def land(store: Store, body: bytes) -> int:
    unit = RawUnit(Scope(keys=("party",)), (page(body),))
    return landing.save(store, SOURCE, "statement", unit, run_id="run", state="kept")


def states(store: Store) -> dict[str, set[str]]:
    unit, found = LANDING_UNIT.c, dict[str, set[str]]()
    with store.reading() as tx:
        for entity, state in tx.connection.execute(select(unit.entity, unit.state)):
            found.setdefault(entity, set()).add(state)
    return found


def test_they_wait_for_nobody_to_map_them(desk: Desk) -> None:
    land(desk.store, b"an answer")
    assert landing.pending(desk.store, SOURCE, "statement") == []
    with desk.store.reading() as tx:
        assert landed.unmapped(tx, SOURCE) == set()


def test_they_stay_while_a_statement_is_drawn_from_them(books: Desk) -> None:
    store = books.store
    named, nobodys = land(store, b"named"), land(store, b"nobody's")
    row, drawn = kept(store), replace(said(hub(store)), units=(named, named))
    with store.transaction() as tx:
        statement_keeping.heard(tx, row, drawn)
    retention.drop(store, LATER)
    with store.reading() as tx:
        assert [one.id for one in landing.found(tx, [named, nobodys])] == [named]


def test_a_replay_beside_keeps_them_as_they_are(books: Desk, tmp_path: Path) -> None:
    land(books.store, b"an answer")
    books.land(month(4))
    target = copying.new(f"sqlite:///{tmp_path / 'new.db'}", f"file://{books.store.blobs.root}")
    copying.begin(books.store, target, run_id="run")
    found = states(target)
    assert found.pop("statement") == {"kept"}
    assert {state for each in found.values() for state in each} == {"landed"}
    target.close()


def test_whether_a_lease_is_held_is_seen_without_taking_it(store: Store) -> None:
    with store.reading() as tx:
        assert not leases.is_held(tx, "draw")
    lease = leases.take(store, "draw", "elsewhere:1:run", 60.0)
    assert lease is not None
    with store.reading() as tx:
        assert leases.is_held(tx, "draw")
    leases.release(store, lease)
    with store.reading() as tx:
        assert not leases.is_held(tx, "draw")


@pytest.mark.parametrize("holder", ["", "elsewhere:1:run"])
def test_nobody_is_taken_for_dead_who_may_live_elsewhere(holder: str) -> None:
    assert not leases.is_dead(holder)


def test_a_replay_beside_brings_what_was_drawn_and_agreed_while_it_went_on(
    books: Desk, tmp_path: Path
) -> None:
    store = books.store
    early = kept(store)
    target = copying.new(f"sqlite:///{tmp_path / 'new.db'}", f"file://{store.blobs.root}")
    copying.begin(store, target, run_id="run")
    named = land(store, b"an answer")
    with store.transaction() as tx:
        row = statement_keeping.heard(tx, early, replace(said(hub(store)), units=(named, named)))
        row = statement_steps.step(tx, row, "agreed", by="user:ito")
    copying.finish(store, target)
    with store.reading() as live, target.reading() as tx:
        found = statements.get(tx, row.id)
        assert found == row
        assert statement_steps.steps(tx, row) == statement_steps.steps(live, row)
        assert statement_steps.agreed_periods(tx, row) == statement_steps.agreed_periods(live, row) != ()
        assert statements.drawings(tx, row) == statements.drawings(live, row)
        assert [one.id for one in landing.found(tx, [named])] == [named]
    assert land(target, b"a later answer") > named
    target.close()

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from schemas.source import RawPage, RawUnit, Scope
from schemas.types import WallClock
from store import agreement, exchange_nodes, landing, sync_state
from store.agreement import Agreement, State
from store.engine import Store
from store.sync_state import NEVER, Reading
from store.tables import LANDING_UNIT

BEGAN = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def land(store: Store, entity: str, run: str, at: datetime, scope: Scope | None = None) -> int:
    unit = RawUnit(scope or Scope(), (RawPage("/x", b"[]", at, 0.1, "application/json"),))
    return landing.save(store, "ut11", entity, unit, run_id=run)


def merge(store: Store, unit_id: int, at: datetime) -> None:
    with store.transaction() as tx:
        done = update(LANDING_UNIT).where(LANDING_UNIT.c.id == unit_id)
        tx.connection.execute(done.values(state="mapped", mapped_at=at))


def read(store: Store, *entities: str, by_plan: tuple[str, ...] = ()) -> Reading:
    with store.reading() as tx:
        return sync_state.of(tx, "ut11", entities, by_plan=by_plan)


def test_nothing_read_is_true_of_no_moment(store: Store) -> None:
    assert read(store, "order") == NEVER


def test_what_is_shown_is_as_old_as_the_beginning_of_the_oldest_reading(store: Store) -> None:
    for entity, run, at in (("order", "r1", BEGAN), ("invoice", "r2", BEGAN + HOUR)):
        merge(store, land(store, entity, run, at), at + HOUR)
    assert read(store, "order", "invoice") == Reading(BEGAN, BEGAN + 2 * HOUR)
    assert read(store, "invoice", "never_published") == Reading(BEGAN + HOUR, BEGAN + 2 * HOUR)


def test_a_reading_that_waits_to_be_mapped_does_not_count(store: Store) -> None:
    merge(store, land(store, "order", "r1", BEGAN), BEGAN + HOUR)
    second = land(store, "order", "r2", BEGAN + 2 * HOUR)
    assert read(store, "order") == Reading(BEGAN, BEGAN + HOUR)
    merge(store, second, BEGAN + 3 * HOUR)
    assert read(store, "order") == Reading(BEGAN + 2 * HOUR, BEGAN + 3 * HOUR)


def test_the_first_reading_that_waits_to_be_mapped_is_never(store: Store) -> None:
    land(store, "order", "r1", BEGAN)
    assert read(store, "order") == NEVER


def test_what_the_plan_did_not_tell_has_not_changed(store: Store) -> None:
    merge(store, land(store, "order", "r1", BEGAN), BEGAN)
    looked = BEGAN + 5 * HOUR
    with store.transaction() as tx:
        exchange_nodes.looked(tx, "ut11", "hub", 3, at=looked)
    assert read(store, "order", by_plan=("order",)).as_of == looked
    assert read(store, "order").as_of == BEGAN
    package = land(store, "order", "r3", looked + HOUR, Scope(keys=("k",)))
    assert read(store, "order", by_plan=("order",)).as_of == BEGAN, "its package is not mapped yet"
    merge(store, package, looked + HOUR)
    assert read(store, "order", by_plan=("order",)).as_of == looked


def test_a_plan_that_gives_no_package_says_nothing(store: Store) -> None:
    merge(store, land(store, "order", "r1", BEGAN), BEGAN)
    with store.transaction() as tx:
        exchange_nodes.looked(tx, "ut11", "hub", 3, at=BEGAN + HOUR)
        exchange_nodes.blocked(tx, "ut11", "hub", "too large", "read windows")
    assert read(store, "order", by_plan=("order",)).as_of == BEGAN


@pytest.mark.parametrize(
    ("states", "expected", "through"),
    [
        ((), "unknown", None),
        (("agreed",), "agreed", "2026-03-01T00:00:00"),
        (("agreed", "differs"), "differs", "2026-03-01T00:00:00"),
        (("differs", "incomplete"), "differs", None),
        (("agreed", "unsettled"), "unknown", "2026-03-01T00:00:00"),
        (("agreed", "failed"), "agreed", "2026-03-01T00:00:00"),
    ],
)
def test_a_base_stands_as_its_last_comparison_found(
    store: Store, states: tuple[State, ...], expected: str, through: str | None
) -> None:
    blank = Agreement(
        "ut11", "balance", "r", BEGAN, None, WallClock("2026-03-01T00:00:00"), 1, 0, 1, "agreed"
    )
    with store.transaction() as tx:
        for state in states:
            agreement.save(tx, replace(blank, state=state))
    with store.reading() as tx:
        found = sync_state.agreed(tx, "ut11")
    assert (found.state, found.verified_through) == (expected, through)

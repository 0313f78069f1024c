"""What people ask for at the desk becomes a run, and its outcome is told to who asked."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import dagster as dg

from assets import by_hand, on_demand
from simulator.life import Life, NothingFitsError
from store import agreement, operations, pauses
from store.operations import Kind, Operation
from tests.e2e.test_sensors import ring
from tests.e2e.world import SOURCE, World

SHIPMENT = "Document_РеализацияТоваровУслуг"
OLD = (datetime.now(UTC) - timedelta(days=90)).isoformat()


def asked(world: World, kind: Kind, **given: object) -> str:
    with world.store.transaction() as tx:
        found = operations.ask(tx, kind, SOURCE, None, key_number="user:vera", most=9, input=given)
    assert found is not None
    return found.id


def edit_an_old_shipment(world: World) -> None:
    life = Life(world.base, 11)
    for one in sorted(world.base.iterate(SHIPMENT), key=lambda one: str(one["Date"])):
        if one["Posted"] and one["Date"] < OLD:
            with suppress(NothingFitsError):
                life.silent_edit(one["Ref_Key"])
                return
    raise AssertionError("no old shipping note can be edited")


def told(world: World, number: str) -> Operation:
    with world.store.reading() as tx:
        found = operations.get(tx, number)
    assert found is not None
    return found


def test_a_comparison_and_a_repair_are_run_and_told(world: World) -> None:
    world.load()
    edit_an_old_shipment(world)
    first = asked(world, "compare")
    assert isinstance(ring(world, "by_hand"), dg.RunRequest)
    assert world.pull("by_hand").success
    found = told(world, first)
    assert (found.state, found.result["state"]) == ("succeeded", "differs")
    with world.store.reading() as tx:
        last = agreement.latest(tx, SOURCE)
    assert last is not None
    assert (last.id, last.kind) == (found.result["agreement"], "by_hand")
    second = asked(world, "repair")
    assert world.pull("by_hand").success
    assert told(world, second).result["state"] == "agreed"
    assert isinstance(ring(world, "by_hand"), dg.SkipReason)


def test_a_paused_base_is_not_asked_and_says_so_but_what_is_held_is_mapped(world: World) -> None:
    world.load()
    with world.store.transaction() as tx:
        pauses.pause(tx, SOURCE, by="user:vera", reason="stocktaking")
    compared = asked(world, "compare")
    assert isinstance(ring(world, "by_hand"), dg.SkipReason)
    assert told(world, compared).progress == "source_paused"
    mapped = asked(world, "replay", entity="item")
    assert world.pull("by_hand").success
    assert told(world, mapped).result == {"before": 0, "after": 0}
    assert told(world, compared).state == "pending"


def test_a_base_that_is_away_lets_a_comparison_wait_until_it_is_given_up(world: World) -> None:
    number = asked(world, "compare")
    world.server.stop()
    assert not world.pull("by_hand").success
    assert (told(world, number).state, told(world, number).progress) == ("pending", "source_unavailable")
    later = datetime.now(UTC) + on_demand.WAITS_AT_MOST + timedelta(minutes=1)
    assert by_hand.look(world.store, world.source, later) == 0
    assert (told(world, number).state, told(world, number).error) == ("failed", "waited_too_long")


def test_one_that_cannot_be_done_fails_alone_and_the_others_are_done(world: World) -> None:
    world.load()
    first, second = asked(world, "replay", entity="nothing we read"), asked(world, "replay", entity="item")
    compared = asked(world, "compare")
    assert not world.pull("by_hand").success
    assert [told(world, one).state for one in (first, second)] == ["failed", "succeeded"]
    assert world.pull("by_hand").success
    assert told(world, compared).state == "succeeded"

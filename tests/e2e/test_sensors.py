"""The doorbells: when a pass is started by itself, and when a base is left alone."""

from __future__ import annotations

import dagster as dg

from assets.hub import Hub
from jobs.definitions import defs
from simulator.life.life import Life
from store import notifications, pauses
from tests.e2e.world import SOURCE, World


def ring(world: World, name: str) -> dg.SkipReason | dg.RunRequest:
    """One tick of a sensor, as the daemon would."""
    found = tick(world, name)
    assert isinstance(found, dg.SkipReason | dg.RunRequest)
    return found


def tick(world: World, name: str) -> object:
    sensor = next(one for one in defs().sensors or () if one.name == f"{SOURCE}_{name}_sensor")
    assert isinstance(sensor, dg.SensorDefinition)
    hub = Hub(settings_path=str(world.home / "saldo.toml"))
    with dg.build_sensor_context(instance=world.instance, resources={"hub": hub}) as context:
        return sensor(context)


def pause(world: World, reason: str) -> None:
    with world.store.transaction() as tx:
        pauses.pause(tx, SOURCE, by="the administrator", reason=reason)


def test_the_plans_sensor_starts_a_pass_when_something_waits(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    assert ring(world, "changes") == dg.SkipReason("nothing changed")
    Life(world.base, seed=2).new_payment()
    assert isinstance(ring(world, "changes"), dg.RunRequest)
    assert world.pull("changes").success
    assert ring(world, "changes") == dg.SkipReason("nothing changed")


def test_notifications_ring_once_there_are_any(world_by_plan: World) -> None:
    world = world_by_plan
    assert ring(world, "notified") == dg.SkipReason("no notifications")
    with world.store.transaction() as tx:
        notifications.add(tx, SOURCE, "one", [("shipping_note", "8a1f0c5e-0000-4000-8000-000000000001")])
    assert isinstance(ring(world, "notified"), dg.RunRequest)


def test_a_paused_base_is_not_asked_by_sensors_nor_by_jobs(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    Life(world.base, seed=2).new_payment()
    pause(world, "month end is being closed")
    asked = len(world.server.requests)
    skipped = ring(world, "changes")
    assert isinstance(skipped, dg.SkipReason)
    assert "month end is being closed" in str(skipped.skip_message)
    assert not world.pull("changes").success
    assert len(world.server.requests) == asked
    with world.store.transaction() as tx:
        assert pauses.resume(tx, SOURCE)
    skipped = ring(world, "changes")  # a run that just failed is not started again at once
    assert isinstance(skipped, dg.SkipReason)
    assert "its last run failed" in str(skipped.skip_message)
    assert world.pull("changes").success


def test_a_base_that_does_not_answer_is_no_crash_of_the_sensor(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    world.server.change(locked=True)
    skipped = ring(world, "changes")
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message

"""After a life of packages, keys, windows and nights every row still follows from the landed bytes."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assets.replay import replay, replay_into
from assets.tidy import tidy
from assets.verify import verify
from simulator.life.life import Life
from store import comparing, copying, notifications
from tests.e2e.world import SOURCE, World


def lived(world: World) -> None:
    """Changes by the exchange plan, by notification, by a census at night, and by a full reading."""
    world.load()
    life = Life(world.base, seed=21)
    for _ in range(3):
        for _ in range(15):
            life.step()
        assert world.pull("changes").success
    told = life.new_shipment()
    with world.store.transaction() as tx:
        notifications.add(tx, SOURCE, "one", [("shipping_note", told.ref)])
    assert world.pull("notified").success
    life.delete()
    assert world.pull("night").success


def differing(world: World, folder: Path, name: str) -> list[str]:
    target = copying.new(f"sqlite:///{folder / name}", world.settings.landing_url)
    replay_into(world.store, target, [world.source], run_id="again")
    found = [str(one) for one in comparing.differences(world.store, target)]
    target.close()
    return found


def test_a_life_can_be_verified_replayed_and_tidied(world_by_plan: World, tmp_path: Path) -> None:
    world = world_by_plan
    lived(world)
    assert verify(world.store, world.source).mismatches == []
    assert differing(world, tmp_path, "before.db") == []
    again = replay(world.store, world.source, world.source.entities, run_id="again")
    assert {
        name: (counts.inserted, counts.changed, counts.gone)
        for name, counts in again.counts.items()
        if counts.inserted or counts.changed or counts.gone
    } == {}
    for file in (tmp_path / "landing").rglob("*.zst"):
        os.utime(file, (time.time() - 7_200,) * 2)
    assert tidy(world.store, [world.source], datetime.now(UTC) + timedelta(days=1), run_id="tidy").units > 0
    assert verify(world.store, world.source).mismatches == []
    assert differing(world, tmp_path, "after.db") == []

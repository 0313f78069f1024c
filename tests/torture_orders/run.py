"""One torture from the first order to the last account."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.torture_orders import calm, chaos, directed, proof
from tests.torture_orders.databases import Database
from tests.torture_orders.figures import Figures
from tests.torture_orders.world import World

CALM_EVERY = 40
BACK_UP_EVERY, RESTORE_AFTER = 25, 8  # rounds
SHORT, SOON = 10, 2  # a short run restores sooner
PULL_EVERY = 20
TELL_EVERY = 5
DEATHS_PER_ROUND = 1.5

Say = Callable[[str], None]


def torture(
    home: Path,
    database: Database,
    seed: int,
    rounds: int,
    say: Say,
    *,
    chosen_keys: bool,
    without: tuple[str, ...] = (),
) -> Figures:
    """Every death first, as far as the rounds go; then so many rounds of the storm, and a calm in the end."""
    world = World(home, database, seed, chosen_keys, without)
    try:
        began = time.monotonic()
        directed.deaths(world, max(1, round(rounds * DEATHS_PER_ROUND)), say)
        for number in range(1, rounds + 1):
            _round(world, number, SOON if rounds < SHORT else RESTORE_AFTER)
            if number % CALM_EVERY == 0 or number == rounds:
                calm.calm(world, everything=number == rounds)
            world.count()
            for found in world.figures.news():
                say(found)
            if number % TELL_EVERY == 0 or number == rounds:
                say(f"{number}/{rounds} {time.monotonic() - began:.0f} s: {world.figures.line()}")
        proof.count_steps(world)
        return world.figures
    finally:
        world.close()


def _round(world: World, number: int, restore_after: int) -> None:
    chaos.storm(world)
    if number % BACK_UP_EVERY == 1:
        world.back_up()
    if number % BACK_UP_EVERY == 1 + restore_after:
        world.restore()
    if number % PULL_EVERY == 0:
        world.run("pull")

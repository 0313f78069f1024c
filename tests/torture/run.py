"""One torture from the first load to the last night."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.torture import calm, chaos, directed
from tests.torture.figures import Figures
from tests.torture.world import World

CALM_EVERY = 8
DIRECT_EVERY = 2
FIRST_LOADS = 3  # that are killed
MOST_NEWS = 5  # findings told at once

Say = Callable[[str], None]


def torture(home: Path, database_url: str, seed: int, rounds: int, say: Say) -> Figures:
    """A random life of so many rounds; with every few of them a directed scenario, and then a calm."""
    world = World(home, database_url, seed)
    try:
        began = time.monotonic()
        _load(world)
        for number in range(1, rounds + 1):
            chaos.storm(world)
            if number % DIRECT_EVERY == 0:
                directed.direct(world, number // DIRECT_EVERY - 1)
            if number % CALM_EVERY == 0 or number == rounds:
                calm.calm(world)
            world.count()
            for found in world.figures.news()[:MOST_NEWS]:
                say(found)
            say(f"{number}/{rounds} {time.monotonic() - began:.0f} s: {world.figures.line()}")
        return world.figures
    finally:
        world.close()


def _load(world: World) -> None:
    """The first load dies a few times before it comes to its end."""
    for _ in range(FIRST_LOADS):
        worker = world.start("pass")
        worker.process.join(world.random.random())
        world.kill(worker)
        world.finish(worker)
    world.run("pass")
    world.books.advance(timedelta(minutes=10))

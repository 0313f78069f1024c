"""Quiet: no faults, and everybody does what he has to do until nothing moves. Then everything is accounted for."""

from __future__ import annotations

import time

from tests.torture_orders import faults, proof
from tests.torture_orders.world import SETTLES_S, World

PASSES = 40
MOVING = ("approved", "queued", "sending", "created", "posted", "cancelling", "uncertain")
PROVEN = 400  # of the latest orders, in the midst of it; all in the end


def calm(world: World, *, everything: bool = False) -> None:
    quiet(world)
    if world.has_forgotten:  # orders in the books of which the hub does not know are seen when they are read
        world.run("pull")
    proof.prove(world, world.orders if everything else world.orders[-PROVEN:])
    world.figures.add("calms")
    world.storefront.calm = False


def quiet(world: World) -> None:
    """Until no order is on its way, and nobody has anything to do."""
    faults.none(world.books.server)
    world.storefront.calm = True
    since = time.monotonic()
    for _ in range(PASSES):
        busy = [one for one in world.orders if one.is_open and world.people.attend(one)]
        world.let_time_pass()
        if world.is_due():
            world.run("push")
        settling = "uncertain" in world.states().values() and time.monotonic() - since < 2 * SETTLES_S
        if not busy and not settling and not moving(world):
            return
        if not busy:
            time.sleep(0.1)


def moving(world: World) -> bool:
    """What is uncertain for a person's decision moves no more."""
    return any(state in MOVING[:-1] for state in world.states().values())

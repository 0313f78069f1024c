"""One round of the storm: orders, decisions, faults, and workers that die or fall asleep in the midst of it."""

from __future__ import annotations

import signal
import time

from tests.torture.crew import Worker
from tests.torture_orders import faults
from tests.torture_orders.points import Strike
from tests.torture_orders.world import CLAIM_S, World

LAST_MOMENT_S = 0.4  # about as long as a worker lives: a kill may come at any time of it
ATTENDED = 6
POINTS = (
    "before a commit",
    "after a commit",
    "before POST Document_ЗаказКлиента",
    "after POST Document_ЗаказКлиента",
    "before POST Post",
    "after POST Post",
    "after GET Document_ЗаказКлиента",
    "after GET Document_ЗаказКлиента by key",
)
ASLEEP = ("before the fence of POST Document_ЗаказКлиента", "before the fence of POST Post")


def storm(world: World) -> None:
    """Orders come, one to three workers push them under whatever goes wrong, people decide meanwhile."""
    chance = world.random
    faults.strike(world.books.server, chance)
    for _ in range(chance.randint(1, 3)):
        world.storefront.place(world.wish())
    if chance.random() < 0.04:
        world.books.restart()
        world.figures.add("restarts of 1C")
    if chance.random() < 0.04:
        world.books.server.change(locked=not world.books.server.options.locked)
    if chance.random() < 0.3:
        world.let_time_pass()
    workers = [_start(world) for _ in range(chance.choices((1, 2, 3), (5, 4, 1))[0])]
    _meanwhile(world)
    for worker in workers:
        _strike(world, worker)
    _meanwhile(world)
    for worker in workers:
        _finish(world, worker)


def _start(world: World) -> Worker:
    """Often with its death at a certain point before it."""
    chance = world.random
    draw, strike = chance.random(), None
    if draw < 0.3:
        strike = Strike(chance.choice(POINTS), chance.randint(1, 6))
    elif draw < 0.4:
        strike = Strike(chance.choice(ASLEEP), chance.randint(1, 3), signal.SIGSTOP)
    return world.start("push", strike=strike)


def _meanwhile(world: World) -> None:
    """The storefront looks after some of its orders, repeats itself and makes mistakes."""
    chance = world.random
    waiting = [one for one in world.orders[-200:] if one.is_open]
    for one in chance.sample(waiting, min(len(waiting), ATTENDED)):
        world.people.attend(one)
    if world.orders and chance.random() < 0.1:
        world.storefront.place_again(chance.choice(world.orders[-50:]))
    if world.orders and chance.random() < 0.1:
        world.storefront.misuse(chance.choice(world.orders[-50:]))


def _strike(world: World, worker: Worker) -> None:
    """Kill or stop a worker at any moment of its work, or let it be."""
    if worker.job.strike is not None:
        return
    draw = world.random.random()
    if draw < 0.2:
        time.sleep(world.random.random() ** 2 * LAST_MOMENT_S)
        world.kill(worker)
    elif draw < 0.3:
        time.sleep(world.random.random() * LAST_MOMENT_S)
        worker.pause()
        world.figures.add("pauses")
        time.sleep(world.random.choice((0.05, CLAIM_S * 1.2)))
        worker.resume()


def _finish(world: World, worker: Worker) -> None:
    """One that has put itself to sleep is woken when it has lost what it had; others go on meanwhile."""
    strike = worker.job.strike
    if strike is None:
        world.finish(worker)
        return
    if strike.signal == signal.SIGSTOP:
        if world.sleeps(worker):
            time.sleep(CLAIM_S * 1.2)
            world.run("push")
            world.figures.add("woken after a takeover")
        world.wake(worker)
    if world.finish(worker) is None:
        world.note_death(worker, "", "in the storm")

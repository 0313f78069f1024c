"""One round of the storm: events, faults, damage, and workers that die or fall asleep in the midst of it."""

from __future__ import annotations

import time
from datetime import timedelta
from random import Random

from mappings import MAPPINGS
from simulator.faults import READY, Fault
from simulator.settings import PoisonKind
from tests.torture import ways
from tests.torture.crew import Worker
from tests.torture.world import World

COMMANDS = {
    "pass": 50,
    "notified": 10,
    "census": 8,
    "agree": 12,
    "peek": 6,
    "quarantine": 4,
    "refresh": 3,
    "again": 5,
    "land": 5,
}
ENTITIES = tuple(entity.name for entity in MAPPINGS["ut11"])
CENSUSED = ("shipping_note", "bank_receipt", "cash_receipt", "settlement_entry", "due_entry", "counterparty")
MILD = ("pool", "unavailable", "bad_gateway", "licence", "drop", "drop_after", "delay", "truncate")
KINDS: tuple[PoisonKind, ...] = ("error", "malformed", "control")
LAST_MOMENT_S = 0.9  # about as long as a pass takes: a kill may come at any time of it


def storm(world: World) -> None:
    """Events, and one or two workers under whatever goes wrong."""
    chance = world.random
    world.books.advance(timedelta(minutes=chance.randint(5, 150)), _skew(chance))
    _events(world, chance.randint(2, 14))
    _damage(world)
    _faults(world)
    if chance.random() < 0.05:
        world.books.restart()
        world.figures.add("restarts of 1C")
    workers = [_start(world) for _ in range(1 if chance.random() < 0.6 else 2)]
    if chance.random() < 0.5:
        time.sleep(chance.random() * 0.1)
        _events(world, chance.randint(1, 4))
    for worker in workers:
        _strike(world, worker)
    for worker in workers:
        world.finish(worker)


def _skew(chance: Random) -> timedelta | None:
    """Now and then the base's clock jumps: up to a quarter of an hour behind, or some minutes ahead."""
    return timedelta(minutes=chance.randint(-15, 5)) if chance.random() < 0.15 else None


def _events(world: World, count: int) -> None:
    """Each is registered in 1C as it happens; of some the hub is also notified."""
    world.books.live(count)
    if world.random.random() < 0.25:
        named = world.books.recent(within=timedelta(hours=6))
        some = world.random.sample(named, min(len(named), 3))
        world.notify(
            [(ways.ENTITY_OF[kind] if world.random.random() < 0.5 else kind, ref) for kind, ref in some]
        )


def _damage(world: World) -> None:
    """Records become unreadable, and are mended some rounds later."""
    books, chance = world.books, world.random
    if books.poisoned:
        if chance.random() < 0.5:
            books.cure()
        return
    if chance.random() < 0.12 and (recent := books.recent(within=timedelta(hours=12))):
        chosen = chance.sample(recent, min(len(recent), chance.randint(1, 3)))
        register = "AccumulationRegister_РасчетыСКлиентами"
        marks = {
            ref if chance.random() < 0.7 else f"{register}/{ref}": chance.choice(KINDS) for _, ref in chosen
        }
        books.poison(marks)
        world.figures.add("poisoned records", len(marks))


def _faults(world: World) -> None:
    server, chance = world.books.server, world.random
    server.faults.stop()
    server.change(
        answer_rows_limit=chance.choice((20, 60)) if chance.random() < 0.08 else None,
        package_limit=chance.choice((2, 10)) if chance.random() < 0.05 else None,
    )
    draw = chance.random()
    if draw < 0.4:
        server.faults.chance(chance.randrange(10**9), chance.choice((0.05, 0.25)), tuple(READY))
    elif draw < 0.75:
        server.faults.chance(chance.randrange(10**9), chance.choice((0.2, 0.4)), MILD)
    elif draw < 0.85:
        server.faults.add(Fault("shift", match="$skip=", rows=chance.choice((-2, -1, 1)), times=2))


def _start(world: World) -> Worker:
    chance = world.random
    command = chance.choices(tuple(COMMANDS), tuple(COMMANDS.values()))[0]
    entities: tuple[str, ...] = ()
    if command == "pass" and chance.random() < 0.3:
        entities = tuple(name for name in ENTITIES if chance.random() < 0.5) or ENTITIES
    elif command == "census":
        entities = (chance.choice(CENSUSED),)
    elif command in ("again", "land"):
        entities = tuple(chance.sample(sorted((*ways.BY_WINDOW, "shipping_note", "settlement_entry")), 3))
    return world.start(command, entities=entities)


def _strike(world: World, worker: Worker) -> None:
    """Kill or stop a worker at any moment of its work, or let it be."""
    draw = world.random.random()
    if draw >= 0.45:
        return
    time.sleep(world.random.random() ** 2 * LAST_MOMENT_S)
    if draw < 0.32:
        world.kill(worker)
        return
    world.pause(worker)
    time.sleep(world.random.choice((0.05, 0.3, ways.LEASE_S * 1.2)))
    worker.resume()

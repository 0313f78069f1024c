"""Deaths, one after another: on every way that an order can go, one at each moment between two durable things."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulator.faults import Fault
from store import submissions
from tests.torture.crew import Worker
from tests.torture_orders import calm, faults
from tests.torture_orders.books import ORDER
from tests.torture_orders.points import Points, Strike
from tests.torture_orders.wanted import Wanted
from tests.torture_orders.world import CLAIM_S, SETTLES_S, World

CREATING, POSTING = f"/{ORDER}", "/Post"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the API, in a process that may die of it."""

    what: str
    body: Mapping[str, Any]
    who: str = "storefront"


@dataclass(frozen=True, slots=True)
class Way:
    """`lead` brings a new order to where the worker finds it; `faults` are what that worker meets.

    With `asks` it is no worker but the API that may die. `is_ruled`: the order has to be approved.
    """

    name: str
    lead: Callable[[World, Wanted], None]
    faults: tuple[Fault, ...] = ()
    asks: Callable[[World, Wanted], Asked] | None = None
    is_ruled: bool = False


def _placed(world: World, wanted: Wanted) -> None:
    world.storefront.place(wanted)
    for _ in range(3):
        world.people.attend(wanted)
        if wanted.state in ("queued", "confirmed"):
            return


def _met(*met: Fault) -> Callable[[World, Wanted], None]:
    """A worker pushed it before, and met this."""

    def lead(world: World, wanted: Wanted) -> None:
        _placed(world, wanted)
        world.books.server.faults.add(*met)
        world.run("push")
        world.books.server.faults.clear()

    return lead


def _settling(world: World, wanted: Wanted) -> None:
    """Nobody knows whether it arrived, and so much time has passed that it cannot arrive any more."""
    _met(Fault("drop", match=CREATING, method="POST"), Fault("drop", match=CREATING, method="GET", times=9))(
        world, wanted
    )
    time.sleep(0 if world.books.chosen_keys else SETTLES_S)


def _to_cancel(world: World, wanted: Wanted) -> None:
    _met()(world, wanted)
    world.storefront.cancel(wanted)


def _to_try_again(world: World, wanted: Wanted) -> None:
    _met(Fault("refuse", match=POSTING, method="POST", message="Период закрыт"))(world, wanted)
    wanted.again = 1
    world.people.attend(wanted)


def _nothing(world: World, wanted: Wanted) -> None:
    """The storefront's own request is what dies."""


def _awaited(world: World, wanted: Wanted) -> None:
    world.storefront.place(wanted)
    world.storefront.look(wanted)


def _asks_for_it(world: World, wanted: Wanted) -> Asked:
    wanted.key, wanted.unanswered = str(uuid.uuid4()), True
    return Asked("POST /v1/orders", world.storefront.body(wanted))


def _asks_to_change(world: World, wanted: Wanted) -> Asked:
    world.people.want_another(wanted)
    return Asked(f"PUT /v1/orders/{wanted.id}", {**wanted.content.terms(wanted.buyer), "version": 1})


def _asks_to_approve(world: World, wanted: Wanted) -> Asked:
    wanted.said_yes.add(0)
    return Asked(f"POST /v1/orders/{wanted.id}/approve", {"version": 1, "note": "yes"}, "approver")


def _asks_to_decline(world: World, wanted: Wanted) -> Asked:
    return Asked(f"POST /v1/orders/{wanted.id}/reject", {"version": 1, "note": "too dear"}, "approver")


def _asks_to_cancel(world: World, wanted: Wanted) -> Asked:
    wanted.cancel_said = True
    return Asked(f"POST /v1/orders/{wanted.id}/cancel", {"note": "not needed"})


WAYS = (
    Way("pushed", _placed),
    Way("created, and the answer lost", _placed, (Fault("drop_after", match=CREATING, method="POST"),)),
    Way("not received", _placed, (Fault("status", status=503, shape=4, match=CREATING, method="POST"),)),
    Way("refused at creating", _placed, (Fault("refuse", match=CREATING, method="POST", message="Нельзя"),)),
    Way("refused at posting", _placed, (Fault("refuse", match=POSTING, method="POST", message="Нельзя"),)),
    Way("posted, and the answer lost", _placed, (Fault("drop_after", match=POSTING, method="POST"),)),
    Way("settled by looking", _settling),
    Way("tried again", _to_try_again),
    Way("cancelled in the books", _to_cancel),
    Way(
        "cancelling refused",
        _to_cancel,
        (Fault("refuse", match="/Unpost", method="POST", message="Отгружено"),),
    ),
    Way("placed", _nothing, asks=_asks_for_it),
    Way("changed", _awaited, asks=_asks_to_change, is_ruled=True),
    Way("approved", _awaited, asks=_asks_to_approve, is_ruled=True),
    Way("declined", _awaited, asks=_asks_to_decline, is_ruled=True),
    Way("cancelled over the API", _placed, asks=_asks_to_cancel),
)


def deaths(world: World, most: int, say: Callable[[str], None]) -> None:
    """Each way once unharmed, to see its moments; then a new order for each of them.

    `most` of all, spread evenly; and in every run those who sleep while another takes over what they want to send.
    """
    plan = [(way, strike) for way in _ways(world.seed, most) for strike in _moments(world, way)]
    step = max(1, -(-len(plan) // most))
    chosen = plan[world.seed % step :: step]
    chosen += [one for one in plan if _sends_asleep(*one) and one not in chosen]
    for number, (way, strike) in enumerate(chosen, 1):
        _die(world, way, strike)
        if number % 50 == 0 or number == len(chosen):
            calm.calm(world)
            for found in world.figures.news():
                say(found)
            say(f"{number}/{len(chosen)} deaths, of {len(plan)}: {world.figures.line()}")


def _ways(seed: int, most: int) -> tuple[Way, ...]:
    """All of them; a short run goes the usual way and two others, as its seed says."""
    if most >= 2 * len(WAYS):
        return WAYS
    others = WAYS[1:]
    return (WAYS[0], others[2 * seed % len(others)], others[(2 * seed + 1) % len(others)])


def _sends_asleep(way: Way, strike: Strike) -> bool:
    return way.name == "pushed" and strike.signal == signal.SIGSTOP and "POST" in strike.point


def _moments(world: World, way: Way) -> list[Strike]:
    """Kills at every point, and sleep right before the fence is looked at."""
    done = world.finish(_go(world, way, _order(world, way), None))
    after(world)
    points = Points(passed=list(done.points) if done else [])
    asleep = [
        replace(one, signal=signal.SIGSTOP)
        for one in points.plan()
        if one.point.startswith("before the fence")
    ]
    return [*(one for one in points.plan() if not one.point.startswith("before the fence")), *asleep]


def _order(world: World, way: Way) -> Wanted:
    """One that nothing but this way happens to."""
    calm.quiet(world)
    buyers = [one for one in world.buyers if not one.is_limited]
    fitting = [one for one in buyers if (one.counterparty in world.ruled) == way.is_ruled]
    wanted = world.wish(world.random.choice(fitting), dear=way.is_ruled)
    wanted.cancels, wanted.decision, wanted.releases, wanted.again = False, "approve", True, 0
    way.lead(world, wanted)
    return wanted


def _go(world: World, way: Way, wanted: Wanted, strike: Strike | None) -> Worker:
    world.books.server.faults.add(*way.faults)
    world.let_time_pass()
    if way.asks is None:
        return world.start("push", strike=strike)
    asked = way.asks(world, wanted)
    method, _, path = asked.what.partition(" ")
    key = wanted.key if path == "/v1/orders" else str(uuid.uuid4())
    headers = {"Authorization": f"Bearer {world.key(asked.who)}", "Idempotency-Key": key}
    return world.start("ask", strike=strike, method=method, path=path, body=asked.body, headers=headers)


def _die(world: World, way: Way, strike: Strike) -> None:
    wanted = _order(world, way)
    worker = _go(world, way, wanted, strike)
    if strike.signal == signal.SIGSTOP:
        _sleep(world, worker)
    elif world.finish(worker) is None:
        world.note_death(worker, _state(world, wanted), way.name)
    else:
        world.figures.add("moments that did not come")
    after(world)
    world.figures.scenarios[way.name] += 1


def _sleep(world: World, worker: Worker) -> None:
    """Another worker takes over while it sleeps; then it wakes up and wants to go on."""
    if world.sleeps(worker):
        time.sleep(CLAIM_S * 1.1)
        world.let_time_pass()
        world.run("push")
        if not world.books.chosen_keys:
            time.sleep(SETTLES_S)
            world.let_time_pass()
            world.run("push")
        world.figures.add("woken after a takeover")
    world.wake(worker)
    world.finish(worker)


def after(world: World) -> None:
    """Another worker goes on."""
    faults.none(world.books.server)
    world.let_time_pass()
    world.run("push")
    world.figures.add("takeovers")


def _state(world: World, wanted: Wanted) -> str:
    with world.store.reading() as tx:
        found = submissions.get(tx, wanted.id.partition(":")[2])
    return found.state if found else "unknown"

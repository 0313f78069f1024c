"""What can go wrong between two readers of a node, and between a package, its landing and its confirmation."""

from __future__ import annotations

import time
from collections.abc import Callable

from simulator.faults import Fault
from store import rejections
from tests.torture import ways
from tests.torture.books import COMMENT, SHIPMENT
from tests.torture.crew import Worker, wait_until
from tests.torture.world import World

SELECT, CONFIRM = "SelectChanges", "NotifyChangesReceived"
BY_PLAN = ("shipping_note", "cash_receipt", "settlement_entry", "settlement_object")


def changed_while_a_package_travels(world: World) -> None:
    """A has been given its package and has not landed it; a record of it changes; B would pass and land first."""
    ref = _changed(world)
    first = _reader_of(world, Fault("linger", match=SELECT, delay_s=2.0))
    world.books.do("edit_text", ref=ref)
    second = world.start("pass", entities=BY_PLAN)
    world.finish(first)
    world.finish(second)
    _must_be_current(world, ref)


def stopped_with_a_package_in_hand(world: World) -> None:
    """As before, but A sleeps until its lease is over and B is done, and then wants to land what it has."""
    ref = _changed(world)
    first = _reader_of(world, Fault("linger", match=SELECT, delay_s=0.1))
    world.pause(first)
    world.books.do("edit_text", ref=ref)
    second = world.start("pass", entities=BY_PLAN)
    world.finish(second)
    world.finish(first)
    _must_be_current(world, ref)


def killed_while_another_confirms(world: World) -> None:
    """A's confirmation is under way; something happens; B is given a package of it and dies; A finishes."""
    before = _changed(world)
    first = _reader_of(world, Fault("delay", match=CONFIRM, delay_s=1.5))
    since = _changed(world)
    second = world.start("pass", entities=BY_PLAN)
    _strike_when(world, second, _asked(world, SELECT), 1.2)
    world.finish(second)
    world.finish(first)
    _must_be_current(world, before, since)


def confirmed_by_the_dead(world: World) -> None:
    """A dies while its confirmation is under way; B is given what happened since, and dies too."""
    before = _changed(world)
    confirmed = _asked(world, CONFIRM)
    first = _reader_of(world, Fault("delay", match=CONFIRM, delay_s=3.0))
    world.kill(first)
    world.finish(first)
    since = _changed(world)
    second = _reader_of(world, Fault("linger", match=SELECT, delay_s=0.5))
    world.kill(second)
    world.finish(second)
    give_up = time.monotonic() + 5
    while not confirmed() and time.monotonic() < give_up:
        time.sleep(0.01)
    _must_be_current(world, before, since)


def killed_at_a_confirmation(world: World) -> None:
    """Confirmed, and the answer never comes: what was confirmed must be landed by then."""
    before = _changed(world)
    worker = _reader_of(world, Fault("linger", match=CONFIRM, delay_s=0.5))
    world.kill(worker)
    world.finish(worker)
    _must_be_current(world, before)


def one_character(world: World) -> None:
    """One forbidden character: no package, but everything else goes on, and the record is named."""
    recent = world.books.recent((SHIPMENT,))
    if not recent:
        return
    _, ref = world.random.choice(recent)
    world.books.poison({ref: "control"})
    world.books.do("edit_text", ref=ref)
    other = _changed(world)
    done = world.run("pass")
    if done is None or done.error or not done.facts["blocked"]:
        world.figures.find("undetected", f"a package that cannot be made was not noticed: {done}")
        return
    with world.store.reading() as tx:
        held = {one.record_id for one in rejections.open_(tx, ways.SOURCE, limit=1_000)}
    if ref not in held:
        world.figures.find("undetected", f"{ref} stops the package, and nothing names it: {sorted(held)}")
    if other and not world.lives("document", other):
        world.figures.find("lost", f"{other} did not come while another record stopped the package")
    world.books.cure()


def _changed(world: World) -> str:
    """Two new shipments of today: registered, and no window of the hub would tell them."""
    on = world.books.base.now().isoformat()
    events = [world.books.do("new_shipment", on=on) for _ in range(2)]
    return next((event.ref for event in events if event), "")


def _must_be_current(world: World, *refs: str) -> None:
    """One undisturbed pass must bring what the plan still tells: looked at before anything else can mend it."""
    world.run("pass")
    for ref in filter(None, refs):
        memo, row = world.memo(ref), world.books.base.read(SHIPMENT, ref) or {}
        if memo is None:
            world.figures.find("lost", f"{ref} did not come by the plan")
        elif memo != row[COMMENT]:
            world.figures.find("wrong", f"{ref} came by the plan as it was before")


def _reader_of(world: World, fault: Fault) -> Worker:
    """A reader that is in the midst of the request the fault is about; where it lingers, the work is done."""
    faults = world.books.server.faults
    before = faults.lingering, faults.struck[fault.kind]
    faults.add(fault)
    worker = world.start("pass", entities=BY_PLAN)
    if fault.kind == "linger":
        wait_until(lambda: faults.lingering > before[0], worker)
    else:
        wait_until(lambda: faults.struck[fault.kind] > before[1], worker)
    return worker


def _asked(world: World, function: str) -> Callable[[], bool]:
    """Tells whether the function was answered since now."""
    requests = world.books.server.requests
    known = len(requests)
    return lambda: any(function in target for _, target, _ in requests[known:])


def _strike_when(world: World, worker: Worker, seen: Callable[[], bool], seconds: float) -> None:
    wait_until(seen, worker, seconds)
    world.kill(worker)

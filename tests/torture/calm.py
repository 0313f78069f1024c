"""The storm is over: what the hub must show now, before the night, in the night and after it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from store import notifications
from store.engine import Store
from tests.torture import proof, ways
from tests.torture.books import Place
from tests.torture.worker import Done
from tests.torture.world import World

PASSES = 6  # until nothing is found
REPAIRS = 3  # until the comparison agrees


def calm(world: World) -> None:
    """Let everything end, and look; then let one night pass, and look again."""
    quiet(world)
    settle(world)
    with proof.reference(world) as fresh:
        gaps = proof.gaps(fresh, world.store, proof.RECORDS)
        hidden = world.books.hidden
        for gap in gaps:
            if gap.place not in hidden:
                world.figures.find(gap.kind, f"before the night: {gap.what}")
        world.figures.add("hidden until night", len({gap.place for gap in gaps if gap.place in hidden}))
        _night(world, fresh, gaps)
        _equal(world, fresh)
    without = world.figures.counts["nights"] % 3 == 1
    world.books.night_over(timedelta() if without else ways.OVERLAP)  # the margin alone must do, too


def quiet(world: World) -> None:
    """Nothing fails any more, nobody is dead or asleep, and every damaged record is mended."""
    books = world.books
    books.server.faults.stop()
    books.server.faults.clear()
    books.server.change(answer_rows_limit=None, package_limit=None)
    for worker in list(world.workers):
        world.finish(worker)
    books.cure()


def settle(world: World) -> None:
    """Pass after pass until one finds nothing."""
    with world.store.reading() as tx:
        waiting = notifications.count(tx, ways.SOURCE)
    if waiting:
        _sound(world, world.run("notified"))
    for _ in range(PASSES):
        done = _sound(world, world.run("pass"))
        if done is None or done.facts["blocked"]:
            break
        if not done.facts["touched"] and not done.facts["package"]:
            return
    world.figures.find("stuck", "passes do not come to an end although nothing happens")


def _sound(world: World, done: Done | None) -> Done | None:
    """A step that nothing disturbed must not fail."""
    if done is None or done.error or done.crash:
        what = "a step died" if done is None else f"{done.command}: {done.error} {done.message}"
        world.figures.find("stuck", f"although nothing fails: {what}")
        return None
    return done


def _night(world: World, fresh: Store, gaps: list[proof.Gap]) -> None:
    """What moves figures is named, every other document is counted; then it is repaired.

    Two documents may cancel out within a stretch of time: then the comparison after the count names the second.
    """
    movers = proof.movers(fresh, world.store)
    done = _sound(world, world.run("night"))
    if done is None:
        return
    world.figures.add("nights")
    moved = {ref for (table, ref) in (gap.place for gap in gaps) if table in ways.MOVEMENTS}
    named = set(done.facts["first"]["named"])
    world.figures.add("discrepancies named", len(named))
    counted = done.facts["counted"]
    found = named.union(
        done.facts["last"]["named"], *(refs for one in ways.MOVEMENTS for refs in counted[one].values())
    )
    for ref in sorted(movers - found):
        why = {world.books.hidden.get((table, ref)) for table in ways.MOVEMENTS}
        world.figures.find("undetected", f"{ref} ({why}) moves a figure, and nothing named it")
    for ref in sorted(named - moved):
        world.figures.find("false alarms", f"{done.facts['first']['verdicts'][ref]} {ref} in the night")
    _judge_census(world, counted, {gap.place for gap in gaps})
    _repair(world, differs=bool(done.facts["last"]["named"]))


def _repair(world: World, *, differs: bool) -> None:
    """Read again what is named, until the comparison agrees."""
    after = None
    for _ in range(REPAIRS):
        if differs:
            _sound(world, world.run("repair"))
        after = _sound(world, world.run("agree"))
        if after is None or after.facts["state"] == "agreed":
            return
        differs = True
    world.figures.find("stuck", f"the comparison after the repair: {after}")


def _judge_census(world: World, counted: dict[str, Any], places: set[Place]) -> None:
    found = {
        (ways.table_of(entity), ref)
        for entity, kinds in counted.items()
        for refs in kinds.values()
        for ref in refs
    }
    world.figures.add("found by census", len(found))
    for place in sorted(place for place in places - found if place[0] == "document"):
        why = world.books.hidden.get(place, "unknown")
        world.figures.find("undetected", f"{place[1]} ({why}) is another document, and no census found it")
    for table, ref in sorted(found - places):
        world.figures.find("false alarms", f"the census takes {table} {ref} for another one")


def _equal(world: World, fresh: Store) -> None:
    tables = (*proof.RECORDS, *proof.BALANCES)
    for gap in proof.gaps(fresh, world.store, tables):
        world.figures.find(gap.kind, f"after the night: {gap.what}")
    for what in proof.unequal_balances(world.store, world.books):
        world.figures.find("wrong", what)
    for what in proof.left_over(world.store, world.books):
        world.figures.find("stuck", f"after the night: {what}")

"""Scenarios that chance alone would bring too seldom: each shows one guard, several times in every run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from simulator.company.firm import BANK, CASH
from simulator.settings import PoisonKind
from store import rejections
from tests.torture import calm, on_the_plan, ways
from tests.torture.world import World

Scenario = Callable[[World], None]
COUNTERPARTY = "Catalog_Контрагенты"


def just_before_the_watermark(world: World) -> None:
    """What becomes visible late, dated before the watermark: by minutes, by hours, by more than a day."""
    world.run("pass")
    for before in (ways.MARGIN / 2, timedelta(hours=5), ways.OVERLAP * 0.8):
        world.books.do("new_payment", on=(world.books.hub_now() - before).isoformat())
        world.books.do("new_shipment", on=(world.books.hub_now() - before).isoformat())
    world.books.do("late_commit")
    world.run("pass")


def deleted_for_good(world: World) -> None:
    """No plan and no window tells that a record from long ago is not there any more."""
    world.books.do("delete")
    world.books.do("silent_delete")


def older_units_come_last(world: World) -> None:
    """A record changes from landing to landing; then the landings are mapped again, the oldest last."""
    recent = world.books.recent()
    for _, ref in world.random.sample(recent, min(len(recent), 3)):
        world.books.do("edit_text", ref=ref)
    world.run("pass")
    world.books.do("edit_amount")
    world.run("pass")
    worker = world.start("again", entities=("shipping_note", "bank_receipt", "cash_receipt", *ways.MOVEMENTS))
    world.finish(worker)


def killed_in_a_replay(world: World) -> None:
    """As before, and the replay dies half-way."""
    world.books.do("edit_amount")
    world.run("pass")
    worker = world.start("again", entities=("shipping_note", "settlement_entry", "due_entry"))
    worker.process.join(0.1 + world.random.random())
    world.kill(worker)
    world.finish(worker)


def three_damaged_records(world: World) -> None:
    """Three records that break every answer they are in: the same run loads the others and names these."""
    payments = world.books.recent((BANK,))
    chosen = world.random.sample(payments, min(len(payments), 3))
    kinds: tuple[PoisonKind, ...] = ("error", "malformed", "error")
    world.books.poison({ref: kind for (_, ref), kind in zip(chosen, kinds, strict=False)})
    other = world.books.do("new_payment", on=world.books.hub_now().isoformat())
    done = world.run("pass")
    if done is None or done.error:
        world.figures.find("lost", f"three damaged records stopped a pass: {done}")
        return
    with world.store.reading() as tx:
        held = {one.record_id for one in rejections.open_(tx, ways.SOURCE, limit=1_000)}
    for _, ref in chosen:
        if ref not in held:
            world.figures.find("undetected", f"{ref} cannot be read, and nothing names it: {sorted(held)}")
    if other and not world.lives("document", other.ref):
        world.figures.find("lost", f"{other.ref} was not loaded beside three damaged records")
    world.books.cure()


def behind_everybodys_back(world: World) -> None:
    """An amount with its movements, and movements alone: only the totals tell."""
    for _ in range(world.random.randint(1, 3)):
        world.books.do("silent_edit")
    payments = [
        row["Ref_Key"] for kind in (BANK, CASH) for row in world.books.base.iterate(kind) if row["Posted"]
    ]
    for ref in world.random.sample(payments, min(len(payments), 8)):
        if world.books.do("silent_movement_edit", ref=ref):
            break


def too_much_at_once(world: World) -> None:
    """Somebody renames most counterparties: nothing of it is shown until a person says that it is meant."""
    world.run("pass")
    refs = [row["Ref_Key"] for row in world.books.base.iterate(COUNTERPARTY)]
    renamed = [ref for ref in refs[: len(refs) * 2 // 3] if world.books.do("rename_counterparty", ref=ref)]
    before = world.names("counterparty", renamed)
    done = world.run("pass", brake_rows=5)
    if done is None or done.error != "BrakeError":
        world.figures.find(
            "undetected", f"most counterparties were renamed, and the brake let it pass: {done}"
        )
    elif world.names("counterparty", renamed) != before:
        world.figures.find("wrong", "the brake stopped a unit, and some of it is in the store")
    world.run("map", allow_mass_change=True)


SCENARIOS: tuple[Scenario, ...] = (
    on_the_plan.changed_while_a_package_travels,
    just_before_the_watermark,
    on_the_plan.killed_while_another_confirms,
    deleted_for_good,
    on_the_plan.killed_at_a_confirmation,
    older_units_come_last,
    on_the_plan.confirmed_by_the_dead,
    behind_everybodys_back,
    on_the_plan.one_character,
    three_damaged_records,
    on_the_plan.stopped_with_a_package_in_hand,
    killed_in_a_replay,
    too_much_at_once,
)


def direct(world: World, number: int) -> None:
    """The scenarios in turn, each with nothing else going on; a short run begins where its seed says."""
    scenario = SCENARIOS[(number + world.seed) % len(SCENARIOS)]
    calm.quiet(world)
    scenario(world)
    world.figures.scenarios[scenario.__name__] += 1

"""Single records that a base cannot give: isolated by name, and nothing else waits for them."""

from __future__ import annotations

from collections import Counter

from schemas import TABLES
from store import records, rejections
from tests.e2e.test_changes import check_of
from tests.e2e.world import SOURCE, World

SHIPMENT = "Document_РеализацияТоваровУслуг"


def test_a_month_with_three_poison_records_loads_the_others_and_lists_the_three(world_on_any: World) -> None:
    world = world_on_any
    shipments = list(world.base.iterate(SHIPMENT))
    month = Counter(one["Date"][:7] for one in shipments).most_common(1)[0][0]
    of_month = [one["Ref_Key"] for one in shipments if one["Date"].startswith(month)]
    assert len(of_month) >= 6
    poison = dict(zip(of_month[1::2], ("error", "malformed", "error")))
    assert len(poison) == 3
    assert world.pull("refresh_reference").success
    world.server.change(poison=poison)
    result = world.pull("repull_month", partition=f"{month}-01")
    assert result.success
    with world.store.reading() as tx:
        stored = {ref for ref in of_month if records.get(tx, TABLES["document"], SOURCE, (ref,))}
        held = {one.record_id: one for one in rejections.open_(tx, SOURCE, "shipping_note")}
    assert stored == set(of_month) - poison.keys()
    assert held.keys() == poison.keys()
    assert all(one.reason and one.hint for one in held.values())
    check = next(
        one
        for one in result.get_asset_check_evaluations()
        if one.check_name == "nothing_rejected" and one.asset_key.path[-1] == "shipping_note"
    )
    assert not check.passed
    assert check.metadata["hub/rejected"].value == 3
    assert all(ref in str(check.metadata["hub/sample"].value) for ref in poison)

    world.server.change(poison={})  # mended: they leave quarantine by themselves at the next pull
    assert world.pull("repull_month", partition=f"{month}-01").success
    with world.store.reading() as tx:
        assert rejections.count(tx, SOURCE, "shipping_note") == 0
        assert all(records.get(tx, TABLES["document"], SOURCE, (ref,)) for ref in of_month)


def test_a_stored_record_that_turns_to_poison_stays_as_it_was(world_on_any: World) -> None:
    world = world_on_any
    world.load()
    ref = next(one["Ref_Key"] for one in world.base.iterate(SHIPMENT) if one["Posted"])
    world.server.change(poison={ref: "error"})
    result = world.pull()
    assert result.success
    assert check_of(result, "agrees_with_the_books").passed
    with world.store.reading() as tx:
        assert [one.record_id for one in rejections.open_(tx, SOURCE)] == [ref]
        assert records.get(tx, TABLES["document"], SOURCE, (ref,)) is not None

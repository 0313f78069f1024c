"""What changes in the accounting system reaches the site: by the exchange plan, by notification, by night."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import dagster as dg
import pytest

from assets import compare, exchange, night, notices
from connectors.odata import ODataClient
from schemas import TABLES
from schemas.errors import SourceRefusedError
from schemas.types import Day
from simulator.faults import Fault
from simulator.life.event import NothingFitsError
from simulator.life.life import Life
from store import (
    agreed,
    agreement,
    balances,
    exchange_nodes,
    landed,
    lineage,
    notifications,
    records,
    rejections,
)
from tests.e2e.test_full_load import books_of, site_of
from tests.e2e.world import SOURCE, World

SHIPMENT = "Document_РеализацияТоваровУслуг"
TOLD = (  # everything but physical deletion, which no plan tells
    "new_counterparty",
    "new_shipment",
    "new_payment",
    "late_commit",
    "edit_amount",
    "unpost",
    "post",
    "move_contract",
    "backdate",
    "mark",
    "unmark",
    "resave",
    "edit_contract",
    "rename_counterparty",
)


def check_of(result: dg.ExecuteInProcessResult, name: str) -> dg.AssetCheckEvaluation:
    return next(one for one in result.get_asset_check_evaluations() if one.check_name == name)


def document(world: World, ref: str) -> tuple[object, ...] | None:
    with world.store.reading() as tx:
        found: tuple[object, ...] | None = records.get(tx, TABLES["document"], SOURCE, (ref,))
    return found


def asked(world: World) -> list[str]:
    return [unquote(target) for _, target, _ in world.server.requests]


def test_what_the_plan_tells_is_landed_confirmed_and_agrees_with_the_books(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    life = Life(world.base, seed=11)
    happened = 0
    for kind in TOLD * 3:
        with suppress(NothingFitsError):
            happened += life.do(kind, {}).registered
    assert happened > 2 * len(TOLD)
    result = world.pull("changes")
    assert result.success
    assert check_of(result, "agrees_with_the_books").passed
    assert site_of(world) == books_of(world)
    with world.store.reading() as tx:
        node = exchange_nodes.get(tx, SOURCE)
    assert node is not None
    assert node.message_no == 1
    assert not any(f"{SHIPMENT}?" in target for target in asked(world)[-10:])


def test_a_pass_without_changes_is_two_requests_and_no_run(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    before, asked_at = len(world.server.requests), datetime.now(UTC)
    with ODataClient(world.source.settings) as client:
        assert not exchange.has_changes(world.store, client, world.source, "test")
    assert len(world.server.requests) - before <= 3
    with world.store.reading() as tx:
        known = balances.counterparty(tx, SOURCE, next(iter(site_of(world)))[1])
    assert known is not None
    assert known.as_of is not None
    assert known.as_of >= asked_at  # what the plan does not tell has not changed


def test_a_confirmation_that_fails_brings_the_same_changes_again(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    shipment = Life(world.base, seed=3).new_shipment()
    world.server.faults.add(Fault("drop", match="NotifyChangesReceived", times=0))
    assert not world.pull("changes").success
    world.server.faults.clear()
    payment = Life(world.base, seed=3).new_payment()
    assert world.pull("changes").success
    assert document(world, shipment.ref) is not None
    assert document(world, payment.ref) is not None
    assert site_of(world) == books_of(world)


def test_one_control_character_stops_the_package_and_is_named_and_worked_around(
    world_by_plan: World,
) -> None:
    world = world_by_plan
    world.load()
    life = Life(world.base, seed=5)
    bad, good = life.new_shipment(), life.new_shipment()
    row = world.base.read(SHIPMENT, bad.ref)
    assert row is not None
    world.base.write(SHIPMENT, [{**row, "Комментарий": "до\x02после"}])
    result = world.pull("changes")
    assert result.success
    assert document(world, good.ref) is not None
    assert site_of(world) == books_of(world)
    with world.store.reading() as tx:
        (held,) = rejections.open_(tx, SOURCE)
    assert (held.record_id, held.field) == (bad.ref, "Комментарий")
    assert "U+0002" in held.reason
    world.base.write(SHIPMENT, [{**row, "Комментарий": "чисто"}])
    assert world.pull("changes").success
    with world.store.reading() as tx:
        assert rejections.open_(tx, SOURCE) == []
        assert exchange_nodes.get(tx, SOURCE).blocked is None  # type: ignore[union-attr]


def test_a_document_changed_behind_the_back_is_named_at_night_and_repaired(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    event = Life(world.base, seed=9).silent_edit()
    result = world.pull("night")
    check = check_of(result, "agrees_with_the_books")
    assert not check.passed
    assert event.ref in str(check.metadata["hub/differences"].value)
    with world.store.reading() as tx:
        assert {one.recorder_id for one in agreement.open_documents(tx, SOURCE)} == {event.ref}
    repaired = world.pull("repair")
    assert check_of(repaired, "agrees_with_the_books").passed
    assert site_of(world) == books_of(world)


def test_what_was_deleted_physically_becomes_a_tombstone_at_night_without_a_reload(
    world_by_plan: World,
) -> None:
    world = world_by_plan
    world.load()
    event = Life(world.base, seed=4).delete()
    before = len(world.server.requests)
    assert world.pull("changes").success
    result = world.pull("night")
    assert check_of(result, "agrees_with_the_books").passed
    assert site_of(world) == books_of(world)
    with world.store.reading() as tx:
        found = lineage.trace(tx, "document", SOURCE, event.ref)
    assert found.gone_at is not None
    whole = [target for target in asked(world)[before:] if "Товары" in target and "guid'" not in target]
    assert whole == []


def test_notifications_become_one_small_pull(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    life = Life(world.base, seed=6)
    shipment, payment = life.new_shipment(), life.new_payment()
    with world.store.transaction() as tx:
        notifications.add(
            tx, SOURCE, "one", [("shipping_note", shipment.ref), (payment.entity_set, payment.ref)]
        )
        notifications.add(tx, SOURCE, "two", [("shipping_note", shipment.ref), ("poem", "1")])
    assert notices.waiting(world.store, world.source) == 4
    assert world.pull("notified").success
    assert notices.waiting(world.store, world.source) == 0
    assert document(world, shipment.ref) is not None
    assert site_of(world) == books_of(world)
    with world.store.reading() as tx:
        assert [one.record_id for one in rejections.open_(tx, SOURCE)] == ["1"]


def test_a_run_that_would_delete_too_much_stops_before_it_does_and_goes_on_when_allowed(
    world_by_plan: World,
) -> None:
    world = world_by_plan
    world.load()
    before = dict(site_of(world))
    refs = [row["Ref_Key"] for row in world.base.iterate("Document_ЗаказКлиента")]
    with world.store.reading() as tx:
        orders = records.count(tx, TABLES["document"], SOURCE, "order")
    assert orders > 20
    for ref in refs[: orders * 2 // 3]:
        world.base.delete("Document_ЗаказКлиента", ref)
    stopped = world.pull(only=("order",))
    assert not stopped.success
    failure = stopped.failure_data_for_node("ut11__site__order")
    assert failure is not None
    assert "allow_mass_change" in str(failure.user_failure_data)
    with world.store.reading() as tx:
        assert records.count(tx, TABLES["document"], SOURCE, "order") == orders
    allowed = {"ops": {"ut11__site__order": {"config": {"allow_mass_change": True}}}}
    assert world.pull(only=("order",), run_config=allowed).success
    with world.store.reading() as tx:
        assert records.count(tx, TABLES["document"], SOURCE, "order") == orders - orders * 2 // 3
    assert site_of(world) == before


def test_a_set_of_the_plan_that_is_not_published_is_found_before_the_first_confirmation(
    world_by_plan: World,
) -> None:
    world = world_by_plan
    world.load()
    shipment = Life(world.base, seed=8).new_shipment()
    world.server.change(hide_sets=frozenset({SHIPMENT}))
    assert not world.pull("changes").success
    assert not any("NotifyChangesReceived" in target for target in asked(world))
    world.server.change(hide_sets=frozenset())
    assert world.pull("changes").success
    assert document(world, shipment.ref) is not None


def test_a_change_in_an_agreed_period_is_one_alert_until_it_is_accepted(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    life = Life(world.base, seed=12)
    shipment = world.base.read(SHIPMENT, life.new_shipment().ref)
    assert shipment is not None
    assert world.pull("changes").success
    with world.store.transaction() as tx:
        agreed.add(
            tx,
            SOURCE,
            organization_id=shipment["Организация_Key"],
            counterparty_id=shipment["Контрагент_Key"],
            start_on=Day(shipment["Date"][:10]),
            end_on=Day(shipment["Date"][:10]),
            by="accountant",
        )
    life.edit_amount(shipment["Ref_Key"])
    for _ in range(2):
        check = check_of(world.pull("changes"), "agreed_periods_unchanged")
        assert not check.passed
        assert check.metadata["hub/changes"].value == 1
        life.resave(shipment["Ref_Key"])
    with world.store.transaction() as tx:
        (change,) = agreed.open_changes(tx, SOURCE)
        assert change.recorder_id == shipment["Ref_Key"]
        agreed.accept(tx, change.id, "accountant")
    life.new_payment()
    assert check_of(world.pull("changes"), "agreed_periods_unchanged").passed


def test_an_entity_that_the_brake_stops_holds_up_no_other(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    orders = list(world.base.iterate("Document_ЗаказКлиента"))
    moved = [{**order, "АдресДоставки": "elsewhere"} for order in orders[: len(orders) * 2 // 3]]
    world.base.write("Document_ЗаказКлиента", moved)
    payment = Life(world.base, seed=8).new_payment()
    result = world.pull("changes")
    assert not result.success
    assert "ut11/site/order" in str(result.failure_data_for_node("ut11_changes_pass"))
    assert document(world, payment.ref) is not None
    assert site_of(world) == books_of(world)
    with world.store.reading() as tx:
        assert landed.unmapped(tx, SOURCE) == {"order"}


def test_totals_that_cannot_be_compared_do_not_keep_the_night_from_counting(
    world_by_plan: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = world_by_plan
    world.load()
    event = Life(world.base, seed=4).delete()
    compared = compare.compare
    failures = [SourceRefusedError("no totals today", hint="wait")]

    def refusing_once(*given: Any, **more: Any) -> Any:
        if failures:
            raise failures.pop()
        return compared(*given, **more)

    monkeypatch.setattr(night, "compare", refusing_once)
    assert check_of(world.pull("night"), "agrees_with_the_books").passed
    with world.store.reading() as tx:
        assert lineage.trace(tx, "document", SOURCE, event.ref).gone_at is not None

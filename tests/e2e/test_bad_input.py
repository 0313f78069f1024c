"""What bad input gets: a clear error of the right class, or a rejected record; nothing else is lost."""

from __future__ import annotations

import dagster as dg
import pytest

from connectors import retrying
from simulator.company import spoil
from simulator.faults import Fault
from store import landing, watermarks
from tests.e2e.test_full_load import books_of, metadata_of, site_of
from tests.e2e.world import SOURCE, World

SHIPMENT = "Document_РеализацияТоваровУслуг"


def failure_of(result: dg.ExecuteInProcessResult) -> str:
    assert not result.success
    events = [event for event in result.all_events if event.is_step_failure]
    data = events[0].step_failure_data.user_failure_data
    assert data is not None
    return str(data.description)


def watermark(world: World, entity: str) -> str | None:
    with world.store.reading() as tx:
        return watermarks.get(tx, SOURCE, entity)


def test_a_wrong_password_fails_the_run_with_what_to_do(world: World) -> None:
    world.server.change(password="другой")
    message = failure_of(world.pull("refresh_documents"))
    assert "password" in message
    assert watermark(world, "shipping_note") is None


def test_a_login_page_with_200_is_refused_and_kept(world: World) -> None:
    world.server.faults.add(Fault("html", match=SHIPMENT, status=200, times=0))
    assert failure_of(world.pull(only=("currency", "shipping_note")))
    assert watermark(world, "shipping_note") is None
    with world.store.reading() as tx:
        kept = tx.connection.exec_driver_sql(
            "SELECT count(*) FROM landing_page WHERE unit_id IS NULL"
        ).scalar()
    assert kept == 1


def test_a_body_that_breaks_off_fails_after_the_retries_and_moves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of some forty halves of the period is asked for twice: all of it, but for the pauses between."""
    monkeypatch.setattr(retrying, "SOON", lambda _: 0.0)
    world.pull(only=("currency", "shipping_note"))
    before = watermark(world, "shipping_note")
    world.server.faults.add(Fault("malformed", match=SHIPMENT, times=0))
    assert failure_of(world.pull(only=("shipping_note",)))
    assert watermark(world, "shipping_note") == before
    world.server.faults.clear()
    assert world.pull(only=("shipping_note",)).success


def test_a_passing_fault_is_retried_and_nobody_notices(world: World) -> None:
    world.server.faults.add(Fault("status", match=SHIPMENT, status=503, shape=4))
    assert world.pull(only=("currency", "shipping_note")).success


@pytest.mark.parametrize(
    ("plant", "entity", "field"),
    [
        ("year_0209", "order", "dated_at"),
        ("no_counterparty", "order", "counterparty_id"),
        ("unknown_currency", "currency", "code"),
        ("three_decimals", "order", "amount"),
        ("unknown_enum_value", "order", "status"),
    ],
)
def test_one_bad_record_is_rejected_by_its_field_and_the_rest_is_loaded(
    world: World, plant: str, entity: str, field: str
) -> None:
    expected = books_of(world)
    getattr(spoil, plant)(world.base)
    result = world.pull()
    assert result.success
    checks = {
        check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations() if not check.passed
    }
    assert field in str(checks[entity].metadata["hub/sample"].value)
    assert metadata_of(result, "site", entity)["hub/rejected"]
    site = site_of(world)
    assert {key: amount for key, amount in expected.items() if key in site} == {
        key: amount for key, amount in site.items() if key in expected
    }
    assert len(site.keys() & expected.keys()) >= len(expected) - 1


def test_a_movement_of_an_unknown_contract_is_shown_not_dropped(world: World) -> None:
    spoil.movement_for_unknown_contract(world.base)
    result = world.pull()
    failed = [check.check_name for check in result.get_asset_check_evaluations() if not check.passed]
    assert "every_movement_has_a_contract" in failed


def test_a_field_that_is_gone_from_the_base_is_named(world: World) -> None:
    world.server.change(drop_fields=frozenset({"Catalog_ДоговорыКонтрагентов.СрокОплаты"}))
    assert "СрокОплаты" in failure_of(world.pull(only=("contract",)))


def test_pages_that_can_never_be_mapped_do_not_block_those_after_them(
    world_that_lands_everything: World,
) -> None:
    """The base loses a field for an hour; what was landed in that hour lacks it for ever."""
    world = world_that_lands_everything
    gone = frozenset({"Catalog_ДоговорыКонтрагентов.СрокОплаты"})
    world.server.change(drop_fields=gone)
    assert "СрокОплаты" in failure_of(world.pull(only=("currency", "contract")))
    assert len(landing.pending(world.store, SOURCE, "contract")) == 1
    world.server.change(drop_fields=frozenset())
    assert world.pull(only=("contract",)).success
    assert landing.pending(world.store, SOURCE, "contract") == []
    assert world.pull(only=("contract",)).success


def test_a_run_killed_between_landing_and_mapping_goes_on_where_it_stopped(world: World) -> None:
    keys = [dg.AssetKey([SOURCE, "landing", "currency"]), dg.AssetKey([SOURCE, "landing", "shipping_note"])]
    from jobs.definitions import defs

    job = defs().resolve_job_def(f"{SOURCE}_full_load")
    assert job.execute_in_process(instance=world.instance, asset_selection=keys).success
    assert landing.pending(world.store, SOURCE, "shipping_note")
    assert site_of(world) == {}
    assert world.pull().success
    assert not landing.pending(world.store, SOURCE, "shipping_note")
    assert site_of(world) == books_of(world)

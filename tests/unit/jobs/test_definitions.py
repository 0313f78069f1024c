"""The code location as a whole: what would be silently lost is counted here."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets import keys
from assets.hub import Hub
from assets.source import Source, sources
from jobs.definitions import source_definitions
from jobs.tidy import tidy_definitions
from mappings import MAPPINGS
from schemas.errors import ConfigurationError
from schemas.settings import HubSettings, Secret, SourceSettings


def source_of(**changes: object) -> Source:
    given = {
        "id": "ut11", "title": "Main", "base_url": "http://127.0.0.1", "user": "u", "password": Secret("p"),
        "time_zone": ZoneInfo("Europe/Kyiv"), "history_from": date(2025, 11, 15), **changes,
    }  # fmt: skip
    return sources(HubSettings("sqlite://", "memory://", (SourceSettings(**given),)))[0]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    resources = dg.Definitions(resources={"hub": Hub(settings_path="unused")})
    return dg.Definitions.merge(source_definitions(source_of()), resources)


def test_the_definitions_load(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_declaration_has_its_three_assets_and_there_is_one_balance(definitions: dg.Definitions) -> None:
    found = {spec.key for spec in definitions.resolve_all_asset_specs()}
    names = [entity.name for entity in MAPPINGS["ut11"]]
    stages = (keys.accounting, keys.landing, keys.site)
    derived = {keys.balances("ut11"), keys.statements("ut11")}
    assert found == {stage("ut11", name) for stage in stages for name in names} | derived


def test_the_lineage_reads_from_the_accounting_system_to_the_balances(definitions: dg.Definitions) -> None:
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    parents = {key: {dep.asset_key for dep in spec.deps} for key, spec in specs.items()}
    assert parents[keys.landing("ut11", "contract")] == {keys.accounting("ut11", "contract")}
    assert parents[keys.site("ut11", "contract")] == {
        keys.landing("ut11", "contract"),
        keys.site("ut11", "currency"),
    }
    assert keys.site("ut11", "settlement_entry") in parents[keys.balances("ut11")]
    groups = [specs[key].group_name for key in (keys.accounting("ut11", "order"), keys.balances("ut11"))]
    assert groups == ["ut11_1_accounting", "ut11_4_balances"]


def test_a_site_asset_tells_ops_what_it_is(definitions: dg.Definitions) -> None:
    (spec,) = (
        s for s in definitions.resolve_all_asset_specs() if s.key == keys.site("ut11", "shipping_note")
    )
    assert spec.description
    assert spec.owners
    assert spec.freshness_policy is not None
    schema = spec.metadata["dagster/column_schema"]
    described = {column.name: column.description for column in schema.columns}
    assert described["amount"] == "from СуммаДокумента, Валюта_Key"


def test_jobs_and_schedules_are_these(definitions: dg.Definitions) -> None:
    families = ("reference", "parties", "documents", "settlements", "prices", "stock")
    jobs = {job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")}
    expected = {f"ut11_refresh_{family}" for family in families}
    by_hand = ("repull_month", "repair", "replay_quarantine")
    passes = ("full_load", "night", "notified", "on_demand", "statements", "by_hand", *by_hand)
    assert jobs == expected | {f"ut11_{name}" for name in passes}
    schedules = {
        schedule.name: (schedule.cron_schedule, schedule.execution_timezone, schedule.default_status)
        for schedule in source_definitions(source_of()).schedules or ()
        if isinstance(schedule, dg.ScheduleDefinition)
    }
    running = dg.DefaultScheduleStatus.RUNNING
    assert schedules == {
        "ut11_night_1day": ("15 2 * * *", "Europe/Kyiv", running),
        "ut11_everything_1week": ("30 1 * * 0", "Europe/Kyiv", running),
        "ut11_reference_1day": ("40 3 * * *", "Europe/Kyiv", running),
        "ut11_parties_1h": ("5 * * * *", "Europe/Kyiv", running),
        "ut11_documents_15min": ("*/15 * * * *", "Europe/Kyiv", running),
        "ut11_settlements_15min": ("*/15 * * * *", "Europe/Kyiv", running),
        "ut11_prices_1h": ("5 * * * *", "Europe/Kyiv", running),
        "ut11_stock_15min": ("*/15 * * * *", "Europe/Kyiv", running),
    }


def test_what_the_exchange_plan_brings_is_not_read_by_the_clock_too() -> None:
    plan = {"changes": "exchange", "exchange_plan": "ДляODATA", "exchange_node": "002"}
    mixed = source_definitions(source_of(**plan, changes_of={"item": "window"}))
    assert {job.name for job in mixed.jobs or ()} >= {"ut11_changes", "ut11_refresh_reference"}
    assert not {job.name for job in mixed.jobs or ()} & {"ut11_refresh_documents", "ut11_refresh_parties"}
    sensors = {sensor.name: sensor.default_status for sensor in mixed.sensors or ()}
    running = dg.DefaultSensorStatus.RUNNING
    names = ("notified", "on_demand", "changes", "statements", "by_hand")
    assert sensors == {f"ut11_{name}_sensor": running for name in names}


def test_what_a_base_may_lack_does_not_wait_for_the_exchange_plan() -> None:
    plan = {"changes": "exchange", "exchange_plan": "ДляODATA", "exchange_node": "002"}
    source = source_of(**plan)
    by_clock = {one.name for entities in source.by_window().values() for one in entities}
    assert by_clock == {"characteristic", "price_kind", "price", "vat_rate", "warehouse", "stock"}
    assert not by_clock & {one.name for one in source.exchanged}
    with pytest.raises(ConfigurationError, match="price_kind"):
        source_of(**plan, changes_of={"price_kind": "exchange"})


def test_landed_bytes_are_dropped_every_night_only_where_the_settings_say_so() -> None:
    source = source_of()
    kept = HubSettings("sqlite://", "memory://", (source.settings,))
    assert not tidy_definitions(kept, [source]).jobs
    dropped = tidy_definitions(replace(kept, landing_days=400), [source])
    assert [job.name for job in dropped.jobs or ()] == ["tidy_landing"]
    assert [one.name for one in dropped.schedules or ()] == ["tidy_landing_1day"]


def test_nothing_starts_by_itself_in_quiet_hours() -> None:
    quiet = source_of(quiet_hours=("01:00-03:00",))
    (night,) = (one for one in source_definitions(quiet).schedules or () if one.name == "ut11_night_1day")
    for hour, runs in ((2, 0), (4, 1)):
        tick = datetime(2026, 11, 22, hour, 15, tzinfo=ZoneInfo("Europe/Kyiv"))
        context = dg.build_schedule_context(scheduled_execution_time=tick)
        assert len(night.evaluate_tick(context).run_requests or ()) == runs  # type: ignore[union-attr]


def test_a_family_can_be_paced_otherwise_or_switched_off() -> None:
    paced = source_of(cadence={"documents": "instant", "reference": "off"})
    names = {schedule.name for schedule in source_definitions(paced).schedules or ()}
    assert "ut11_documents_instant" in names
    assert not any("reference" in name for name in names)


def test_the_full_load_can_be_nightly_or_switched_off() -> None:
    nightly = {schedule.name for schedule in source_definitions(source_of(full_load="1day")).schedules or ()}
    none = {schedule.name for schedule in source_definitions(source_of(full_load="off")).schedules or ()}
    assert "ut11_everything_1day" in nightly
    assert not any("everything" in name for name in none)


def test_months_can_be_pulled_again_from_the_first_of_history_to_this_one(
    definitions: dg.Definitions,
) -> None:
    months = definitions.resolve_job_def("ut11_repull_month").partitions_def
    assert months is not None
    found = months.get_partition_keys()
    assert found[0] == "2025-11-01"
    assert date.fromisoformat(found[-1]) > date(2025, 11, 1)


def test_two_bases_never_share_a_key() -> None:
    with warnings.catch_warnings():
        both = dg.Definitions.merge(
            source_definitions(source_of()),
            source_definitions(source_of(id="kyiv")),
            dg.Definitions(resources={"hub": Hub(settings_path="unused")}),
        )
        dg.Definitions.validate_loadable(both)
    assert len({spec.key for spec in both.resolve_all_asset_specs()}) == 2 * (3 * len(MAPPINGS["ut11"]) + 2)


def test_a_mapping_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigurationError, match="ut12"):
        source_of(mapping="ut12")


def test_a_renaming_in_a_set_that_nobody_reads_is_named() -> None:
    with pytest.raises(ConfigurationError, match="Catalog_Опечатка"):
        source_of(fields={"Catalog_Опечатка.Поле": "X"})


def test_what_is_needed_names_the_mapping_that_needs_it() -> None:
    needs = source_of().needs()
    assert needs["Catalog_ДоговорыКонтрагентов"]["СрокОплаты"] == "contract.payment_terms_days"
    assert needs["Document_ЗаказКлиента"]["Товары/Цена"] == "document_line.price"

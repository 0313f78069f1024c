"""The Dagster code location `saldo`: cheap and offline to load; everything comes from the declarations."""

from __future__ import annotations

import os

import dagster as dg

from assets.agreed_check import agreement_check
from assets.balances import balances_asset
from assets.entity import accounting_spec, landing_asset, site_asset
from assets.hub import Hub
from assets.source import Source, sources
from jobs.by_hand import by_hand_job, by_hand_sensor
from jobs.location import settings_path
from jobs.night import night_job, repair_job
from jobs.on_demand import on_demand_job, on_demand_sensor
from jobs.orders import again_job, orders_asset, orders_job, orders_sensor
from jobs.passes import changes_job, changes_sensor, notified_job, notified_sensor, quarantine_job
from jobs.pulls import full_load_job, refresh_jobs
from jobs.repull import repull_job
from jobs.schedules import full_load_schedules, night_schedule, refresh_schedules
from jobs.statements import statements_asset, statements_job, statements_sensor
from jobs.storefront import storefront_definitions
from jobs.tidy import tidy_definitions
from schemas import settings_file


@dg.definitions
def defs() -> dg.Definitions:
    path = settings_path()
    settings = settings_file.load(path, os.environ)
    known = sources(settings)
    return dg.Definitions.merge(
        *(source_definitions(source) for source in known),
        *(order_definitions(source) for source in known if source.settings.orders.accept),
        tidy_definitions(settings, known),
        storefront_definitions(known),
        dg.Definitions(resources={"hub": Hub(settings_path=str(path))}, executor=dg.in_process_executor),
    )


def source_definitions(source: Source) -> dg.Definitions:
    """Everything of one accounting base."""
    assets: list[dg.AssetsDefinition | dg.AssetSpec] = []
    for entity in source.entities:
        assets += [accounting_spec(source, entity), landing_asset(source, entity), site_asset(source, entity)]
    assets += [balances_asset(source), statements_asset(source)]
    full, refresh, night = full_load_job(source), refresh_jobs(source), night_job(source)
    doorbells = [
        notified_sensor(source, notified_job(source)),
        on_demand_sensor(source, on_demand_job(source)),
        by_hand_sensor(source, by_hand_job(source)),
    ]
    if source.exchanged:
        doorbells.append(changes_sensor(source, changes_job(source)))
    by_hand = [repull_job(source), repair_job(source), quarantine_job(source)]
    return dg.Definitions(
        assets=assets,
        asset_checks=[agreement_check(source)],
        jobs=[
            full,
            *refresh.values(),
            night,
            statements_job(source),
            *(bell.job for bell in doorbells),
            *by_hand,
        ],
        schedules=[
            night_schedule(source, night),
            *full_load_schedules(source, full),
            *refresh_schedules(source, refresh),
        ],
        sensors=[*doorbells, statements_sensor(source)],
    )


def order_definitions(source: Source) -> dg.Definitions:
    """What brings orders into a base that takes them."""
    return dg.Definitions(
        assets=[orders_asset(source)],
        jobs=[orders_job(source), again_job(source)],
        sensors=[orders_sensor(source)],
    )

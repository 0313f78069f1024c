"""When each family of data is pulled. Running from the start: a schedule nobody switched on is stale data."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets import pace
from assets.source import Source
from schemas.settings import Cadence, Family

CRON: dict[Cadence, str] = {
    "instant": "* * * * *",
    "15min": "*/15 * * * *",
    "1h": "5 * * * *",
    "1day": "40 3 * * *",
}


def refresh_schedules(
    source: Source, jobs: Mapping[Family, UnresolvedAssetJobDefinition]
) -> list[dg.ScheduleDefinition]:
    """One schedule per family by the source's cadence, in the base's own time zone; "off" has none."""
    paces = {family: pace.cadence(source.settings, family) for family in jobs}
    return [
        dg.ScheduleDefinition(
            name=f"{source.id}_{family}_{paces[family]}",
            job=job,
            cron_schedule=CRON[paces[family]],
            execution_timezone=source.settings.time_zone.key,
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
        for family, job in jobs.items()
        if paces[family] != "off"
    ]

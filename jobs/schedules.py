"""When each family of data is pulled. Running from the start: a schedule nobody switched on is stale data."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets import manners, pace
from assets.source import Source
from schemas.settings import Cadence, Family, FullLoad

CRON: dict[Cadence, str] = {
    "instant": "* * * * *",
    "15min": "*/15 * * * *",
    "1h": "5 * * * *",
    "1day": "40 3 * * *",
}


FULL_LOAD_CRON: dict[FullLoad, str] = {"1day": "30 1 * * *", "1week": "30 1 * * 0"}
NIGHT_CRON = "15 2 * * *"

Job = UnresolvedAssetJobDefinition | dg.JobDefinition


def full_load_schedules(source: Source, job: UnresolvedAssetJobDefinition) -> list[dg.ScheduleDefinition]:
    """The net under the refreshes: what was posted further back than their overlap, or deleted there."""
    pace_of_it = source.settings.full_load
    return (
        []
        if pace_of_it == "off"
        else [_schedule(source, "everything", pace_of_it, FULL_LOAD_CRON[pace_of_it], job)]
    )


def night_schedule(source: Source, job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """Count and compare everything, once a night whatever else is set."""
    return _schedule(source, "night", "1day", NIGHT_CRON, job)


def refresh_schedules(
    source: Source, jobs: Mapping[Family, UnresolvedAssetJobDefinition]
) -> list[dg.ScheduleDefinition]:
    """One schedule per family by the source's cadence, in the base's own time zone; "off" has none."""
    paces = {family: pace.cadence(source.settings, family) for family in jobs}
    return [
        _schedule(source, family, paces[family], CRON[paces[family]], job)
        for family, job in jobs.items()
        if paces[family] != "off"
    ]


def _schedule(source: Source, what: str, pace_of_it: str, cron: str, job: Job) -> dg.ScheduleDefinition:
    def wanted(context: dg.ScheduleEvaluationContext) -> bool:
        """A paused base is refused by its kill switch; its quiet hours are known without the store."""
        return not manners.in_quiet_hours(source.settings, context.scheduled_execution_time)

    return dg.ScheduleDefinition(
        name=f"{source.id}_{what}_{pace_of_it}",
        job=job,
        cron_schedule=cron,
        execution_timezone=source.settings.time_zone.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        should_execute=wanted,
    )

"""The job behind POST /v1/counterparties/{id}/sync, and the sensor that starts it (BS-08).

A run costs some seconds to start, whatever it reads: so one run is for all that wait.
"""

from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.dagster_run import RunsFilter

from assets import on_demand
from assets.hub import Hub
from assets.source import Source
from jobs.passes import WAITING, failed_ago_s, pass_job

LOOK_S = 5  # the daemon does not look more often
AFTER_FAILURE_S = 20


def on_demand_job(source: Source) -> dg.JobDefinition:
    return pass_job(
        source,
        "on_demand",
        f"Bring the counterparties of {source.settings.title} up to date that the storefront asked for.",
        lambda hub, client, run: on_demand.pull(hub.store, client, source, run),
        compares=source.balances_by_plan,  # windows of a few counterparties leave all others as they were
    )


def on_demand_sensor(source: Source, job: dg.JobDefinition) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"{source.id}_on_demand_sensor",
        job=job,
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Turns what the storefront asked to know of {source.settings.title} into one small pull.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SkipReason | dg.RunRequest:
        asked = on_demand.look(hub.store, source, datetime.now(UTC))
        if not asked.count:
            return dg.SkipReason("nobody asks")
        if asked.reason:
            return dg.SkipReason(asked.reason)
        if context.instance.get_runs_count(RunsFilter(job_name=job.name, statuses=WAITING)):
            return dg.SkipReason("a run of it is waiting or under way")
        failed_s = failed_ago_s(context.instance, job.name)
        if failed_s is not None and failed_s < AFTER_FAILURE_S:
            return dg.SkipReason(f"its last run failed {failed_s:.0f} s ago")
        return dg.RunRequest()

    return look

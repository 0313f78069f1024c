"""The job behind the buttons of the desk: compare now, repair, map again; and the sensor that starts it."""

from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.dagster_run import RunsFilter

from assets import by_hand, keys, sync
from assets.failures import reported
from assets.hub import Hub
from assets.source import Source
from jobs.events import tell_agreement, tell_pulled
from jobs.on_demand import AFTER_FAILURE_S, LOOK_S
from jobs.passes import WAITING, failed_ago_s


def by_hand_job(source: Source) -> dg.JobDefinition:
    @dg.op(name=f"{source.id}_by_hand_pass", pool=keys.pool(source.id))
    def by_hand_pass(context: dg.OpExecutionContext, hub: Hub) -> None:
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported(), hub.client(source) as client:
            done = by_hand.work(hub.store, client, source, run)
        tell_pulled(context, source, "by hand", done.pulled)
        if done.agreed is not None:
            tell_agreement(context, hub, source, "by hand", done.agreed)

    @dg.job(
        name=f"{source.id}_by_hand",
        description=f"What people asked for at the desk: hold {source.settings.title} against its books, read again"
        " what differs, map again what is in quarantine.",
        tags={"source": source.id},
    )
    def job() -> None:
        by_hand_pass()

    return job


def by_hand_sensor(source: Source, job: dg.JobDefinition) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"{source.id}_by_hand_sensor",
        job=job,
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Starts what people asked for at the desk about {source.settings.title}.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SkipReason | dg.RunRequest:
        if not by_hand.look(hub.store, source, datetime.now(UTC)):
            return dg.SkipReason("nobody asks")
        if context.instance.get_runs_count(RunsFilter(job_name=job.name, statuses=WAITING)):
            return dg.SkipReason("a run of it is waiting or under way")
        failed_s = failed_ago_s(context.instance, job.name)
        if failed_s is not None and failed_s < AFTER_FAILURE_S:
            return dg.SkipReason(f"its last run failed {failed_s:.0f} s ago")
        return dg.RunRequest()

    return look

"""Jobs that are one pass over a base, and the sensors that ring for them."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES, DagsterRunStatus, RunsFilter

from assets import compare, exchange, keys, manners, notices, ordinary, quarantine, sync
from assets.failures import reported
from assets.hub import Hub
from assets.source import Source
from connectors.odata import ODataClient
from jobs.events import tell_agreement, tell_pulled
from schemas.errors import HubError
from store import rejections

LOOK_S = 30
LEFT_OVER_AGAIN = timedelta(minutes=15)  # what cannot be mapped at all is not tried at every tick
AFTER_FAILURE_S = 120  # a base that refuses is not asked again at every tick
WAITING = [*IN_PROGRESS_RUN_STATUSES, DagsterRunStatus.QUEUED]

Work = Callable[[Hub, ODataClient, sync.Run], ordinary.Pulled]


def pass_job(source: Source, name: str, text: str, work: Work, *, compares: bool = True) -> dg.JobDefinition:
    """A job of one step that reports on every asset it touched.

    Where it `compares`, and balances may have moved, it holds them against the books too.
    """

    @dg.op(name=f"{source.id}_{name}_pass", pool=keys.pool(source.id))
    def one_pass(context: dg.OpExecutionContext, hub: Hub) -> None:
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported(), hub.client(source) as client:
            done = work(hub, client, run)
            tell_pulled(context, source, name, done)
            if compares and done.balanced is not None:
                agreed = compare.compare(hub.store, client, source, run, kind="after_pull")
                tell_agreement(context, hub, source, name, agreed)
        if done.exchanged is not None and done.exchanged.blocked is not None:
            context.log.warning(str(done.exchanged.blocked))

    @dg.job(name=f"{source.id}_{name}", description=text, tags={"source": source.id})
    def job() -> None:
        one_pass()

    return job


def changes_job(source: Source) -> dg.JobDefinition:
    return pass_job(
        source,
        "changes",
        f"Take what changed from the exchange plan of {source.settings.title}: landed, then confirmed, mapped.",
        lambda hub, client, run: ordinary.pull(hub.store, client, source, run, source.exchanged),
    )


def notified_job(source: Source) -> dg.JobDefinition:
    return pass_job(
        source,
        "notified",
        f"Read the records that {source.settings.title} named in its notifications, all in one small pull.",
        lambda hub, client, run: notices.pull(hub.store, client, source, run),
    )


def quarantine_job(source: Source) -> dg.JobDefinition:
    return pass_job(
        source,
        "replay_quarantine",
        f"Map the kept bytes of every record of {source.settings.title} in quarantine again. Asks nothing of it.",
        lambda hub, _client, run: _replay_quarantine(hub, source, run),
        compares=False,
    )


def _replay_quarantine(hub: Hub, source: Source, run: sync.Run) -> ordinary.Pulled:
    with hub.store.reading() as tx:
        waiting = [one for one in source.entities if rejections.count(tx, source.id, one.name)]
    quarantine.replay(hub.store, source, run_id=run.id)
    mapped = {one.name: sync.map_entity(hub.store, source, one, run) for one in waiting}
    return ordinary.Pulled(mapped=mapped, balanced=sync.refresh_balances(hub.store, source))


def changes_sensor(source: Source, job: dg.JobDefinition) -> dg.SensorDefinition:
    """Asks the plan whether anything waits; a tick without changes costs two requests and starts no run."""

    @dg.sensor(
        name=f"{source.id}_changes_sensor",
        job=job,
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Looks every {LOOK_S} s whether the exchange plan of {source.settings.title} has changes.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SkipReason | dg.RunRequest:
        waits = _why_not(context, hub, source, job.name)
        if waits:
            return dg.SkipReason(waits)
        idle = not context.instance.get_runs_count(RunsFilter(tags={"source": source.id}, statuses=WAITING))
        if idle and _is_time(context.cursor) and exchange.is_left_over(hub.store, source):
            context.update_cursor((datetime.now(UTC) + LEFT_OVER_AGAIN).isoformat())
            return dg.RunRequest()
        try:
            with hub.client(source, insist=False) as client:
                found = exchange.has_changes(hub.store, client, source, f"sensor {os.getpid()}")
        except HubError as error:
            return dg.SkipReason(str(error))
        return dg.RunRequest() if found else dg.SkipReason("nothing changed")

    return look


def _is_time(cursor: str | None) -> bool:
    return cursor is None or datetime.fromisoformat(cursor) < datetime.now(UTC)


def notified_sensor(source: Source, job: dg.JobDefinition) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"{source.id}_notified_sensor",
        job=job,
        minimum_interval_seconds=LOOK_S // 3,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Turns notifications of {source.settings.title} into one small pull.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SkipReason | dg.RunRequest:
        if not notices.waiting(hub.store, source):
            return dg.SkipReason("no notifications")
        waits = _why_not(context, hub, source, job.name)
        return dg.SkipReason(waits) if waits else dg.RunRequest()

    return look


def _why_not(context: dg.SensorEvaluationContext, hub: Hub, source: Source, job: str) -> str | None:
    if context.instance.get_runs_count(RunsFilter(job_name=job, statuses=WAITING)):
        return "a run of it is waiting or under way"
    failed_s = failed_ago_s(context.instance, job)
    if failed_s is not None and failed_s < AFTER_FAILURE_S:
        return f"its last run failed {failed_s:.0f} s ago: it is tried again after {AFTER_FAILURE_S} s"
    return manners.reason_to_wait(hub.store, source.settings, datetime.now(UTC))


def failed_ago_s(instance: dg.DagsterInstance, job: str) -> float | None:
    """How long ago the last run of the job failed; None where it did not."""
    last = next(iter(instance.get_run_records(RunsFilter(job_name=job), limit=1)), None)
    if last is None or last.dagster_run.status != DagsterRunStatus.FAILURE:
        return None
    return time.time() - (last.end_time or 0.0)

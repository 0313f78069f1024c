"""Statements and files that somebody asked for: their asset, its job, and the net below the warm worker."""

import hashlib
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.storage.dagster_run import RunsFilter

from assets import asked_for, keys, report_statements, statement_asking, sync
from assets.entity import OWNERS
from assets.failures import reported
from assets.hub import Hub
from assets.source import Source
from jobs.passes import WAITING
from store import statement_requests
from store.engine import Store

LOOK_S = 15
NOT_TAKEN_FOR = timedelta(seconds=15)  # then no worker is there, or it is stuck
DEAD_AFTER = timedelta(minutes=10)  # a run of a process that was killed keeps no other from beginning
DRAWN_FROM = ("settlement_entry", "settlement_key", "contract", "counterparty")


def job_name(source_id: str) -> str:
    return f"{source_id}_statements"


def statements_asset(source: Source) -> dg.AssetsDefinition:
    known = {entity.name for entity in source.entities}

    @dg.asset(
        key=keys.statements(source.id),
        deps=[keys.site(source.id, name) for name in DRAWN_FROM if name in known],
        description="Reconciliation statements that somebody asked for, drawn by the hub and by the accounting "
        "system, and compared line by line; with them the files of documents.",
        group_name=keys.group(source.id, "5_statements"),
        kinds={"sql", "odata"},
        owners=OWNERS,
        tags={"source": source.id},
        check_specs=[
            dg.AssetCheckSpec(
                report_statements.COMPARED,
                asset=keys.statements(source.id),
                description="Every statement was compared with the accounting system's own within a day, and "
                "documents explain every difference.",
            )
        ],
    )
    def drawn(context: dg.AssetExecutionContext, hub: Hub) -> dg.MaterializeResult:  # type: ignore[type-arg]
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported():
            done = asked_for.outcome(run.id)
            if done is None:
                done = asked_for.work(hub.store, source, hub.client, run)
            check = report_statements.compared(hub.store, source, datetime.now(UTC))
        return dg.MaterializeResult(
            metadata=report_statements.drawn(hub.settings, done.statements, done.files), check_results=[check]
        )

    return drawn


def statements_job(source: Source) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        job_name(source.id),
        selection=dg.AssetSelection.assets(keys.statements(source.id)),
        description=f"Draw what was asked for of {source.settings.title}, and what waits to be compared.",
        tags={"source": source.id},
    )


def statements_sensor(source: Source) -> dg.SensorDefinition:
    """The net below the worker: where it runs, there is nothing to do here."""

    @dg.sensor(
        name=f"{source.id}_statements_sensor",
        job_name=job_name(source.id),
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Draws statements of {source.settings.title} that no worker has taken, and tells which wait.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SensorResult:
        now = datetime.now(UTC)
        asks = _is_left(hub.store, source, now) and not _is_run(context.instance, source, now)
        check = report_statements.compared(hub.store, source, now)
        digest = hashlib.sha256(str(check.metadata["hub/next_action"].value).encode()).hexdigest()
        evaluation = dg.AssetCheckEvaluation(
            asset_key=keys.statements(source.id),
            check_name=report_statements.COMPARED,
            passed=check.passed,
            metadata=check.metadata,
        )
        return dg.SensorResult(
            run_requests=[dg.RunRequest()] if asks else [],
            skip_reason=None if asks else dg.SkipReason("nothing waits that nobody has taken"),
            cursor=digest,
            asset_events=[] if digest == context.cursor else [evaluation],
        )

    return look


def _is_left(store: Store, source: Source, now: datetime) -> bool:
    """Whether something waits that a worker would have taken."""
    with store.reading() as tx:
        if source.id in statement_requests.waiting(tx, now - NOT_TAKEN_FOR):
            return True
        follows = source.id in statement_requests.to_follow(tx, now - NOT_TAKEN_FOR)
    return follows and statement_asking.why_not(store, source, now) is None


def _is_run(instance: dg.DagsterInstance, source: Source, now: datetime) -> bool:
    mine = RunsFilter(job_name=job_name(source.id), statuses=WAITING, created_after=now - DEAD_AFTER)
    return instance.get_runs_count(mine) > 0

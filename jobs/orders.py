"""Orders on their way into the books: their asset, its job, the job that sends chosen ones again, and the doorbell."""

import hashlib
from datetime import UTC, datetime

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition
from dagster._core.storage.dagster_run import RunsFilter

from assets import handed, keys, push, report_orders, report_unknown_orders, sync
from assets.entity import OWNERS
from assets.failures import reported
from assets.hub import Hub
from assets.source import Source
from jobs.passes import WAITING
from jobs.statements import DEAD_AFTER, LOOK_S, NOT_TAKEN_FOR
from schemas.errors import StoreError
from store import outbox, outbox_settling, submissions
from store.engine import Store

MADE_OF = ("counterparty", "contract", "item", "unit", "currency", "vat_rate")


def job_name(source_id: str) -> str:
    return f"{source_id}_orders"


def orders_asset(source: Source) -> dg.AssetsDefinition:
    known = {entity.name for entity in source.entities}

    @dg.asset(
        key=keys.orders(source.id),
        deps=[keys.site(source.id, name) for name in MADE_OF if name in known],
        description="Orders of the storefront in the accounting system: each there once, posted, and equal to what"
        " was approved; or with the reason why not.",
        group_name=keys.group(source.id, "6_orders"),
        kinds={"sql", "odata"},
        owners=OWNERS,
        tags={"source": source.id},
        check_specs=[
            dg.AssetCheckSpec(
                report_orders.THROUGH,
                asset=keys.orders(source.id),
                description="No order is uncertain, refused by the books or on its way for longer than"
                " `orders.red_after_s`.",
            ),
            dg.AssetCheckSpec(
                report_unknown_orders.KNOWN,
                asset=keys.orders(source.id),
                description="Every order in the books with the hub's marker is one that this hub knows.",
            ),
        ],
    )
    def pushed(context: dg.AssetExecutionContext, hub: Hub) -> dg.MaterializeResult:  # type: ignore[type-arg]
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported():
            works = handed.outcome(run.id)
            if works is None:
                works = [push.work(hub.store, source, hub.client, run)]
            checks = [
                report_orders.through(hub.store, source, datetime.now(UTC)),
                report_unknown_orders.known(hub.store, source),
            ]
        done = [one for work in works for one in work]
        return dg.MaterializeResult(metadata=report_orders.pushed(hub.settings, done), check_results=checks)

    return pushed


def orders_job(source: Source) -> UnresolvedAssetJobDefinition:
    return dg.define_asset_job(
        job_name(source.id),
        selection=dg.AssetSelection.assets(keys.orders(source.id)),
        description=f"Push to {source.settings.title} whatever is queued, and settle what is uncertain.",
        tags={"source": source.id},
    )


class Again(dg.Config):
    """Which orders, by the numbers that `saldo orders list` shows, and why."""

    numbers: list[int]
    reason: str


def again_job(source: Source) -> dg.JobDefinition:
    @dg.op(name=f"{source.id}_orders_again_pass")
    def again_pass(context: dg.OpExecutionContext, hub: Hub, config: Again) -> None:
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported():
            queue_again(hub.store, source, config.numbers, f"dagster:{run.id}", config.reason)
            done = push.work(hub.store, source, hub.client, run)
        context.add_output_metadata(report_orders.pushed(hub.settings, done))

    @dg.job(
        name=f"{source.id}_orders_again",
        description=f"Send chosen orders that {source.settings.title} refused again, when that is put right:"
        " their documents are looked for first.",
        tags={"source": source.id},
    )
    def job() -> None:
        again_pass()

    return job


def orders_sensor(source: Source) -> dg.SensorDefinition:
    """The net below the worker: where it runs, there is nothing to do here."""

    @dg.sensor(
        name=f"{source.id}_orders_sensor",
        job_name=job_name(source.id),
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Pushes orders to {source.settings.title} that no worker took; tells which need somebody.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SensorResult:
        now = datetime.now(UTC)
        asks = _is_left(hub.store, source, now) and not _is_run(context.instance, source, now)
        check = report_orders.through(hub.store, source, now)
        digest = hashlib.sha256(str(check.metadata["hub/next_action"].value).encode()).hexdigest()
        evaluation = dg.AssetCheckEvaluation(
            asset_key=keys.orders(source.id),
            check_name=report_orders.THROUGH,
            passed=check.passed,
            metadata=check.metadata,
        )
        return dg.SensorResult(
            run_requests=[dg.RunRequest()] if asks else [],
            skip_reason=None if asks else dg.SkipReason("nothing is due that nobody has taken"),
            cursor=digest,
            asset_events=[] if digest == context.cursor else [evaluation],
        )

    return look


def queue_again(store: Store, source: Source, numbers: list[int], by: str, note: str) -> None:
    """All of them or none. Errors: StoreError where one is not of this base, or not refused by it."""
    with store.transaction() as tx:
        for number in dict.fromkeys(numbers):
            submission = submissions.by_number(tx, number)
            if submission.source != source.id:
                raise StoreError(
                    f"{number} is not of {source.id}",
                    hint="`saldo orders list` tells the base of each",
                    submission=submission.id,
                )
            outbox_settling.again(tx, submission, by, note)


def _is_left(store: Store, source: Source, now: datetime) -> bool:
    """Whether something waits that a worker would have taken."""
    with store.reading() as tx:
        if source.id not in outbox.waiting(tx, now - NOT_TAKEN_FOR):
            return False
    return push.may(store, source)


def _is_run(instance: dg.DagsterInstance, source: Source, now: datetime) -> bool:
    mine = RunsFilter(job_name=job_name(source.id), statuses=WAITING, created_after=now - DEAD_AFTER)
    return instance.get_runs_count(mine) > 0

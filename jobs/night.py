"""The night's job and the repair of what it named."""

import dagster as dg

from assets import compare, keys, night, report_balances, sync
from assets.failures import as_failure, reported
from assets.hub import Hub
from assets.source import Source
from jobs.events import tell_agreement, tell_pulled


class RepairConfig(dg.Config):
    """Which documents to read again, {id: kind}; none: those that the last comparison named."""

    documents: dict[str, str] = {}  # noqa: RUF012 - Dagster's own form of a default


def night_job(source: Source) -> dg.JobDefinition:
    @dg.op(name=f"{source.id}_night_pass", pool=keys.pool(source.id))
    def night_pass(context: dg.OpExecutionContext, hub: Hub) -> None:
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported(), hub.client(source) as client:
            done = night.night(hub.store, client, source, run, context.log.info)
        for name, counted in done.counted.items():
            context.log_event(
                dg.AssetObservation(
                    keys.site(source.id, name), description="census", metadata=report_balances.census(counted)
                )
            )
        tell_pulled(context, source, "night", done.pulled)
        tell_agreement(context, hub, source, "night", done.agreed)
        for error in done.failed.values():
            raise as_failure(error) from error

    @dg.job(
        name=f"{source.id}_night",
        description=f"Compare every total with {source.settings.title}, count every record by days, "
        "bring what is missing, and mark what was deleted.",
        tags={"source": source.id},
    )
    def job() -> None:
        night_pass()

    return job


def repair_job(source: Source) -> dg.JobDefinition:
    @dg.op(name=f"{source.id}_repair_pass", pool=keys.pool(source.id))
    def repair_pass(context: dg.OpExecutionContext, config: RepairConfig, hub: Hub) -> None:
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported(), hub.client(source) as client:
            done = compare.repair(hub.store, client, source, run, config.documents or None)
            agreed = compare.compare(hub.store, client, source, run, kind="by_hand")
        tell_pulled(context, source, "repair", done)
        tell_agreement(context, hub, source, "repair", agreed)

    @dg.job(
        name=f"{source.id}_repair",
        description="Read the documents again that the last comparison named, with all they moved, and compare.",
        tags={"source": source.id},
    )
    def job() -> None:
        repair_pass()

    return job

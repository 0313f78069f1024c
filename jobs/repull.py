"""Pull documents and movements of chosen months again, from the job's Partitions page.

For a closed month that somebody corrected: backdated posting is normal in 1C (requirements, decision 7).
"""

from datetime import datetime

import dagster as dg

from assets import keys, report, sync
from assets.entity import nothing_rejected
from assets.failures import reported
from assets.hub import Hub
from assets.land import Reading
from assets.source import Source
from schemas.types import WallClock


def repull_job(source: Source) -> dg.JobDefinition:
    months = dg.MonthlyPartitionsDefinition(
        start_date=source.settings.history_from.replace(day=1).isoformat(),
        timezone=source.settings.time_zone.key,
        end_offset=1,
    )

    @dg.op(name=f"{source.id}_repull", pool=keys.pool(source.id))
    def repull(context: dg.OpExecutionContext, hub: Hub) -> None:
        window = context.partition_time_window
        reading = Reading(start=_wall(window.start), end=_wall(window.end))
        run = sync.Run(context.run.run_id, context.run.job_name)
        dated = [entity for entity in source.entities if entity.period is not None]
        with reported():
            with hub.client(source) as client:
                for entity in dated:
                    landed = sync.land_entity(hub.store, client, entity, reading, run)
                    _log(context, keys.landing(source.id, entity.name), report.landed(landed))
            for entity in dated:
                mapped = sync.map_entity(hub.store, source, entity, run)
                check = nothing_rejected(mapped.rejections)
                _log(context, keys.site(source.id, entity.name), report.mapped(mapped), check)
            balanced = sync.refresh_balances(hub.store, source)
            _log(
                context, keys.balances(source.id), report.balances(balanced), *report.balance_checks(balanced)
            )

    @dg.job(
        name=f"{source.id}_repull_month",
        description=f"Read documents and movements of a month of {source.settings.title} again.",
        partitions_def=months,
        tags={"source": source.id},
    )
    def repull_month() -> None:
        repull()

    return repull_month


def _log(
    context: dg.OpExecutionContext,
    key: dg.AssetKey,
    metadata: report.Metadata,
    *checks: dg.AssetCheckResult,
) -> None:
    """Report on an asset and its checks as its own step would: the month's job is one step for them all."""
    text = f"month {context.partition_key}"
    context.log_event(dg.AssetMaterialization(key, description=text, metadata=metadata))
    for check in checks:
        context.log_event(
            dg.AssetCheckEvaluation(  # type: ignore[arg-type] # taken, though the annotation lags behind
                asset_key=key,
                check_name=str(check.check_name),
                passed=check.passed,
                metadata=check.metadata,
                severity=check.severity,
                description=text,
            )
        )


def _wall(moment: datetime) -> WallClock:
    return WallClock(moment.replace(tzinfo=None).isoformat())

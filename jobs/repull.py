"""Pull documents and movements of chosen months again, from the job's Partitions page.

For a closed month that somebody corrected: backdated posting is normal in 1C (requirements, decision 7).
"""

from datetime import UTC, datetime

import dagster as dg

from assets import keys, report, sync
from assets.failures import reported
from assets.hub import Hub
from assets.land import Reading
from assets.source import Source
from mappings.entity import Entity
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
        run = sync.Run(context.run.run_id, context.run.job_name, datetime.now(UTC))
        with reported():
            with hub.client(source) as client:
                for entity in source.entities:
                    if entity.period is not None:
                        landed = sync.land_entity(hub.store, client, entity, reading, run)
                        _report(context, source, entity, report.landed(landed))
            for entity in source.entities:
                if entity.period is not None:
                    sync.map_entity(hub.store, source, entity, run)
            sync.refresh_balances(hub.store, source)

    @dg.job(
        name=f"{source.id}_repull_month",
        description=f"Read documents and movements of a month of {source.settings.title} again.",
        partitions_def=months,
        tags={"source": source.id},
    )
    def repull_month() -> None:
        repull()

    return repull_month


def _report(
    context: dg.OpExecutionContext, source: Source, entity: Entity, metadata: report.Metadata
) -> None:
    context.log_event(
        dg.AssetMaterialization(
            keys.landing(source.id, entity.name),
            description=f"month {context.partition_key}",
            metadata=metadata,
        )
    )


def _wall(moment: datetime) -> WallClock:
    return WallClock(moment.replace(tzinfo=None).isoformat())

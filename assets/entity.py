"""The assets of one kind of record: the accounting system's set, its landing, its table on the site."""

from collections.abc import Iterator

import dagster as dg

from assets import keys, pace, report, sync
from assets.failures import reported
from assets.hub import Hub
from assets.land import Reading
from assets.source import Source
from mappings.entity import Entity
from schemas.settings import Changes
from schemas.types import WallClock
from store.rejections import Summary

OWNERS = ["team:integration"]
WAYS: dict[Changes, str] = {
    "exchange": "exchange plan {0.exchange_plan}, node {0.exchange_node}",
    "window": "window: the last {0.overlap_days} days again, or the whole set where it has no dates",
}


class ReadingConfig(dg.Config):
    """Which part to read. Nothing set: what is newer than the watermark, with the source's overlap."""

    full: bool = False
    start: str | None = None
    end: str | None = None

    def reading(self) -> Reading:
        start = WallClock(self.start) if self.start else None
        return Reading(self.full, start, WallClock(self.end) if self.end else None)


class MappingConfig(dg.Config):
    """`allow_mass_change` releases the brake: this run may delete or change more than the source's share."""

    allow_mass_change: bool = False


def accounting_spec(source: Source, entity: Entity) -> dg.AssetSpec:
    """The entity set inside the accounting system: nothing runs there, we only say when it was read.

    Every reading reports it as materialized: an observation would leave it amber, as if it were missing.
    """
    return dg.AssetSpec(
        keys.accounting(source.id, entity.name),
        description=f"{entity.title} in {source.settings.title}: `{entity.source}`.",
        metadata={"hub/entity_set": entity.source},
        group_name=keys.group(source.id, "1_accounting"),
        kinds={"1c", "odata"} if source.settings.dialect == "1c" else {"odata"},
        owners=OWNERS,
        tags={"source": source.id, "family": entity.family},
    )


def landing_asset(source: Source, entity: Entity) -> dg.AssetsDefinition:
    @dg.asset(
        key=keys.landing(source.id, entity.name),
        deps=[keys.accounting(source.id, entity.name)],
        description=f"The exact bytes of {entity.title}, as received from {source.settings.title}.",
        group_name=keys.group(source.id, "2_landing"),
        kinds={"zstd"},
        metadata={"hub/changes": WAYS[source.learns_by(entity)].format(source.settings)},
        owners=OWNERS,
        tags={"source": source.id, "family": entity.family},
        freshness_policy=pace.freshness(source.settings, entity.family),
        pool=keys.pool(source.id),
        output_required=not entity.optional,
    )
    def land_entity(
        context: dg.AssetExecutionContext, config: ReadingConfig, hub: Hub
    ) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        with reported(), hub.client(source) as client:
            result = sync.land_entity(hub.store, client, entity, config.reading(), _run(context))
        if result.absent is not None:
            context.log.warning("%s is not read: %s", entity.name, result.absent)
            return
        told = report.landed(result)
        context.log_event(dg.AssetMaterialization(keys.accounting(source.id, entity.name), metadata=told))
        yield dg.MaterializeResult(metadata=told)

    return land_entity


def site_asset(source: Source, entity: Entity) -> dg.AssetsDefinition:
    nested = "".join(f", {rows.table.name}" for rows in entity.rows)

    @dg.asset(
        key=keys.site(source.id, entity.name),
        deps=[keys.landing(source.id, entity.name), *(keys.site(source.id, name) for name in entity.needs)],
        description=f"{entity.title} in the site store: table `{entity.table.name}`{nested}.",
        group_name=keys.group(source.id, "3_site"),
        kinds={"sql"},
        owners=OWNERS,
        tags={"source": source.id, "family": entity.family},
        code_version=entity.digest,
        freshness_policy=pace.freshness(source.settings, entity.family),
        metadata={
            "dagster/table_name": entity.table.name,
            "dagster/column_schema": report.column_schema(entity),
            "hub/mapping": report.mapping_table(entity),
        },
        check_specs=[
            dg.AssetCheckSpec(
                "nothing_rejected",
                asset=keys.site(source.id, entity.name),
                description="Every record that was read could be mapped. Red until the records are mended.",
            )
        ],
        pool=keys.pool(source.id),
    )
    def map_entity(
        context: dg.AssetExecutionContext, config: MappingConfig, hub: Hub
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with reported():
            allowed = config.allow_mass_change
            result = sync.map_entity(
                hub.store, source, entity, _run(context), allow_mass_change=allowed, tell_standing=True
            )
        return dg.MaterializeResult(
            metadata={
                **report.mapped(result),
                "dagster/column_lineage": report.column_lineage(source.id, entity),
            },
            check_results=[nothing_rejected(result.rejections)],
        )

    return map_entity


def nothing_rejected(found: Summary) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=found.count == 0,
        check_name="nothing_rejected",
        description=f"{found.count} records are in quarantine: `saldo quarantine list`"
        if found.count
        else None,
        metadata={"hub/rejected": found.count, "hub/sample": report.rejected_sample(found.sample)},
    )


def _run(context: dg.AssetExecutionContext) -> sync.Run:
    return sync.Run(context.run.run_id, context.run.job_name)

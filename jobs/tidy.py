"""Dropping old landed bytes every night, where the settings do not keep them for ever."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.failures import reported
from assets.hub import Hub
from assets.source import Source
from assets.tidy import tidy
from schemas.settings import HubSettings

CRON = "40 4 * * *"


def tidy_definitions(settings: HubSettings, known: Sequence[Source]) -> dg.Definitions:
    """The job and its schedule; neither where landed bytes are kept for ever."""
    if settings.landing_days < 1 or not known:
        return dg.Definitions()

    @dg.op(name="tidy_landing_pass")
    def tidy_pass(context: dg.OpExecutionContext, hub: Hub) -> None:
        older_than = datetime.now(UTC) - timedelta(days=settings.landing_days)
        with reported():
            dropped = tidy(hub.store, known, older_than, run_id=context.run.run_id)
        context.log.info(
            f"dropped {dropped.units} units with {dropped.pages} pages: {dropped.files} files, {dropped.bytes} bytes"
        )

    @dg.job(
        name="tidy_landing",
        description=f"Drop landed bytes older than {settings.landing_days} days that no stored row needs.",
    )
    def job() -> None:
        tidy_pass()

    schedule = dg.ScheduleDefinition(
        name="tidy_landing_1day",
        job=job,
        cron_schedule=CRON,
        execution_timezone=known[0].settings.time_zone.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(jobs=[job], schedules=[schedule])

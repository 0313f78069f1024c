"""Telling the storefront: what changed becomes events, and events go to their receivers."""

import hashlib
import logging
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from assets import events, telling
from assets.deliver import Delivered, deliver
from assets.hub import Hub
from assets.source import Source
from connectors.webhooks import Sender
from store import delivery_log

LOG = logging.getLogger("saldo.storefront")
LOOK_S = 10
TELL_S, DELIVER_S = 15.0, 15.0  # a tick that takes more than a minute is cut off
HEAL_CRON = "10 4 * * *"


def storefront_definitions(known: Sequence[Source]) -> dg.Definitions:
    job = dg.define_asset_job(
        "storefront_heal",
        selection=dg.AssetSelection.checks(dg.AssetCheckKey(events.KEY, events.TOLD)),
        description="Hold everything against what the storefront was told, tell what was missed, drop old events.",
    )
    nightly = dg.ScheduleDefinition(
        name="storefront_heal_1day",
        job=job,
        cron_schedule=HEAL_CRON,
        execution_timezone=known[0].settings.time_zone.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(
        assets=[events.events_asset(known)],
        asset_checks=[events.reached_check(), events.told_check(known)],
        jobs=[job],
        schedules=[nightly],
        sensors=[storefront_sensor(known)],
    )


def storefront_sensor(known: Sequence[Source]) -> dg.SensorDefinition:
    @dg.sensor(
        name="storefront_sensor",
        minimum_interval_seconds=LOOK_S,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells what changed, and sends what was told to the webhooks. It starts no run.",
    )
    def look(context: dg.SensorEvaluationContext, hub: Hub) -> dg.SensorResult:
        told, failed = _tell(hub, known)
        sender = Sender(hub.settings.webhook_hosts, ca_bundle=os.environ.get("REQUESTS_CA_BUNDLE"))
        sent = deliver(hub.store, sender, lambda: datetime.now(UTC), DELIVER_S)
        if failed is not None:
            raise failed
        return _report(context.cursor, hub, told, sent)

    return look


def _tell(hub: Hub, known: Sequence[Source]) -> tuple[int, Exception | None]:
    """Tell what changed in every source. One that cannot be told of keeps no other waiting."""
    told, until = 0, time.monotonic() + TELL_S
    failed: Exception | None = None
    for source in known:
        try:
            left_s = max(until - time.monotonic(), 1.0)
            found = telling.tell(hub.store, hub.settings, source, datetime.now(UTC), budget_s=left_s)
            told += found.events
        except Exception as error:
            LOG.exception("the storefront cannot be told of %s", source.id)
            failed = error
    return told, failed


def _report(cursor: str | None, hub: Hub, told: int, sent: Delivered) -> dg.SensorResult:
    """The figures of the tick; and how the webhooks stand, where that is not as it was."""
    now = datetime.now(UTC)
    with hub.store.reading() as tx:
        found = delivery_log.standings(tx)
    check = events.reached(found, now)
    said = [(one.webhook.id, events.way_out(one) if one.needs_somebody(now) else "") for one in found]
    digest = hashlib.sha256(repr(said).encode()).hexdigest()
    evaluation = dg.AssetCheckEvaluation(
        asset_key=events.KEY, check_name=events.REACHED, passed=check.passed, metadata=check.metadata
    )
    return dg.SensorResult(
        skip_reason=f"told {told} events; sent {sent.delivered}, failed {sent.failed}, given up {sent.given_up};"
        f" waiting {sum(one.pending for one in found)}",
        cursor=digest,
        asset_events=[] if digest == cursor else [evaluation],
    )

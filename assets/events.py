"""What the storefront is told, as an asset: whether events reach their receivers, and whether any was missed."""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg

from assets import healing, keys
from assets.failures import reported
from assets.healing import Healed
from assets.hub import Hub
from assets.source import Source
from store import delivery_log
from store.delivery_log import Standing

KEY = dg.AssetKey(["storefront", "events"])
REACHED, TOLD = "every_event_reaches_its_receivers", "every_change_was_told"
WAYS_OUT = {
    "failing": "it failed for five days: mend the receiver, then `saldo webhooks enable {id}`",
    "gone": "it answered 410 Gone: `saldo webhooks enable {id}`, or remove it over the API",
    "key_invalid": "its key was revoked or has expired: `saldo webhooks enable {id} --key <number>`",
}


def events_asset(known: Sequence[Source]) -> dg.AssetSpec:
    return dg.AssetSpec(
        KEY,
        deps=[keys.balances(source.id) for source in known],
        group_name="storefront",
        description="What changed, told once, and sent to every webhook that hears it: docs/webhooks.md.",
        kinds={"webhook"},
    )


def reached_check() -> dg.AssetChecksDefinition:
    """The sensor `storefront_sensor` reports it whenever it changes."""

    @dg.asset_check(
        asset=KEY,
        name=REACHED,
        description="Red: a receiver fails, was disabled, or did not take an event for three days.",
    )
    def reaches(hub: Hub) -> dg.AssetCheckResult:
        with reported(), hub.store.reading() as tx:
            found = delivery_log.standings(tx)
        return reached(found, datetime.now(UTC))

    return reaches


def told_check(known: Sequence[Source]) -> dg.AssetChecksDefinition:
    """What no mark told of is found here: everything is held against what was told, and told. Nightly."""

    @dg.asset_check(
        asset=KEY,
        name=TOLD,
        description="Red: something had changed and was neither told nor marked. It is told now; report the fault.",
    )
    def tells(hub: Hub) -> dg.AssetCheckResult:
        with reported():
            now = datetime.now(UTC)
            return told([healing.heal(hub.store, hub.settings, source, now) for source in known])

    return tells


def reached(found: Sequence[Standing], now: datetime) -> dg.AssetCheckResult:
    """How the webhooks stand, with the way out for each that needs somebody."""
    bad = [one for one in found if one.needs_somebody(now)]
    lines = ["| webhook | waiting | given up | what to do |", "|---|---|---|---|"]
    lines += [f"| {one.webhook.id} | {one.pending} | {one.given_up} | {way_out(one)} |" for one in bad]
    return dg.AssetCheckResult(
        passed=not bad,
        check_name=REACHED,
        metadata={
            "hub/webhooks": len(found),
            "hub/waiting": sum(one.pending for one in found),
            "hub/given_up": sum(one.given_up for one in found),
            "hub/next_action": dg.MetadataValue.md("\n".join(lines) if bad else "nothing"),
        },
    )


def way_out(one: Standing) -> str:
    own = one.webhook
    if own.disabled_because is not None and own.disabled_because in WAYS_OUT:
        return WAYS_OUT[own.disabled_because].format(id=own.id)
    ways = []
    if own.failing_since is not None:
        ways.append(
            f"fails since {own.failing_since:%Y-%m-%d %H:%M} UTC: `saldo webhooks log {own.id}` tells how"
        )
    if one.given_up:
        ways.append(f"mend the receiver, then `saldo webhooks replay {own.id} --given-up`")
    return "; ".join(ways)


def told(healed: Sequence[Healed]) -> dg.AssetCheckResult:
    """What the comparison found and mended."""
    documents, parties = sum(one.documents for one in healed), sum(one.counterparties for one in healed)
    orders = sum(one.orders for one in healed)
    return dg.AssetCheckResult(
        passed=not documents and not parties and not orders,
        check_name=TOLD,
        metadata={
            "hub/documents": documents,
            "hub/counterparties": parties,
            "hub/orders": orders,
            "hub/events": sum(one.told.events for one in healed),
            "hub/looked_at": sum(one.told.looked_at for one in healed),
        },
    )

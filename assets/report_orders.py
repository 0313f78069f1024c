"""What Dagster shows of orders: how far each came, and which need somebody; never whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import dagster as dg

from assets.push import Pushed
from assets.report import Metadata
from assets.source import Source
from schemas.settings import HubSettings
from schemas.submissions import KINDS, State, Why
from store import outbox_troubles
from store.engine import Store
from store.submissions import Submission

THROUGH = "every_order_gets_through"
SAMPLE = 20
OF_WHY: Mapping[Why, str] = {
    "source_paused": "the base is paused: `saldo resume {source}` when it may be asked",
    "quiet_hours": "its quiet hours do not end: look at `quiet_hours` in the settings",
    "source_unavailable": "the accounting system does not answer: look whether it and its web server run",
    "several_found": "look in the books which one it is: `saldo orders found {number} KEY`",
    "not_equal": "`saldo orders show {number}` tells what differs; put it right, then `saldo orders again {number}`",
    "marked_in_books": "take the deletion mark off in the books and `saldo orders again {number}`, or cancel it here",
}
OF_STATE: Mapping[State, str] = {
    "uncertain": "look in the books for it: `saldo orders found {number} KEY`, or `saldo orders absent {number}`",
    "rejected": "`saldo orders show {number}` has the books' words; put it right, then `saldo orders again {number}`",
}
OF_ANOTHER = "the books have it as somebody else's: docs/orders.md tells how to settle {number}"
STUCK = "`saldo orders show {number}` tells what was tried; look whether `saldo serve` runs"


def pushed(settings: HubSettings, done: Sequence[Pushed]) -> Metadata:
    """Of one run. No counterparty is named here: the order's page does."""
    lines = ["| order | state | why | document | seconds |", "|---|---|---|---|---|"]
    lines += [
        f"| {_link(settings, one.number, one.id)} | {one.state} | {one.why or ''} | {one.document_number}"
        f" | {one.seconds:.2f} |"
        for one in done
    ]
    told: dict[str, dg.MetadataValue] = {
        f"hub/{state}": dg.MetadataValue.int(sum(one.state == state for one in done))
        for state in ("confirmed", "uncertain", "rejected", "cancelled")
    }
    return {
        "hub/pushed": dg.MetadataValue.int(len({one.number for one in done})),
        **told,
        "hub/orders": dg.MetadataValue.md("\n".join(lines) if done else "nothing was due"),
    }


def through(store: Store, source: Source, now: datetime) -> dg.AssetCheckResult:
    """Red where one is uncertain, refused by the books or on its way for too long, with the way out for each."""
    before = now - timedelta(seconds=source.settings.orders.red_after_s)
    with store.reading() as tx:
        bad = [x for kind in KINDS for x in outbox_troubles.troubled(tx, source.id, kind, before)]
        counts = [outbox_troubles.counts(tx, source.id, kind) for kind in KINDS]
    lines = ["| order | state | since | what to do |", "|---|---|---|---|"]
    lines += [
        f"| {x.number} | {x.state} | {x.since:%Y-%m-%d %H:%M} UTC | {way_out(x)} |" for x in bad[:SAMPLE]
    ]
    return dg.AssetCheckResult(
        passed=not bad,
        check_name=THROUGH,
        metadata={
            "hub/troubled": len(bad),
            "hub/uncertain": sum(one.get("uncertain", 0) for one in counts),
            "hub/rejected": sum(one.get("rejected", 0) for one in counts),
            "hub/next_action": dg.MetadataValue.md("\n".join(lines) if bad else "nothing"),
        },
    )


def way_out(submission: Submission) -> str:
    text = OF_WHY.get(submission.why) if submission.why else None
    if (submission.state, submission.why) == ("rejected", "found"):
        text = OF_ANOTHER
    text = text or OF_STATE.get(submission.state, STUCK)
    return text.format(source=submission.source, number=submission.number)


def _link(settings: HubSettings, number: int, id: str) -> str:
    if not settings.public_url:
        return str(number)
    return f"[{number}]({settings.public_url}/desk/orders/{id})"

"""What Dagster shows of statements: which were drawn, by whom, what came of them, and which need somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import dagster as dg

from assets.document_files import Done as Files
from assets.report import Metadata
from assets.source import Source
from assets.statements import Done
from schemas.settings import HubSettings
from store import statement_keeping
from store.engine import Store
from store.statements import StatementRow

COMPARED = "every_statement_is_compared"
WAITS_AT_MOST = timedelta(days=1)
SAMPLE = 20
WAYS_OUT = {
    "source_paused": "the base is paused: `saldo resume {source}` when it may be asked",
    "quiet_hours": "its quiet hours have not ended for a day: look at `quiet_hours` in the settings",
    "source_unavailable": "the accounting system does not answer: look whether it and its web server run",
    "source_refused": "the accounting system refuses: `saldo check {source}` tells what is missing",
    "internal_error": "a fault of the hub: its log tells; report it",
    "asking": "no worker draws: look whether `saldo serve` runs",
}
UNEXPLAINED = "pull the counterparty again, then draw it anew: docs/runbook.md"


def drawn(settings: HubSettings, done: Sequence[Done], files: Files) -> Metadata:
    """No counterparty is named here: the statement's page does."""
    lines = [
        "| statement | drawn by | verdict | waits for | answers | seconds |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {_link(settings, one)} | {one.producer} | {one.verdict} | {one.why or ''} | {one.pages}"
        f" | {one.seconds:.2f} |"
        for one in done
    ]
    return {
        "hub/statements": dg.MetadataValue.int(len(done)),
        "hub/pending": dg.MetadataValue.int(sum(one.verdict == "pending" for one in done)),
        "hub/source_seconds": dg.MetadataValue.float(round(sum((one.seconds for one in done), 0.0), 3)),
        "hub/pages": dg.MetadataValue.int(sum(one.pages for one in done)),
        "hub/files": dg.MetadataValue.int(files.asked),
        "hub/files_failed": dg.MetadataValue.int(files.failed),
        "hub/drawn": dg.MetadataValue.md("\n".join(lines) if done else "nothing was asked for"),
    }


def compared(store: Store, source: Source, now: datetime) -> dg.AssetCheckResult:
    """Red where a statement cannot leave by itself any more, with the way out for each."""
    with store.reading() as tx:
        bad = statement_keeping.troubled(tx, source.id, now - WAITS_AT_MOST)
    lines = ["| statement | verdict | since | what to do |", "|---|---|---|---|"]
    lines += [f"| {x.number} | {x.verdict} | {x.created_at:%Y-%m-%d} | {way_out(x)} |" for x in bad[:SAMPLE]]
    return dg.AssetCheckResult(
        passed=not bad,
        check_name=COMPARED,
        metadata={
            "hub/statements": len(bad),
            "hub/next_action": dg.MetadataValue.md("\n".join(lines) if bad else "nothing"),
        },
    )


def way_out(row: StatementRow) -> str:
    if row.verdict == "unexplained":
        return UNEXPLAINED
    return WAYS_OUT[row.why or "asking"].format(source=row.source)


def _link(settings: HubSettings, one: Done) -> str:
    if not settings.public_url:
        return str(one.number)
    return f"[{one.number}]({settings.public_url}/desk/statements/{one.id})"

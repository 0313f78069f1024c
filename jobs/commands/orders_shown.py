"""One order at the command line: where it is, how it got there, and every request that was made for it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from assets import report_orders
from jobs.commands import chosen as choosing
from jobs.commands import signed
from schemas.money import Money
from schemas.settings import HubSettings
from store import outbox, submissions
from store.engine import Store
from store.outbox_attempts import Attempt
from store.submissions import Step, Submission


def show(known: HubSettings, store: Store, number: int, console: Console) -> None:
    with store.reading() as tx:
        one = submissions.by_number(tx, number)
        taken, attempts = submissions.steps(tx, one), outbox.attempts(tx, one)
    zone = choosing.one(known, one.source).settings.time_zone
    console.print("\n".join(_told(one, zone)), highlight=False, soft_wrap=True)
    console.print(_steps(taken, zone))
    if attempts:
        console.print(_attempts(attempts, zone))


def total(one: Submission) -> str:
    if one.amount is None or one.currency is None:
        return ""
    return f"{Money(one.amount, one.currency)} {one.currency}"


def _told(one: Submission, zone: ZoneInfo) -> list[str]:
    lines = [
        f"{one.kind} {one.number} of {one.source}, reference {one.reference}",
        f"  id          {one.id}",
        f"  whose       {one.counterparty_id or ''}",
        f"  total       {total(one)}",
        f"  state       {one.state} since {signed.moment(one.since, zone)}"
        + (f", {one.why}" if one.why else ""),
    ]
    if one.ref_key is not None:
        lines.append(f"  document    {one.document_number} {one.document_at or ''} {one.ref_key}")
    if one.words:
        lines += ["  the books' own words:", *(f"    {line}" for line in one.words.splitlines())]
    if one.cancel_asked_at is not None and one.state != "cancelled":
        lines.append(f"  {one.cancel_asked_by} wishes to cancel it: {one.cancel_reason}")
    if one.state in ("uncertain", "rejected"):
        lines.append(f"  what to do  {report_orders.way_out(one).replace('`', '')}")
    return lines


def _steps(taken: list[Step], zone: ZoneInfo) -> Table:
    table = Table("at", "by", "step", "why", "said", title="What happened")
    for one in taken:
        said = "\n".join(part for part in (one.note, one.words) if part)
        table.add_row(
            signed.moment(one.at, zone), one.by, f"{one.before} -> {one.after}", one.why or "", said
        )
    return table


def _attempts(attempts: list[Attempt], zone: ZoneInfo) -> Table:
    table = Table("at", "fence", "request", "outcome", "ms", "kept bytes", title="What the books were asked")
    for one in attempts:
        kept = one.sha256[:12] if one.sha256 else ""
        cells = (str(one.fence), one.action, one.outcome, str(one.milliseconds), kept)
        table.add_row(signed.moment(one.at, zone), *cells)
    return table

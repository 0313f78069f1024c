"""Tell everything that is wrong with the configured bases, in one pass.

`saldo check agreement` tells instead how the hub's totals stand against the books. With `--try-writing` an order is
written into each base that takes orders, and marked for deletion (ADR 0028).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assets import write_check
from assets.source import Source
from connectors import probe, soap_probe
from jobs.commands import check_agreement, settings
from jobs.commands import chosen as choosing
from schemas.source import Finding

NAME = "check"
HELP = "tell everything that is wrong with the configured bases; `check agreement`: how the totals agree"
AGREEMENT = "agreement"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="*", help="ids of sources; all of them if none is given")
    command.add_argument(
        "--try-writing",
        action="store_true",
        help="write an unposted order into every base that takes orders, and mark it for deletion",
    )
    command.add_argument("--now", action="store_true", help="of agreement: compare now, and only look")


def run(chosen: argparse.Namespace, console: Console) -> int:
    """0 when nothing is wrong."""
    if chosen.source[:1] == [AGREEMENT]:
        return check_agreement.run(chosen.source[1:], console, now=chosen.now)
    wrong = 0
    for source in choosing.of(settings.load(), chosen.source):
        with console.status(f"Asking {source.id}"):
            findings = [
                *probe.check(source.settings, write_check.needs(source), optional=source.optional_sets),
                *soap_probe.check(source.settings, source.printed_set),
                *write_check.check(source, try_it=chosen.try_writing),
            ]
        console.print(_table(source, findings))
        wrong += sum(1 for finding in findings if not finding.ok)
    console.print(f"To mend: {wrong}." if wrong else "Nothing is wrong.")
    return 1 if wrong else 0


def _table(source: Source, findings: Sequence[Finding]) -> Table:
    """What is wrong one by one, and what is right together where it is the same."""
    table = Table("", "what", "finding", "next action", title=f"{source.id}: {source.settings.title}")
    for finding in findings:
        if not finding.ok:
            table.add_row(Text("wrong", "red"), finding.subject, finding.message, finding.hint)
    good: dict[str, list[str]] = {}
    for finding in findings:
        if finding.ok:
            good.setdefault(finding.message, []).append(finding.subject)
    for message, subjects in good.items():
        subject = subjects[0] if len(subjects) == 1 else f"{len(subjects)} sets"
        table.add_row(Text("ok", "green"), subject, message, "")
    return table

"""Tell everything that is wrong with the configured bases, in one pass."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from assets.source import sources
from connectors import probe
from jobs.commands import settings

NAME = "check"
HELP = "tell everything that is wrong with the configured bases"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="*", help="ids of sources; all of them if none is given")


def run(chosen: argparse.Namespace, console: Console) -> int:
    """0 when nothing is wrong."""
    wrong = 0
    for source in sources(settings.load()):
        if chosen.source and source.id not in chosen.source:
            continue
        with console.status(f"Asking {source.id}"):
            findings = probe.check(source.settings, source.needs())
        table = Table("", "what", "finding", "next action", title=f"{source.id}: {source.settings.title}")
        for finding in findings:
            table.add_row(
                "[green]ok[/]" if finding.ok else "[red]wrong[/]",
                finding.subject,
                finding.message,
                finding.hint,
            )
        console.print(table)
        wrong += sum(1 for finding in findings if not finding.ok)
    console.print(f"{wrong} things to mend." if wrong else "Nothing is wrong.")
    return 1 if wrong else 0

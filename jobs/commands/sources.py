"""List the configured bases: what was pulled, how far, how much, and what was refused."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings
from store import records, rejections, watermarks
from store.engine import Store

NAME = "sources"
HELP = "list the configured bases and how far each is pulled"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source", nargs="*", help="ids of sources; all of them if none is given")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        for source in choosing.of(known, chosen.source):
            console.print(_table(store, source))
    return 0


def _table(store: Store, source: Source) -> Table:
    title = f"{source.id}: {source.settings.title} ({source.settings.base_url})"
    table = Table("entity", "accounting set", "live records", "pulled up to", "rejected", title=title)
    table.columns[2].justify = table.columns[4].justify = "right"
    with store.reading() as tx:
        for entity in source.entities:
            table.add_row(
                entity.name,
                entity.source,
                str(records.count(tx, entity.table, source.id, entity.name)),
                watermarks.get(tx, source.id, entity.name) or "never",
                str(rejections.summary(tx, source.id, entity.name).count),
            )
    return table

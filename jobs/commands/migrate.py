"""Bring the site store's tables up to this version; safe to run again."""

from __future__ import annotations

import argparse

from rich.console import Console

from jobs.commands import settings
from store import migrations
from store.migrations import new

NAME = "migrate"
HELP = "create or upgrade the site store's tables"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--new", metavar="MESSAGE", help="write a migration from what the records say now (developers)"
    )


def run(chosen: argparse.Namespace, console: Console) -> int:
    if chosen.new:
        console.print(f"written: {new.write(chosen.new)}")
        return 0
    known = settings.load()
    with console.status("Migrating the store"):
        migrations.upgrade(known.database_url)
    console.print("The store's tables are those of this version.")
    return 0

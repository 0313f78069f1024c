"""Stop asking a base, at once and until `saldo resume`: every request looks at this first."""

from __future__ import annotations

import argparse
import getpass

from rich.console import Console

from jobs.commands import chosen as choosing
from jobs.commands import settings
from store import pauses

NAME = "pause"
HELP = "stop asking a base, at once, until it is resumed"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source")
    command.add_argument("--reason", required=True, help="what others will read")
    command.add_argument("--by", default=None, help="who says so; your login if not given")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    source = choosing.one(known, chosen.source)
    with settings.opened(known) as store, store.transaction() as tx:
        paused = pauses.pause(tx, source.id, by=chosen.by or getpass.getuser(), reason=chosen.reason)
    since = paused.paused_at.astimezone(source.settings.time_zone).isoformat(" ", "minutes")
    console.print(f"{source.id} is paused since {since}: nothing asks it until `saldo resume {source.id}`.")
    return 0

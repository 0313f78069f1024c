"""Let a paused base be asked again."""

from __future__ import annotations

import argparse

from rich.console import Console

from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.errors import StoreError
from store import pauses

NAME = "resume"
HELP = "let a paused base be asked again"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("source")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    source = choosing.one(known, chosen.source)
    with settings.opened(known) as store, store.transaction() as tx:
        was_paused = pauses.resume(tx, source.id)
    if not was_paused:
        raise StoreError(f"{source.id} is not paused", hint="Nothing to do: the schedules ask it already.")
    console.print(f"{source.id} is asked again, by the next schedule or by `saldo sync {source.id}`.")
    return 0

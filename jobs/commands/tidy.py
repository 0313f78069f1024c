"""Drop old landed bytes that no stored row needs any more."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta

from rich.console import Console

from assets.tidy import tidy
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.errors import ConfigurationError
from store import retention

NAME = "tidy"
HELP = "drop old landed bytes that no stored row needs any more"
MIB = 2**20


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--days", type=int, help="older than this; landing_days of the settings if not given"
    )
    command.add_argument("--dry-run", action="store_true", help="only tell what would be freed")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    days = known.landing_days if chosen.days is None else chosen.days
    if chosen.days is not None and days < 1:
        raise ConfigurationError(f"{days} days are no age", hint="Give --days 1 or more.")
    if days < 1:
        raise ConfigurationError(
            "landed bytes are kept for ever", hint="Set landing_days in [hub] of saldo.toml, or give --days."
        )
    older_than = datetime.now(UTC) - timedelta(days=days)
    with settings.opened(known) as store:
        if chosen.dry_run:
            dropped = retention.drop(store, older_than, dry_run=True)
        else:
            with console.status("Waiting for readers to end, then dropping"):
                dropped = tidy(store, choosing.of(known, []), older_than, run_id=choosing.new_run())
    console.print(
        f"{'Would drop' if chosen.dry_run else 'Dropped'} {dropped.units} units with {dropped.pages} pages;"
        f" {dropped.files} files, {dropped.bytes / MIB:.1f} MiB."
    )
    return 0

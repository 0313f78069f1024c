"""Serve: Dagster with its daemon, the storefront's API and the accountants' desk, until stopped."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from rich.console import Console

from jobs import home as homes
from jobs import services
from jobs.commands import settings
from jobs.location import SETTINGS_VARIABLE, settings_path
from jobs.processes import Family
from store import desk_users, migrations

NAME = "serve"
HELP = "run Dagster, the API and the desk for the configured bases"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--home", type=Path, default=Path(".saldo"), help="where Dagster's state and the logs are"
    )
    command.add_argument(
        "--host", default="127.0.0.1", help="Dagster has no login: keep it on loopback or behind a proxy"
    )
    command.add_argument("--dagster-port", type=int, default=3000)
    command.add_argument("--api-port", type=int, default=8000)


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    home = chosen.home.absolute()
    dagster_home = homes.dagster_home(os.environ, home / "dagster")
    environ = {SETTINGS_VARIABLE: str(settings_path()), homes.HOME_VARIABLE: str(dagster_home)}
    with Family(home / "logs", environ) as family:
        with console.status("Preparing the store, starting Dagster and the API"):
            migrations.upgrade(known.database_url)
            homes.initialise(dagster_home)
            addresses = services.start(
                family, home, host=chosen.host, dagster_port=chosen.dagster_port, api_port=chosen.api_port
            )
            services.wait(family, addresses)
        console.print(
            f"Desk     {addresses.api}/desk\nAPI      {addresses.api}\nDagster  {addresses.dagster}"
        )
        console.print(f"Logs     {home / 'logs'}")
        with settings.opened(known) as store, store.reading() as tx:
            if not desk_users.any_active(tx):
                console.print("Nobody may sign in at the desk: `saldo users add --login anna --role admin`.")
        while True:
            time.sleep(1)
            family.check()

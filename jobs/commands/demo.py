"""Run the whole main job on simulated bases: nothing to install, no server, no Docker."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

NAME = "demo"
HELP = "simulated bases, Dagster and the API: load everything and compare with the books"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--once", action="store_true", help="stop after the comparison")
    command.add_argument("--home", type=Path, default=Path(".saldo/demo"), help="where it keeps everything")
    command.add_argument("--dagster-port", type=int, default=0, help="0: any free port")
    command.add_argument("--api-port", type=int, default=0, help="0: any free port")


def run(chosen: argparse.Namespace, console: Console) -> int:
    from jobs.demo.run import demo

    return demo(
        chosen.home.absolute(),
        once=chosen.once,
        dagster_port=chosen.dagster_port,
        api_port=chosen.api_port,
        console=console,
    )

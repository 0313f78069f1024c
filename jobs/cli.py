"""The `saldo` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from jobs.commands import check, demo, migrate, serve, sources, sync, trace
from schemas.errors import HubError

COMMANDS = (demo, sync, serve, migrate, check, trace, sources)
FAILED, INTERRUPTED = 1, 130
WIDTH = 110  # of what goes to a file or a pipe, where there is no terminal to ask


def parser() -> argparse.ArgumentParser:
    """Every command is a module of `jobs/commands`: NAME, HELP, `arguments` and `run`."""
    top = argparse.ArgumentParser(
        prog="saldo", description="The hub between the accounting system and the storefront."
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        command = commands.add_parser(module.NAME, help=module.HELP, description=module.__doc__)
        module.arguments(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; an error of the hub is a message and code 1, never a traceback."""
    chosen = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace, Console], int] = chosen.run
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    try:
        return run(chosen, console)
    except HubError as error:
        Console(stderr=True).print(f"[red]saldo: {error.message}[/]\n{error.hint}", highlight=False)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())

"""The `saldo` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from jobs.commands import (
    access,
    agreed,
    approvals,
    check,
    demo,
    history,
    keys,
    migrate,
    orders,
    pause,
    quarantine,
    replay,
    resume,
    serve,
    sources,
    statement,
    sync,
    terms,
    tidy,
    trace,
    trading,
    users,
    verify,
    webhooks,
)
from schemas.errors import HubError
from store import health

COMMANDS = (
    demo,
    sync,
    serve,
    migrate,
    check,
    trace,
    history,
    agreed,
    terms,
    access,
    trading,
    approvals,
    statement,
    orders,
    keys,
    users,
    webhooks,
    sources,
    quarantine,
    replay,
    verify,
    tidy,
    pause,
    resume,
)
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
    """Run a command; what can go wrong in its world is a message and code 1, never a traceback."""
    chosen = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace, Console], int] = chosen.run
    # no markup: what is shown holds names like [hub] that are not ours to style
    console = Console(width=None if sys.stdout.isatty() else WIDTH, markup=False)
    try:
        return run(chosen, console)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        known = error if isinstance(error, HubError) else health.explained(error)
        if known is None:
            raise
        errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)
        errors.print(f"saldo: {known.message}", style="red")
        errors.print(known.hint)
        return FAILED


if __name__ == "__main__":
    sys.exit(main())

"""Recompute stored rows from their landed bytes, and fail on the first thing that does not follow."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from assets.verify import Verified, verify
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.errors import LineageError

NAME = "verify"
HELP = "recompute the stored rows from their landed bytes"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--source", action="append", default=[], help="id of a source; all if none is given")
    much = command.add_mutually_exclusive_group()
    much.add_argument("--sample", type=_pages, metavar="N", help="only N pages of each kind, by chance")
    much.add_argument("--all", action="store_true", help="every page (the default)")


def _pages(text: str) -> int:
    pages = int(text)
    if pages < 1:
        raise argparse.ArgumentTypeError("give at least 1")
    return pages


def run(chosen: argparse.Namespace, console: Console) -> int:
    """Errors: LineageError where anything stored does not follow from its bytes."""
    known, wrong = settings.load(), 0
    with settings.opened(known) as store:
        for source in choosing.of(known, chosen.source):
            with choosing.bar(console) as told:
                found = verify(store, source, sample=chosen.sample, progress=told)
            _report(source.id, found, console)
            wrong += found.wrong
    if wrong:
        raise LineageError(
            f"{wrong} stored values do not follow from what was landed",
            hint="A changed row: `saldo replay` its kind. A changed or missing file: restore the landing, or pull"
            " the kind again with `saldo sync --full`.",
        )
    return 0


def _report(source: str, found: Verified, console: Console) -> None:
    console.print(
        f"{source}: {found.rows} rows of {found.pages} pages recomputed, {found.gone} gone, {found.wrong} wrong."
    )
    if found.older:
        console.print(
            f"{source}: {found.older} rows were mapped by an older declaration and are not compared:"
            " `saldo replay --all` first."
        )
    if found.mismatches:
        table = Table("table", "key", "field", "page", "what is wrong")
        for one in found.mismatches:
            table.add_row(one.table, one.key, one.field, str(one.page), one.what)
        console.print(table)
        if found.wrong > len(found.mismatches):
            console.print(f"and {found.wrong - len(found.mismatches)} more")

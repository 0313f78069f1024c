"""Draw a reconciliation statement: by the hub and by the accounting system, compared line by line.

Ends with 0 where both say the same, 3 where they differ and documents explain it, 4 where it is a draft: the
accounting system was not heard, or something is left that no document explains.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import cast, get_args

from rich.console import Console
from rich.table import Table

from api.statements import prints
from api.statements.prints import Format
from api.web.hub import Hub
from jobs.commands import chosen as choosing
from jobs.commands import settings, statement_drawn, statement_question
from schemas.languages import LANGUAGES
from schemas.money import Money
from schemas.reconciliation import Line
from schemas.reconciliation_differences import Difference
from schemas.statements import Verdict
from store import audit, statements
from store.engine import Store
from store.statements import StatementRow

NAME = "statement"
HELP = "draw a reconciliation statement, and compare it with the accounting system's own"
CODES: dict[Verdict, int] = {"agrees": 0, "differs": 3, "pending": 4, "unexplained": 4}
SAYS: dict[Verdict, str] = {
    "agrees": "the hub and the accounting system say the same",
    "differs": "the accounting system's own differs, and documents explain it",
    "pending": "a draft: the accounting system was not heard",
    "unexplained": "a draft: a difference is left that no document explains; pull the counterparty again",
}
WAITS_FOR = {
    "asking": "it is being asked",
    "source_paused": "it is paused: `saldo resume {source}`",
    "quiet_hours": "these are its quiet hours",
    "source_unavailable": "it does not answer",
    "source_refused": "it refuses: `saldo check {source}` tells why",
    "internal_error": "a fault of the hub: see its log",
}


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--counterparty", required=True, help="id, tax id, or a part of the name")
    command.add_argument("--from", dest="first_on", required=True, help="first day: 2026-01-01")
    command.add_argument("--to", dest="last_on", required=True, help="last day: 2026-03-31")
    command.add_argument("--source", help="id of the base; needed where the counterparty is in several")
    command.add_argument("--organization", help="own legal entity: id, or a part of the name")
    of = command.add_mutually_exclusive_group()
    of.add_argument("--contract", help="id or number of one contract; all if not given")
    of.add_argument("--kind", help="kind of contract: sale, purchase, commission, other")
    command.add_argument("--currency", action="append", help="ISO code; all it settles in if not given")
    command.add_argument("--by-contract", action="store_true", help="tell contracts apart")
    command.add_argument("--language", choices=LANGUAGES, default="ru", help="of the files")
    for name in get_args(Format):
        command.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"write it as {name.upper()}")
    command.add_argument("--wait", type=float, default=120.0, help="seconds at most")
    command.add_argument("--home", type=Path, default=Path(".saldo"), help="where Dagster's state is")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        asked = statement_question.question(known, store, chosen, console)
        source = choosing.one(known, asked.source)
        row = statement_drawn.drawn(store, source, asked, chosen.home, console, chosen.wait)
        _tell(store, row, console)
        for name in get_args(Format):
            path: Path | None = getattr(chosen, name)
            if path is not None:
                _write(Hub(known, store), row, chosen, name, path, console)
    return CODES[row.verdict]


def _tell(store: Store, row: StatementRow, console: Console) -> None:
    console.print(f"Statement {row.number} ({row.id}): {SAYS[row.verdict]}.", highlight=False)
    if row.why is not None:
        again = f"; asked again at {row.compare_at:%Y-%m-%d %H:%M} UTC" if row.compare_at else ""
        console.print(f"  The accounting system: {WAITS_FOR[row.why].format(source=row.source)}{again}.")
    table = Table("currency", "opening", "debit", "credit", "closing")
    for column in table.columns[1:]:
        column.justify = "right"
    for currency, sums in row.sums.items():
        table.add_row(currency, *(str(Money(units, currency)) for units in sums))
    console.print(table)
    with store.reading() as tx:
        compared = statements.comparisons(tx, row)
    found = [(one.left.request.currency, each) for one in compared for each in one.differences]
    if found:
        console.print(_differences(found))


def _differences(found: list[tuple[str, Difference]]) -> Table:
    """`amount` is what the accounting system has more."""
    table = Table("difference", "in the hub", "in the books", "amount", title="Where the two differ")
    table.columns[3].justify = "right"
    for currency, one in found:
        sides = [" ".join(_line(line, currency)) if line else "-" for line in (one.left, one.right)]
        amount = f"{Money(one.amount, currency)} {currency}"
        table.add_row(one.kind.replace("_", " "), *sides, amount)
    return table


def _line(line: Line, currency: str) -> Iterator[str]:
    yield from (line.document_kind, line.number, line.dated_on or line.at[:10])
    yield str(Money(line.net, currency))


def _write(
    hub: Hub, row: StatementRow, chosen: argparse.Namespace, name: str, path: Path, console: Console
) -> None:
    printed = prints.prints(hub, row, chosen.language, cast(Format, name))
    path.write_bytes(printed.body)
    with hub.store.transaction() as tx:
        prints.given(tx, hub.store, row, chosen.language, printed, audit.AT_THE_COMMAND_LINE)
    console.print(f"{path}  {len(printed.body)} bytes, SHA-256 {printed.sha256}", highlight=False)

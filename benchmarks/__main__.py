"""`make bench`: the full load, what comes after, reading, printing, statements: each beside the least that would do."""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks import full_load, incremental, printing, reading, report, servers, statements


def main() -> int:
    given = _parser().parse_args()
    console = Console() if sys.stdout.isatty() else Console(width=120)  # a file has no width to fit into
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        home = Path(folder)
        shared = {"sessions": given.sessions, "history_from": f"{datetime.now(UTC).year - 3}-01-01"}
        with servers.postgres(home) as server:
            wrong = 0
            if given.only in (None, "full"):
                wrong |= full_load.run(home, server, given, shared, console)
            if given.only in (None, "incremental"):
                try:
                    report.show(incremental.measure(home, server, given, shared, console), console)
                except incremental.NotExactError as error:
                    console.print(f"[red]{error}[/]")
                    wrong = 1
            if given.only in (None, "reading"):
                wrong |= reading.run(home, server, given, console)
            if given.only in (None, "printing"):
                wrong |= printing.run(console)
            if given.only in (None, "statements"):
                wrong |= statements.run(home, server, given, console)
    return wrong


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument(
        "--only",
        choices=("full", "incremental", "reading", "printing", "statements"),
        help="one part of it",
    )
    parser.add_argument(
        "--latency-ms", type=int, default=0, help="full load: what the accounting system takes per answer"
    )
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument(
        "--repeat", type=int, default=1, help="full load: runs of each; the median CPU is shown"
    )
    parser.add_argument("--passes", type=int, default=3, help="incremental: runs of each; medians are shown")
    parser.add_argument("--counterparties", type=int, default=100_000, help="reading: how many there are")
    parser.add_argument("--requests", type=int, default=10_000, help="reading: of each run")
    parser.add_argument("--statements", type=int, default=100, help="statements: how many by each way")
    parser.add_argument("--turns", type=int, default=5, help="reading: runs of each; medians are shown")
    return parser


if __name__ == "__main__":
    sys.exit(main())

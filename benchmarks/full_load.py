"""A full load of simulated documents, beside a minimal hand-written loader in the same run.

CPU is the loader's and the database server's; the simulator's is not counted. A loader whose sum of line
amounts is not exact has no time: the gate comes first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import servers
from jobs.processes import LEAN


def run(home: Path, server: Any, given: argparse.Namespace, shared: dict[str, Any], console: Console) -> int:
    console.print(f"Making a base of {given.documents} documents")
    with servers.simulator(home / "books.db", given.documents, given.latency_ms) as said:
        base = {**said, **shared, "months": _months()}
        costs = _measured(home, base, server, given.repeat, console)
    return _report(costs, given.documents, console)


def _months() -> list[tuple[str, str]]:
    first = datetime.now(UTC).year - 4
    starts = [f"{first + n // 12}-{n % 12 + 1:02d}-01T00:00:00" for n in range(5 * 12 + 1)]
    return list(pairwise(starts))


def _measured(
    home: Path, base: dict[str, Any], server: Any, repeat: int, console: Console
) -> dict[tuple[str, str], list[dict[str, float]]]:
    costs: dict[tuple[str, str], list[dict[str, float]]] = {}
    for turn in range(repeat):
        for database in ("sqlite", "postgresql"):
            for name in ("minimal", "saldo"):
                with console.status(f"{name} into {database}, run {turn + 1} of {repeat}"):
                    cost = _one(home, base, server, name, database, turn)
                costs.setdefault((name, database), []).append(cost)
    return costs


def _one(
    home: Path, base: dict[str, Any], server: Any, name: str, database: str, turn: int
) -> dict[str, float]:
    tag = f"{name}_{turn}"
    url = f"sqlite:///{home / f'{tag}.db'}"
    if database == "postgresql":
        url = servers.database(server, tag)
    file = home / f"{tag}_{database}.json"
    file.write_text(
        json.dumps({**base, "database": url, "home": str(home / f"{tag}_{database}")}), encoding="utf-8"
    )
    before = servers.cpu_of(server.get_pid())
    command = [sys.executable, "-m", "benchmarks.contender", name, str(file)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, **LEAN}, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed on {database}:\n{done.stderr.decode()[-3000:]}")
    time.sleep(0.5)
    cost: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if database == "postgresql":
        cost["cpu_s"] += servers.cpu_of(server.get_pid()) - before
    return cost


def _report(costs: dict[tuple[str, str], list[dict[str, float]]], documents: int, console: Console) -> int:
    gates = {cost["gate"] for runs in costs.values() for cost in runs}
    table = Table(
        "loader",
        "database",
        "CPU s",
        "x minimal",
        "wall s",
        "peak MiB",
        "at start",
        title=f"{documents} documents",
    )
    for column in table.columns[2:]:
        column.justify = "right"
    for (name, database), runs in costs.items():
        cost = sorted(runs, key=lambda run: run["cpu_s"])[len(runs) // 2]
        limit = sorted(costs["minimal", database], key=lambda run: run["cpu_s"])[len(runs) // 2]
        table.add_row(
            name, database, f"{cost['cpu_s']:.2f}", f"{cost['cpu_s'] / limit['cpu_s']:.2f}",
            f"{cost['wall_s']:.2f}", f"{cost['peak_mib']:.0f}", f"{cost['start_mib']:.0f}",
        )  # fmt: skip
    console.print(table)
    if len(gates) > 1:
        console.print(f"[red]The loaders do not agree on the sum of all lines: {gates}. No time counts.[/]")
        return 1
    console.print(f"All agree to the kopeck: the lines sum to {gates.pop() / 100:.2f}.")
    return 0

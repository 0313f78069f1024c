"""How fast the balance summary is read, beside the least that could answer from the same table, in one run."""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import reading_books as books
from benchmarks import servers
from jobs import services
from jobs.processes import free_port

CONNECTIONS = 16
WARM_UP = 1_000
KNOWN = 1_000  # counterparties that come back, for answers that are kept
LIMIT, BARE = "limit: raw ASGI, two rows", "the same without a pool"
WORKS = (LIMIT, BARE, "made afresh", "304", "kept bytes")


class WrongBytesError(Exception):
    """An answer does not say what the books do: no time counts."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request: the server's CPU, the database's, and what the clients waited."""

    per_second: float
    server_us: float
    database_us: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Served:
    port: int
    pid: int


def run(home: Path, server: Any, given: argparse.Namespace, console: Console) -> int:
    try:
        for database in ("postgresql", "sqlite"):
            url = (
                servers.database(server, "reading")
                if database == "postgresql"
                else f"sqlite:///{home}/reading.db"
            )
            with console.status(f"Filling {database} with {given.counterparties} counterparties"):
                key = books.fill(url, f"file://{home}/landing", given.counterparties)
                if database == "postgresql":
                    servers.settle(url)
            bench = Bench(home, url, key, given, server.get_pid() if database == "postgresql" else None)
            _show(database, bench.measured(), given, console)
    except WrongBytesError as error:
        console.print(f"[red]{error}[/]")
        return 1
    return 0


@dataclass(frozen=True, slots=True)
class Bench:
    home: Path
    url: str
    key: str
    given: argparse.Namespace
    database_pid: int | None

    def measured(self) -> dict[str, list[Cost]]:
        """By turns, so that what else the machine does meets all of them alike."""
        costs: dict[str, list[Cost]] = {}
        afresh = iter(random.Random(1).sample(range(self.given.counterparties), self.given.counterparties))
        with self._limit("pooled") as limit, self._limit("bare") as bare, self._saldo() as saldo:
            self._gate(saldo, list(range(0, self.given.counterparties, self.given.counterparties // 50)))
            known = [next(afresh) for _ in range(KNOWN)]
            tags = {number: _ask(saldo.port, number, self.key)[0] for number in known}
            for _ in range(self.given.turns):
                numbers = [next(afresh) for _ in range(self.given.requests)]
                again = [known[n % KNOWN] for n in range(self.given.requests)]
                costs.setdefault(LIMIT, []).append(self._one(limit, numbers, {}))
                if self.database_pid is not None:
                    costs.setdefault(BARE, []).append(self._one(bare, numbers, {}))
                costs.setdefault("made afresh", []).append(self._one(saldo, numbers, {}))
                costs.setdefault("304", []).append(self._one(saldo, again, tags))
                costs.setdefault("kept bytes", []).append(self._one(saldo, again, {}))
        return costs

    def _gate(self, saldo: Served, numbers: list[int]) -> None:
        """What is answered is what was written, to the kopeck, made afresh and kept."""
        for number in numbers:
            bodies = [_ask(saldo.port, number, self.key)[1] for _ in range(2)]
            answer = json.loads(bodies[0])
            shown = [(one["debt"], one["overdue"]) for one in answer["contracts"]]
            written = [
                (f"{books.debt(number, one) / 100:.2f}", f"{books.overdue(number, one) / 100:.2f}")
                for one in range(books.CONTRACTS)
            ]
            if shown != written or bodies[0] != bodies[1] or answer["counterparty"]["id"] != _id(number):
                raise WrongBytesError(
                    f"Counterparty {number} owes {written}, the answer says {shown}. No time counts."
                )

    def _one(self, served: Served, numbers: list[int], tags: dict[int, str]) -> Cost:
        requests = [_request(number, self.key, tags.get(number, "")) for number in numbers]
        self._load(served, requests[:WARM_UP])
        before = _cpu(served.pid), self._database_cpu()
        said = self._load(served, requests)
        server, database = _cpu(served.pid) - before[0], self._database_cpu() - before[1]
        expected = {"304" if tags else "200": len(requests)}
        if said["statuses"] != expected:
            raise WrongBytesError(f"The server answered {said['statuses']} instead of {expected}")
        count = len(requests)
        return Cost(
            count / said["seconds"],
            server / count * 1e6,
            database / count * 1e6,
            said["p50_ms"],
            said["p99_ms"],
        )

    def _load(self, served: Served, requests: list[str]) -> dict[str, Any]:
        file = self.home / "load.json"
        wanted = {"host": "127.0.0.1", "port": served.port, "connections": CONNECTIONS, "requests": requests}
        file.write_text(json.dumps(wanted), encoding="latin-1")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.reading_load", str(file)], capture_output=True, check=True
        )
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def _database_cpu(self) -> float:
        return servers.cpu_of(self.database_pid) if self.database_pid else 0.0

    @contextmanager
    def _limit(self, how: str) -> Iterator[Served]:
        with _serving(f"benchmarks.reading_limit:{how}", {"BENCH_DATABASE": self.url}) as served:
            yield served

    @contextmanager
    def _saldo(self) -> Iterator[Served]:
        folder = self.home / "config"
        (folder / "sources").mkdir(parents=True, exist_ok=True)
        (folder / "sources" / "bench.toml").write_text(
            f'id = "{books.SOURCE}"\ntitle = "bench"\nbase_url = "http://127.0.0.1:1/odata"\nuser = "x"\n'
            'password_env = "BENCH_PASSWORD"\ntime_zone = "UTC"\nhistory_from = 2026-01-01\n',
            encoding="utf-8",
        )
        settings = folder / "saldo.toml"
        settings.write_text(
            f'[hub]\ndatabase_url = "{self.url}"\nlanding_url = "file://{self.home}/landing"\n',
            encoding="utf-8",
        )
        environ = {"SALDO_CONFIG": str(settings), "BENCH_PASSWORD": "x"}
        with _serving(services.API, environ) as served:
            yield served


@contextmanager
def _serving(application: str, environ: dict[str, str]) -> Iterator[Served]:
    """Started as `saldo serve` starts the API."""
    port = free_port()
    command = [sys.executable, *services.api_command(application, "127.0.0.1", port)]
    process = subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.DEVNULL)
    try:
        give_up = time.monotonic() + 60
        while not services.listens(port):
            if process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"{application} did not start")
            time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _id(number: int) -> str:
    return f"{books.SOURCE}:{books.party(number)}"


def _request(number: int, key: str, etag: str) -> str:
    lines = [f"GET /v1/counterparties/{_id(number)}/summary HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Authorization: Bearer {key}", "Accept: application/json"]
    return "\r\n".join([*lines, *([f"If-None-Match: {etag}"] if etag else []), "", ""])


def _ask(port: int, number: int, key: str) -> tuple[str, bytes]:
    address = f"http://127.0.0.1:{port}/v1/counterparties/{_id(number)}/summary"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["ETag"], answer.read()


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _show(database: str, costs: dict[str, list[Cost]], given: argparse.Namespace, console: Console) -> None:
    title = f"{database}: {given.counterparties} counterparties, medians of {given.turns} runs of {given.requests}"
    columns = (
        "work",
        "requests/s",
        "x limit",
        "server CPU us",
        "x",
        "database CPU us",
        "p50 ms",
        "p99 ms",
        "x",
    )
    table = Table(*columns, title=title)
    for column in table.columns[1:]:
        column.justify = "right"
    limits = costs[LIMIT]
    for work in filter(costs.__contains__, WORKS):
        found = costs[work]
        table.add_row(
            work, f"{_median(found, 'per_second'):.0f}", _ratio(found, limits, "per_second"),
            f"{_median(found, 'server_us'):.0f}", _ratio(found, limits, "server_us"),
            f"{_median(found, 'database_us'):.0f}", f"{_median(found, 'p50_ms'):.2f}",
            f"{_median(found, 'p99_ms'):.2f}", _ratio(found, limits, "p99_ms"),
        )  # fmt: skip
    console.print(table)


def _median(costs: list[Cost], name: str) -> float:
    return median(getattr(cost, name) for cost in costs)


def _ratio(costs: list[Cost], limits: list[Cost], name: str) -> str:
    """Of runs that were made one after the other."""
    return f"{median(getattr(one, name) / getattr(limit, name) for one, limit in zip(costs, limits)):.2f}"

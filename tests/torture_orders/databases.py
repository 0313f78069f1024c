"""The hub's database with its backup: what a restored older one has forgotten, the books still know."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from tests import postgres


class Database(Protocol):
    """Nobody is connected while it is backed up or restored."""

    @property
    def url(self) -> str: ...

    def back_up(self) -> None: ...

    def restore(self) -> None: ...


@dataclass(frozen=True, slots=True)
class File:
    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    @property
    def _backup(self) -> Path:
        return self.path.with_suffix(".backup")

    def back_up(self) -> None:
        self._backup.unlink(missing_ok=True)
        _copy(self.path, self._backup)

    def restore(self) -> None:
        for name in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            name.unlink(missing_ok=True)
        _copy(self._backup, self.path)


def _copy(one: Path, other: Path) -> None:
    with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(other)) as target:
        source.backup(target)


@dataclass(frozen=True, slots=True)
class OnServer:
    """A database of PostgreSQL; its backup is a copy that was made from it as a template."""

    server: str
    name: str

    @property
    def url(self) -> str:
        return self.server.replace("/postgres?", f"/{self.name}?")

    def back_up(self) -> None:
        self._make(f"{self.name}_backup", self.name)

    def restore(self) -> None:
        self._make(self.name, f"{self.name}_backup")

    def _make(self, name: str, template: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(ended, (template,))
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())


@contextmanager
def database(name: str, home: Path) -> Iterator[Database]:
    """An empty one: a file, or a new database on a PostgreSQL server of its own."""
    if name == "sqlite":
        yield File(home / "saldo.db")
        return
    with postgres.server() as server:
        made = OnServer(server, f"saldo_{uuid.uuid4().hex}")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {made.name}".encode())
        yield made

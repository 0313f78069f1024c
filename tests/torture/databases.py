"""A database for one torture: a file, or a new database on a PostgreSQL server of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.torture.side_by_side import NAMES

__all__ = ["NAMES", "database"]


@contextmanager
def database(name: str, home: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{home / 'saldo.db'}"
        return
    with postgres.server() as address, postgres.database(address) as url:
        yield url

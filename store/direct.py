"""Reads without SQLAlchemy at run time, for what is asked for on every page of the portal (ADR 0016)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL

from schemas.api_keys import Tenancy
from schemas.errors import StoreError
from store.compiled import Compiled
from store.direct_postgres import PostgresReader

_BUSY_S = 1.0  # nothing but the recovery after a crash keeps readers of a WAL waiting


class Reader(Protocol):
    """Runs one compiled statement as one consistent read. `tenancy` None: of tables that everybody sees."""

    dialect: str

    async def rows(
        self, statement: Compiled, given: Mapping[str, str], tenancy: Tenancy | None
    ) -> Sequence[Sequence[Any]]:
        """Errors: StoreError where the database does not answer."""
        ...

    def close(self) -> None: ...


def reader(url: URL) -> Reader:
    """Give the reader for the database that an engine is connected to; it connects when it is first asked."""
    if url.get_backend_name() == "postgresql":
        return PostgresReader(url)
    return SqliteReader(Path(url.database or ""))


class SqliteReader:
    """Answers in the caller's thread: what one counterparty owes is a few pages of a file that is in memory."""

    dialect = "sqlite"

    def __init__(self, file: Path) -> None:
        self._address = (
            f"{file.absolute().as_uri()}?mode=rw"  # never makes the file; it reads, but a WAL needs rw
        )
        self._connection: sqlite3.Connection | None = None

    async def rows(
        self,
        statement: Compiled,
        given: Mapping[str, str],
        tenancy: Tenancy | None,  # noqa: ARG002 - there are no users on SQLite
    ) -> Sequence[Sequence[Any]]:
        try:
            if self._connection is None:
                self._connection = self._connected()
            return self._connection.execute(statement.text, given).fetchall()
        except sqlite3.OperationalError as error:
            self.close()
            raise StoreError("The database does not answer", hint="Try again in a minute") from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> sqlite3.Connection:
        found = sqlite3.connect(
            self._address, uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        found.execute("PRAGMA query_only=ON")
        return found

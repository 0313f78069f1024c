"""A database and a landing, opened by their URLs; every unit of work has one commit point."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from schemas.api_keys import EVERYBODY, Tenancy
from schemas.errors import ConfigurationError
from store import blobs, postgres


@dataclass(frozen=True, slots=True)
class Tx:
    """One unit of work. `now` is its moment: everything written in it carries the same one.

    `tenancy` tells whose rows its reader may see: queries ask `store.tenancy` for it. `at_end` is what is done
    right before a commit, in the order of the names: what others wait for is held no longer than that.
    """

    connection: Connection
    dialect: str
    now: datetime
    tenancy: Tenancy = EVERYBODY
    staged: set[str] = field(default_factory=set)
    at_end: dict[str, Callable[[Tx], None]] = field(default_factory=dict)

    def alone(self, what: str) -> None:
        """Wait until no other transaction is at the same work; the place is kept until this one ends.

        On SQLite there is one writer at a time anyway.
        """
        self._lock("pg_advisory_xact_lock", what)

    def beside(self, what: str) -> None:
        """The same, but others who say `beside` may be at it too: only who is `alone` waits for them."""
        self._lock("pg_advisory_xact_lock_shared", what)

    def _lock(self, how: str, what: str) -> None:
        if self.dialect == "postgresql":
            self.connection.execute(text(f"SELECT {how}(hashtextextended(:what, 0))"), {"what": what})


@dataclass(frozen=True, slots=True)
class Store:
    engine: Engine
    blobs: blobs.Blobs

    @classmethod
    def open(cls, database_url: str, landing_url: str) -> Self:
        return cls(connect(database_url), blobs.Blobs.open(landing_url))

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Write: committed when the block ends, undone when it raises.

        SQLite takes its write lock at once: two writers wait for each other instead of failing half-way.
        """
        with self.engine.connect() as connection, connection.begin():
            tx = self._tx(connection, prepare=False)
            yield tx
            for name in sorted(tx.at_end):
                tx.at_end[name](tx)

    @contextmanager
    def reading(self, tenancy: Tenancy | None = None) -> Iterator[Tx]:
        """Read one consistent state; waits for no writer.

        With `tenancy` on behalf of a reader of the API: on PostgreSQL as the role whose rows are limited to it.
        """
        with self.engine.connect() as connection:
            connection.execution_options(saldo_reading=True)
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin() as transaction:
                if tenancy is not None and connection.dialect.name == "postgresql":
                    connection.execute(postgres.AS_STOREFRONT, postgres.limits(tenancy))
                yield self._tx(connection, prepare=True, tenancy=tenancy or EVERYBODY)
                transaction.rollback()

    def close(self) -> None:
        self.engine.dispose()

    def _tx(self, connection: Connection, *, prepare: bool, tenancy: Tenancy = EVERYBODY) -> Tx:
        dialect, now = connection.dialect.name, datetime.now(UTC)
        if dialect == "postgresql":
            postgres.plan_once(connection.connection.driver_connection, prepare=prepare)
        else:
            connection.info.update(_SAID, saldo_now=now.isoformat(timespec="microseconds"))
        return Tx(connection, dialect, now, tenancy)


def connect(database_url: str) -> Engine:
    """Give an engine for `sqlite:///file`, `postgresql://` or `postgresql+psycopg://`."""
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise ConfigurationError("database_url is not a URL", hint=_URL_HINT) from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(
            url, pool_pre_ping=True, hide_parameters=True, connect_args=postgres.CONNECT_ARGS
        )
        event.listen(engine, "connect", postgres.on_connect)
        return engine
    if url.drivername in ("sqlite", "sqlite+pysqlite") and url.database not in (None, "", ":memory:"):
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        return engine
    raise ConfigurationError(
        f"database_url names {url.drivername!r} without a file or server", hint=_URL_HINT
    )


_URL_HINT = "Set database_url to sqlite:///path/to/file.db or postgresql://user:password@host/database"

# What a transaction on SQLite tells the triggers of `history_triggers`; PostgreSQL has settings for that.
_SAID = {"saldo_now": None, "saldo_run": None, "saldo_history": 1}
_BUSY_S = 30
_PRAGMAS = (
    f"busy_timeout={_BUSY_S * 1000}",
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=FULL",  # a commit outlives a power cut: what is confirmed to 1C comes after it
    "temp_store=MEMORY",
    "cache_size=-65536",
    "wal_autocheckpoint=16384",
    "foreign_keys=ON",
)


def _on_sqlite_connect(connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    for pragma in _PRAGMAS:
        _set(connection, pragma)
    for name in _SAID:
        connection.create_function(name, 0, partial(_said, entry.info, name))


def _said(info: dict[str, Any], name: str) -> Any:
    return info.get(name, _SAID[name])


def _set(connection: Any, pragma: str) -> None:
    """Two processes that meet at a new file both switch it to WAL, and SQLite lets neither wait for that."""
    give_up = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(0.01)


def _on_sqlite_begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("saldo_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

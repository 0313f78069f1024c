"""The same on PostgreSQL: a few connections of asyncpg that stay in the role of the storefront."""

from __future__ import annotations

import asyncio
import shlex
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from sqlalchemy import URL

from schemas.api_keys import Tenancy
from schemas.errors import StoreError
from store import postgres
from store.compiled import Compiled

MOST = 8  # more would wait for the same two or four cores of the database
_CONNECT_S = 5.0
_ANSWER_S = 15.0
_OWN = {
    "application_name": "saldo-summaries",
    "timezone": "UTC",
    "datestyle": "ISO",
    "default_transaction_read_only": "on",
    "role": postgres.STOREFRONT,
}
_SEE = (
    "SELECT set_config('saldo.source', $1, false), set_config('saldo.parties', $2, false),"
    " set_config('saldo.contact', $3, false)"
)
# What libpq takes in an address and asyncpg would take for a setting of the server.
_OF_LIBPQ = (
    *(
        "connect_timeout",
        "options",
        "keepalives",
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
    ),
    *("tcp_user_timeout", "client_encoding", "fallback_application_name", "channel_binding", "gssencmode"),
    *("require_auth", "sslcompression", "sslsni", "load_balance_hosts", "requirepeer", "passfile"),
)
_OUTAGES = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedObjectError,  # the role: the database is not migrated
)

_DEAD = (*_OUTAGES, asyncpg.InternalClientError)  # the last: the server is just saying good-bye


@dataclass(slots=True)
class _Connection:
    """`tenancy` is whose rows its session may see by now."""

    driver: Any
    tenancy: Tenancy | None = None

    async def rows(
        self, statement: Compiled, given: Mapping[str, str], tenancy: Tenancy | None
    ) -> Sequence[Sequence[Any]]:
        if tenancy is not None and tenancy != self.tenancy:
            said = postgres.limits(tenancy)
            self.tenancy = None
            await self.driver.execute(_SEE, said["source"], said["parties"], said["contact"])
            self.tenancy = tenancy
        found: Sequence[Sequence[Any]] = await self.driver.fetch(statement.text, *statement.in_order(given))
        return found


@dataclass(slots=True)
class PostgresReader:
    """Connections belong to the event loop that made them; a new loop starts with none."""

    url: URL
    dialect: str = "postgresql"
    _idle: deque[_Connection] = field(default_factory=deque)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST))
    _loop: asyncio.AbstractEventLoop | None = None

    async def rows(
        self, statement: Compiled, given: Mapping[str, str], tenancy: Tenancy | None
    ) -> Sequence[Sequence[Any]]:
        self._enter()
        async with self._places:
            try:
                return await self._answered(statement, given, tenancy)
            except _OUTAGES as error:
                raise StoreError("The database does not answer", hint="Try again in a minute") from error

    async def _answered(
        self, statement: Compiled, given: Mapping[str, str], tenancy: Tenancy | None
    ) -> Sequence[Sequence[Any]]:
        """A connection that lay idle may have died with the server: then the next one, at last a new one."""
        while True:
            waited = bool(self._idle)
            connection = self._taken(tenancy) if waited else await self._connected()
            try:
                found = await connection.rows(statement, given, tenancy)
            except BaseException as error:
                connection.driver.terminate()
                if waited and isinstance(error, _DEAD):
                    continue
                raise
            self._idle.append(connection)
            return found

    def close(self) -> None:
        while self._idle:
            self._idle.pop().driver.terminate()

    def _enter(self) -> None:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._idle.clear()
            self._places = asyncio.Semaphore(MOST)
            self._loop = loop

    def _taken(self, tenancy: Tenancy | None) -> _Connection:
        """The one that was used last, or one that is set up for these rows already."""
        if tenancy is not None and tenancy != self._idle[-1].tenancy:
            for place, connection in enumerate(self._idle):
                if connection.tenancy == tenancy:
                    del self._idle[place]
                    return connection
        return self._idle.pop()

    async def _connected(self) -> _Connection:
        address, settings = _address(self.url)
        driver = await asyncpg.connect(
            address, timeout=_CONNECT_S, command_timeout=_ANSWER_S, server_settings={**settings, **_OWN}
        )
        return _Connection(driver)


def _address(url: URL) -> tuple[str, dict[str, str]]:
    """The address as asyncpg takes it, and the settings that `options` holds."""
    plain = url.set(drivername="postgresql").difference_update_query(_OF_LIBPQ)
    options = url.query.get("options", "")
    words = shlex.split(options if isinstance(options, str) else " ".join(options))
    pairs = (word.removeprefix("-c").partition("=") for word in words if "=" in word)
    return plain.render_as_string(hide_password=False), {name.lstrip("-"): value for name, _, value in pairs}

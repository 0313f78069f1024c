"""The pool of sessions: each is a client licence, and there are only so many."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from simulator.errors import ServerException
from simulator.settings import ServerOptions


@dataclass(slots=True)
class _Session:
    used_at: float
    busy: bool = False


class Sessions:
    """Requests without a session take one of the pool while they run."""

    def __init__(self) -> None:
        self._kept: dict[str, _Session] = {}
        self._running = 0
        self._changed = asyncio.Condition()

    @property
    def open(self) -> int:
        """Sessions taken now: kept ones and those of running requests."""
        return len(self._kept) + self._running

    @asynccontextmanager
    async def use(self, options: ServerOptions, command: str, cookie: str) -> AsyncIterator[str]:
        """The session of one request; gives the id of a session that was started for the client."""
        started = ""
        if cookie:
            await self._take(options, cookie)
        elif command == "start" and options.session_cookie:
            started = await self._start(options)
        else:
            await self._wait(options)
            self._running += 1
        try:
            yield started
        finally:
            await self._leave(cookie or started, finish=command == "finish")

    async def _take(self, options: ServerOptions, cookie: str) -> None:
        self._forget_old(options)

        def free() -> bool:
            session = self._kept.get(cookie)
            return session is None or not session.busy

        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(free), options.pool_timeout_s)
            except TimeoutError as error:
                raise _no_session() from error
            if cookie not in self._kept:
                raise ServerException(400, "Bad Request", "Сеанс не найден или уже завершен")
            self._kept[cookie].busy = True

    async def _start(self, options: ServerOptions) -> str:
        await self._wait(options)
        identifier = str(uuid.uuid4())
        self._kept[identifier] = _Session(time.monotonic(), busy=True)
        return identifier

    async def _wait(self, options: ServerOptions) -> None:
        def free() -> bool:
            self._forget_old(options)
            return self.open < options.pool_size

        deadline = time.monotonic() + options.pool_timeout_s
        async with self._changed:
            while not free():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise _no_session()
                try:
                    await asyncio.wait_for(self._changed.wait(), min(left, 0.5))
                except TimeoutError:
                    continue

    def _forget_old(self, options: ServerOptions) -> None:
        old = time.monotonic() - options.session_max_age_s
        for identifier in [i for i, s in self._kept.items() if not s.busy and s.used_at < old]:
            del self._kept[identifier]

    async def _leave(self, identifier: str, *, finish: bool) -> None:
        async with self._changed:
            session = self._kept.get(identifier)
            if session is None:
                self._running -= 1
            elif finish:
                del self._kept[identifier]
            else:
                session.busy = False
                session.used_at = time.monotonic()
            self._changed.notify_all()


def _no_session() -> ServerException:
    return ServerException(406, "Not Acceptable", "Истекло время ожидания сеанса")

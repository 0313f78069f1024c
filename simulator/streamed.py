"""Sending an answer, sound or broken on purpose."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from typing import Any, Protocol

from simulator.errors import ODataError, QueryFailed, ServerException
from simulator.faults import Fault
from simulator.reading import Answer

_CHUNK = 256 * 1024


class Exchange(Protocol):
    """The request that is answered."""

    def answer(self, fault: Fault | None) -> Answer: ...
    async def start(
        self, status: int, content_type: str, extra: dict[str, str], length: int | None
    ) -> None: ...
    async def body(self, data: bytes, *, more: bool) -> None: ...
    def linger(self, seconds: float) -> None: ...
    def abort(self) -> None: ...


class Streamed:
    """An answer made in a thread: whole if it is short, in chunks if it is long."""

    def __init__(self, exchange: Exchange, fault: Fault | None, extra: dict[str, str]) -> None:
        self._exchange = exchange
        self._fault = fault
        self._extra = extra

    def run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            answer = self._exchange.answer(self._fault)
            chunks = _chunks(answer)
            first, second = next(chunks, b""), next(chunks, None)
        except (RecursionError, sqlite3.OperationalError) as error:
            raise QueryFailed("Слишком сложный запрос к базе данных") from error
        broken = self._fault.kind if self._fault else ""

        def wait(work: Any) -> None:
            asyncio.run_coroutine_threadsafe(work, loop).result()

        if broken == "linger" and self._fault:
            self._exchange.linger(self._fault.delay_s)
        if broken == "drop_after":
            loop.call_soon_threadsafe(self._exchange.abort)
            return
        content_type = self._fault.content_type if self._fault and broken == "retype" else answer.content_type
        extra = {"DataServiceVersion": "3.0", **answer.headers, **self._extra}
        if broken == "malformed":
            first, second = first[: len(first) // 2].decode(errors="ignore").encode(), None
        length = len(first) if second is None else None
        wait(self._exchange.start(answer.status, content_type, extra, length))
        if broken == "truncate":
            wait(self._exchange.body(first[: len(first) // 2], more=True))
            loop.call_soon_threadsafe(self._exchange.abort)
            return
        wait(self._exchange.body(first, more=second is not None))
        while second is not None:
            try:
                following = next(chunks, None)
            except (ServerException, ODataError):  # too late to refuse: half of the answer is gone
                loop.call_soon_threadsafe(self._exchange.abort)
                return
            wait(self._exchange.body(second, more=following is not None))
            second = following


def _chunks(answer: Answer) -> Iterator[bytes]:
    pieces: list[bytes] = []
    size = 0
    for piece in answer.chunks:
        data = piece.encode() if isinstance(piece, str) else piece
        pieces.append(data)
        size += len(data)
        if size >= _CHUNK:
            yield b"".join(pieces)
            pieces, size = [], 0
    if pieces:
        yield b"".join(pieces)

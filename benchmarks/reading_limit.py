"""The least that could answer: raw ASGI, one query of two rows, JSON. No key, no tenancy, no due dates, no cache.

`uvicorn --factory benchmarks.reading_limit:pooled`: with asyncpg's own pool, as its documentation has it.
`benchmarks.reading_limit:bare`: on connections that are held without one. The database comes in BENCH_DATABASE.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import msgspec

QUERY = "SELECT contract_id, currency, debt FROM contract_balance WHERE source = $1 AND counterparty_id = $2"
SOURCE = "bench"
CONNECTIONS = 8
Rows = Callable[[str], Awaitable[Any]]
_ENCODE = msgspec.json.Encoder().encode
_FIELDS = ("contract_id", "currency", "debt")


def pooled() -> Any:
    return _app(_pooled)


def bare() -> Any:
    return _app(_bare)


def _app(on_postgres: Callable[[str], Rows]) -> Any:
    url = os.environ["BENCH_DATABASE"]
    rows = _sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else on_postgres(url)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await _lifespan(receive, send)
            return
        guid = scope["path"].rsplit("/", 2)[1].partition(":")[2]
        found = [dict(zip(_FIELDS, row)) for row in await rows(guid)]
        body = _ENCODE({"counterparty_id": guid, "contracts": found})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _pooled(url: str) -> Rows:
    pools: list[Any] = []
    turn = asyncio.Lock()

    async def rows(guid: str) -> Any:
        if not pools:
            async with turn:
                if not pools:
                    pools.append(await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS))
        return await pools[0].fetch(QUERY, SOURCE, guid)

    return rows


def _bare(url: str) -> Rows:
    idle: deque[Any] = deque()

    async def rows(guid: str) -> Any:
        connection = idle.pop() if idle else await asyncpg.connect(url)
        found = await connection.fetch(QUERY, SOURCE, guid)
        idle.append(connection)
        return found

    return rows


def _sqlite(file: str) -> Rows:
    connection = sqlite3.connect(file, isolation_level=None)
    query = QUERY.replace("$1", "?").replace("$2", "?")

    async def rows(guid: str) -> Any:
        return connection.execute(query, (SOURCE, guid)).fetchall()

    return rows

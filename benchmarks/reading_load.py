"""Clients that ask as fast as they are answered: `python -m benchmarks.reading_load FILE`, FILE being JSON.

FILE has host, port, connections, and `requests`: the bytes of each, sent in this order. Prints one JSON line: seconds,
and the latencies' median and 99th percentile in milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import uvloop


class Client(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last one is complete."""

    def __init__(
        self, requests: Any, took: list[float], statuses: Counter[int], done: asyncio.Future[None]
    ) -> None:
        self._requests, self._took, self._statuses, self._done = requests, took, statuses, done
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        if not mark:
            return
        status = int(head[9:12])
        place = head.find(b"content-length: ")
        expected = (
            0
            if place < 0
            else int(head[place + 16 : head.find(b"\r", place) if b"\r" in head[place:] else None])
        )
        if status != 304 and len(body) < expected:
            return
        self._took.append(time.perf_counter() - self._began)
        self._statuses[status] += 1
        self._received = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            if not self._done.done():
                self._done.set_result(None)
            return
        self._began = time.perf_counter()
        self._transport.write(request)


async def load(given: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    requests = iter([text.encode("latin-1") for text in given["requests"]])
    took: list[float] = []
    statuses: Counter[int] = Counter()
    began = time.perf_counter()
    waits = []
    for _ in range(given["connections"]):
        done = loop.create_future()
        await loop.create_connection(
            lambda done=done: Client(requests, took, statuses, done), given["host"], given["port"]
        )
        waits.append(done)
    await asyncio.gather(*waits)
    seconds = time.perf_counter() - began
    took.sort()
    return {
        "seconds": seconds,
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[len(took) * 99 // 100] * 1000,
        "statuses": statuses,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(load(json.loads(Path(sys.argv[1]).read_text(encoding="latin-1"))))))

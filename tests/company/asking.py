"""Many requests in one go, straight to the application: a test client takes longer to ask than the API to answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from litestar.testing import TestClient

_OF_ONE_REQUEST = re.compile(rb'"(?:request_id|instance)":"[^"]*",?')


@dataclass(frozen=True)
class Told:
    """`said` is everything in the answer: its head and its body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def said(self) -> bytes:
        return b"\n".join(b": ".join(pair) for pair in self.headers) + b"\n" + self.body

    @property
    def meant(self) -> tuple[int, str]:
        """Without what every request has of its own."""
        return self.status, _OF_ONE_REQUEST.sub(b"", self.body).decode()


def ask(client: TestClient[Any], key: str, addresses: Iterable[str]) -> dict[str, Told]:
    """The answers to GETs with this key, by address; `client` must be open."""

    async def every() -> dict[str, Told]:
        return {address: await _one(client.app, key, address) for address in addresses}

    return client.blocking_portal.call(every)


async def _one(app: Any, key: str, address: str) -> Told:
    path, _, query = address.partition("?")
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"authorization", f"Bearer {key}".encode()), (b"host", b"hub")],
        "client": ("127.0.0.1", 1),
        "server": ("hub", 80),
        "state": {},
    }
    await app(scope, receive, send)
    body = b"".join(one.get("body", b"") for one in sent[1:])
    return Told(sent[0]["status"], tuple(map(tuple, sent[0]["headers"])), body)

"""Each answer carries `X-Request-Id`: the client's own where it sent a usable one, else a new one."""

from __future__ import annotations

import re
from uuid import uuid4

from litestar.types import Message, Scope

NAME = "X-Request-Id"
_HEADER = NAME.lower().encode()
_USABLE = re.compile(rb"[A-Za-z0-9._-]{1,128}")  # goes into logs and headers: nothing that could break a line
_KEY = "saldo_request_id"


def of(scope: Scope) -> str:
    """Give the id of the request; the same one however often it is asked for."""
    state = scope["state"]
    if _KEY not in state:
        sent = next((value for name, value in scope["headers"] if name == _HEADER), b"")
        state[_KEY] = sent.decode() if _USABLE.fullmatch(sent) else uuid4().hex
    return str(state[_KEY])


async def stamp(message: Message, scope: Scope) -> None:
    """Add the id to the head of an answer, and keep answers out of shared caches."""
    if message["type"] == "http.response.start":
        own = [(_HEADER, of(scope).encode())]
        if not any(name == b"cache-control" for name, _ in message["headers"]):
            own.append((b"cache-control", b"private, no-cache"))
        message["headers"] = [*message["headers"], *own]

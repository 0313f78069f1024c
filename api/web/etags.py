"""A strong ETag on every answer to a GET, made of its bytes, and 304 for who has them already.

It saves sending, not working: answers whose version is known without them have a way of their own.
"""

from __future__ import annotations

import hashlib

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from api.web.callers import PROTECTED

_DIGEST_CHARS = 32
_VARY = (b"vary", b"Authorization")
_OF_THE_BODY = (b"content-length", b"content-type", b"content-encoding")


def tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:_DIGEST_CHARS]}"'


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has what has this tag (RFC 9110, 13.1.2: compared without regard to W/)."""
    if if_none_match is None:
        return False
    sent = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in sent or sent == ["*"]


def middleware(app: ASGIApp) -> ASGIApp:
    """Tag what `app` answers under /v1 in one piece with 200; everything else passes as it is."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] != ScopeType.HTTP
            or scope["method"] != "GET"
            or not scope["path"].startswith(PROTECTED)
        ):
            await app(scope, receive, send)
            return
        await app(scope, receive, _tagging(Headers.from_scope(scope).get("if-none-match"), send))

    return answer


def _tagging(if_none_match: str | None, send: Send) -> Send:
    held: list[HTTPResponseStartEvent] = []

    async def tagged(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            held.append(message)
            return
        if not held or message["type"] != "http.response.body":
            await send(message)
            return
        start = held.pop()
        if message["more_body"] or any(name.lower() == b"etag" for name, _ in start["headers"]):
            await send(start)
            await send(message)
            return
        etag = tag(message["body"])
        start["headers"] = [*start["headers"], (b"etag", etag.encode()), _VARY]
        if matches(if_none_match, etag):
            start["status"] = 304
            start["headers"] = [one for one in start["headers"] if one[0].lower() not in _OF_THE_BODY]
            message["body"] = b""
        await send(start)
        await send(message)

    return tagged

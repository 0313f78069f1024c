"""The one place that sends events: to the address that was looked at, and nowhere else.

A webhook's owner chooses where we connect to. So its name is resolved once, what it resolves to must be of the
open Internet (or of a host that the settings name), and the connection goes to just that; no redirect is
followed, no proxy and no login of ours is used, and nothing of the answer is kept but its status.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import certifi

from connectors import reception
from schemas.settings import Secret
from schemas.signing import HEADERS, sign
from schemas.webhooks import LONGEST_ASKED, Address, Outcome, address, is_public

TIMEOUT_S = 10.0
ENOUGH = 64 * 1024  # of an answer's body: who says more gets a new connection next time

Resolve = Callable[..., Sequence[tuple[Any, ...]]]


class _RefusedError(Exception):
    """There is no connection to be had; the argument says why, as `Outcome.error` does."""


@dataclass(slots=True)
class Line:
    """A connection to one receiver, kept open from message to message. Of one thread."""

    sender: Sender
    url: str
    _connection: http.client.HTTPConnection | None = None

    def post(self, message_id: str, body: bytes, secrets: Sequence[Secret]) -> Outcome:
        """Send one message, signed by every secret, within the sender's `timeout_s`: connecting and answering."""
        started = time.monotonic()
        with _Deadline(self.sender.timeout_s) as deadline:
            try:
                where = self.sender.address(self.url)
                headers = self._headers(where, message_id, body, secrets)
                status, asked = self._insist(where, headers, body, deadline)
                return Outcome(status, time.monotonic() - started, asked=asked)
            except (_RefusedError, OSError, http.client.HTTPException) as error:
                self.close()
                said = "timeout" if deadline.is_over or isinstance(error, TimeoutError) else _reason(error)
                return Outcome(None, time.monotonic() - started, said)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _headers(
        self, where: Address, message_id: str, body: bytes, secrets: Sequence[Secret]
    ) -> dict[str, str]:
        sent = str(int(self.sender.wall()))
        signatures = " ".join(f"v1,{sign(message_id, sent, body, secret)}" for secret in secrets)
        own = {"Host": where.authority, "Content-Type": "application/json", "User-Agent": "saldo-webhooks"}
        return {**own, **dict(zip(HEADERS, (message_id, sent, signatures), strict=True))}

    def _insist(
        self, where: Address, headers: dict[str, str], body: bytes, deadline: _Deadline
    ) -> tuple[int, timedelta]:
        """A receiver may have closed a connection that was kept open: then once more on a new one."""
        if self._connection is not None:
            try:
                return self._exchange(where, headers, body, deadline)
            except OSError:
                self.close()
                if deadline.is_over:
                    raise
        return self._exchange(where, headers, body, deadline)

    def _exchange(
        self, where: Address, headers: dict[str, str], body: bytes, deadline: _Deadline
    ) -> tuple[int, timedelta]:
        connection = self._connection = self._connection or self._opened(where, deadline)
        deadline.watch(connection.sock)
        connection.sock.settimeout(deadline.left_s())
        connection.request("POST", where.target, body, headers)
        response = connection.getresponse()
        asked_s = reception.retry_after(response.headers.get("Retry-After")) or 0
        self._finish(connection, response)
        return response.status, timedelta(seconds=min(asked_s, LONGEST_ASKED.total_seconds()))

    def _finish(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        """The status is what counts: a body that does not end, or breaks, costs the connection only."""
        with suppress(OSError, http.client.HTTPException):
            response.read(ENOUGH)
        if connection.sock is None or not response.isclosed():
            self.close()

    def _opened(self, where: Address, deadline: _Deadline) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(where.host, where.port)
        connection.auto_open = 0  # it would resolve the name again, and take whatever that gives
        plain = _connect(self.sender.found(where), deadline)
        connection.sock = self._secured(plain, where.host, deadline) if where.scheme == "https" else plain
        return connection

    def _secured(self, plain: socket.socket, host: str, deadline: _Deadline) -> ssl.SSLSocket:
        opened = self.sender.trusted.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        deadline.watch(opened)
        try:
            opened.do_handshake()
        except OSError:
            opened.close()
            raise
        return opened


@dataclass
class Sender:
    """`own_hosts` may be plain HTTP and in our network. `ca_bundle`: whom to trust, if not the usual ones."""

    own_hosts: tuple[str, ...]
    ca_bundle: str | None = None
    timeout_s: float = TIMEOUT_S
    wall: Callable[[], float] = time.time
    resolve: Resolve = field(default=socket.getaddrinfo)

    @contextmanager
    def line(self, url: str) -> Iterator[Line]:
        """A line to this URL, closed after the block."""
        line = Line(self, url)
        try:
            yield line
        finally:
            line.close()

    @cached_property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_bundle or certifi.where())

    def address(self, url: str) -> Address:
        """Where the URL leads, if the settings let it: they may have been changed since it was given."""
        try:
            return address(url, self.own_hosts)
        except ValueError as error:
            raise _RefusedError("address_refused") from error

    def found(self, where: Address) -> list[tuple[Any, ...]]:
        """What its name resolves to, if we may connect to all of it."""
        try:
            found = self.resolve(where.host, where.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _RefusedError("name_unknown") from error
        if not where.is_own and not all(is_public(str(one[4][0])) for one in found):
            raise _RefusedError("address_refused")
        return list(found)


class _Deadline:
    """Ends whatever goes on over a socket when the time is over, however slowly the other side talks."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._socket = None

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._until

    def left_s(self) -> float:
        return max(self._until - time.monotonic(), 0.001)

    def watch(self, opened: socket.socket) -> None:
        self._socket = opened

    def _end(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(
                    self._socket, socket.SHUT_RDWR
                )  # TLS's own would wait for the other side


def _connect(found: Sequence[tuple[Any, ...]], deadline: _Deadline) -> socket.socket:
    """A connection to the first of these addresses that takes one."""
    failure: OSError | None = None
    for family, kind, protocol, _, target in found:
        if deadline.is_over:
            break
        opened = socket.socket(family, kind, protocol)
        try:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # head and body are sent one by one
            opened.settimeout(deadline.left_s())
            opened.connect(target)
            return opened
        except OSError as error:
            opened.close()
            failure = error
    raise _RefusedError("not_connected") from failure


def _reason(error: Exception) -> str:
    if isinstance(error, _RefusedError):
        return str(error)
    return "certificate_not_trusted" if isinstance(error, ssl.SSLCertVerificationError) else "no_answer"

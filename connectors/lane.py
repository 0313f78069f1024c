"""One HTTP session to a base and the 1C session (licence) behind it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import requests

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]

IB_COOKIE = "ibsession"


def basic(user: str, password: str) -> str:
    """The Basic header in UTF-8: `requests` writes Latin-1, which no Cyrillic user name survives."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")


@dataclass(slots=True)
class Carried:
    """A body that knows whether any of it was sent. Where nothing was, nothing can have been done with it."""

    body: bytes = field(repr=False)
    begun: bool = False

    def __len__(self) -> int:
        return len(self.body)

    def __iter__(self) -> Iterator[bytes]:
        self.begun = True
        yield self.body


@dataclass(frozen=True, slots=True)
class Message:
    """What a request carries: `about` names the function that is called.

    `carried` is the same body, where it is to be known whether any of it was sent.
    """

    about: str
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()
    carried: Carried | None = field(default=None, repr=False)


@dataclass(slots=True)
class Lane:
    """Used by one thread at a time.

    With `wants_ib_session` the first request asks 1C to keep a session; a base that is not set up for it
    brings no cookie, and then nothing more is asked. `opened` counts the sessions: one, and one more for each
    that ended and was started again; a base that brings no cookie reuses one by itself.
    """

    session: requests.Session
    headers: dict[str, str] = field(repr=False)  # the login is among them
    wants_ib_session: bool
    cookies: dict[str, str] = field(default_factory=dict, repr=False)
    opened: int = 0

    def send(
        self, url: str, timeout: tuple[float, float], method: Method = "GET", message: Message | None = None
    ) -> requests.Response:
        """One request; what a POST brings is what its function gives, in whatever form its message does not name."""
        headers = {**self.headers, "Accept": "*/*"} if method == "POST" else dict(self.headers)
        headers.update(message.headers if message else ())
        kept = self.cookies.get(IB_COOKIE)
        if self.wants_ib_session and kept is None:
            headers["IBSession"] = "start"
        body = (message.carried or message.body) if message else None
        response = self._send(method, url, headers, timeout, body)
        self.cookies.update({cookie.name: cookie.value or "" for cookie in response.cookies})
        if response.ok:
            self.wants_ib_session = self.wants_ib_session and self.keeps_session
        if self.cookies.get(IB_COOKIE) != kept or (response.ok and self.opened == 0):
            self.opened += 1
        return response

    @property
    def keeps_session(self) -> bool:
        return IB_COOKIE in self.cookies

    def forget_ib_session(self) -> bool:
        """Drop the 1C session, so that the next request starts another; tells whether there was one."""
        return self.cookies.pop(IB_COOKIE, None) is not None

    def close(self, base_url: str, timeout_s: float) -> None:
        """Give the licence back. A base that does not answer any more ends the session by itself."""
        if IB_COOKIE in self.cookies:
            with suppress(requests.RequestException, OSError):
                self._send(
                    "GET", base_url, {**self.headers, "IBSession": "finish"}, (timeout_s, timeout_s)
                ).close()
        self.session.close()

    def _send(
        self,
        method: Method,
        url: str,
        headers: dict[str, str],
        timeout: tuple[float, float],
        body: bytes | Carried | None = None,
    ) -> requests.Response:
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        prepared = requests.Request(method, url, headers=headers, data=body).prepare()
        prepared.url = url  # as encoded by us: `requests` would decode and encode it again
        settings = self.session.merge_environment_settings(url, {}, True, None, None)
        return self.session.send(prepared, timeout=timeout, allow_redirects=False, **settings)

"""The one place that sends. A bounded set of lanes (one HTTP session each) shares a base between threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import requests

from connectors import reception
from connectors.answers import Reason, decode_error
from connectors.lane import Lane, basic
from connectors.retrying import Patience, TryAgain
from schemas.errors import SourceError, SourceUnavailableError
from schemas.settings import SourceSettings
from schemas.source import RawPage

SessionFactory = Callable[[], requests.Session]


@dataclass(slots=True)
class Statistics:
    """What a client did so far.

    `seconds` are spent waiting for the source, summed over parallel requests. `clock_ahead_s` is how far the
    web server's clock was before ours in its last answer.
    """

    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    bytes: int = 0
    clock_ahead_s: float | None = None


@dataclass(slots=True)
class Transport:
    """Sends GET requests to one base: never more than `limits.sessions` at once, each with patience."""

    source: SourceSettings
    headers: dict[str, str]
    ib_session: bool
    sleep: Callable[[float], None] | None = None
    session_factory: SessionFactory = requests.Session
    statistics: Statistics = field(default_factory=Statistics)
    _free: list[Lane] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    _patience: Patience = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _permits: threading.BoundedSemaphore = field(init=False)
    _closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        limits = self.source.limits
        self._patience = Patience(limits.attempts, limits.retry_for_s, self.sleep or self._nap)
        self._permits = threading.BoundedSemaphore(self.source.limits.sessions)

    def get(self, target: str, *, expect: reception.Expected, totals: bool = False) -> RawPage:
        """Fetch `target` (relative to the base, encoded), trying again while that may help."""
        return self._patience.insist(lambda: self._attempt(target, expect, totals), self._count_retry)

    def hurry(self) -> None:
        """Let pauses end and no attempt start: whoever waits in another thread fails now."""
        self._closed.set()

    def close(self) -> None:
        """End every 1C session that was opened, then the connections."""
        while self.lanes:
            self.lanes.pop().close(self.source.base_url, self.source.timeouts.connect_s)
        self._free.clear()

    def _nap(self, seconds: float) -> None:
        self._closed.wait(seconds)

    def _attempt(self, target: str, expect: reception.Expected, totals: bool) -> RawPage:
        if self._closed.is_set():
            raise SourceUnavailableError(
                "the reading was stopped", hint="run it again", source=self.source.id
            )
        with self._lane() as lane:
            try:
                return self._once(lane, target, expect, totals)
            except SourceError as refused:
                if refused.context.get("reason") != "session" or not lane.forget_ib_session():
                    raise
                return self._once(lane, target, expect, totals)

    def _once(self, lane: Lane, target: str, expect: reception.Expected, totals: bool) -> RawPage:
        timeouts = self.source.timeouts
        wait = (timeouts.connect_s, timeouts.totals_s if totals else timeouts.read_s)
        started, fetched_at = time.monotonic(), datetime.now(UTC)
        body = b""
        try:
            with lane.send(f"{self.source.base_url.rstrip('/')}/{target}", wait) as response:
                self.statistics.clock_ahead_s = reception.clock_ahead(response.headers.get("Date"))
                body = reception.read(response, self.source.limits.body_cap_bytes, target, self.source.id)
        except (requests.RequestException, OSError) as error:
            raise self._no_answer(error, target) from error
        finally:
            seconds = time.monotonic() - started
            self._count(seconds, len(body))
        if response.status_code != 200:
            raise self._error(response, body, target)
        reception.check(expect, response.headers.get("Content-Type", ""), body, target, self.source.id)
        return RawPage(target, body, fetched_at, seconds, response.headers.get("Content-Type", ""))

    def _error(self, response: requests.Response, body: bytes, target: str) -> SourceError | TryAgain:
        verdict = decode_error(response.status_code, body, request=target, source=self.source.id)
        if verdict.pace is None:
            return verdict.error
        return TryAgain(
            verdict.error, verdict.pace, reception.retry_after(response.headers.get("Retry-After"))
        )

    def _no_answer(self, error: Exception, target: str) -> SourceError | TryAgain:
        what, hint = (
            "cannot be reached",
            "check base_url, the network and whether the web server runs: saldo check",
        )
        reason: Reason | None = None
        if isinstance(error, requests.ReadTimeout):
            what, hint = (
                "did not answer in time",
                "raise timeouts.read_s or lower limits.page_rows of this source",
            )
            reason = "timeout"
        elif isinstance(error, requests.exceptions.SSLError):
            what, hint = (
                "has no trusted certificate",
                "name its authority's certificate in REQUESTS_CA_BUNDLE",
            )
        failure = SourceUnavailableError(
            f"the accounting system {what} ({type(error).__name__})",
            hint=hint, source=self.source.id, request=target, reason=reason,
        )  # fmt: skip
        permanent = isinstance(error, requests.exceptions.SSLError | requests.exceptions.InvalidURL)
        return failure if permanent else TryAgain(failure, "soon")

    @contextmanager
    def _lane(self) -> Iterator[Lane]:
        with self._permits:
            with self._lock:
                lane = self._free.pop() if self._free else None
            lane = lane or self.new_lane()
            try:
                yield lane
            finally:
                with self._lock:
                    self._free.append(lane)

    def new_lane(self) -> Lane:
        """One more HTTP session, closed with the others."""
        headers = {**self.headers, "Authorization": basic(self.source.user, self.source.password.value)}
        lane = Lane(self.session_factory(), headers, wants_ib_session=self.ib_session)
        with self._lock:
            self.lanes.append(lane)
        return lane

    def _count(self, seconds: float, size: int) -> None:
        with self._lock:
            self.statistics.requests += 1
            self.statistics.seconds += seconds
            self.statistics.bytes += size

    def _count_retry(self) -> None:
        with self._lock:
            self.statistics.retries += 1

"""The one place that sends. A bounded set of lanes (one HTTP session each) shares a base between threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import requests

from connectors import addresses, reception
from connectors.asking import ODATA, Ask, Manners
from connectors.governor import Governor
from connectors.lane import Lane, Message, basic
from connectors.retrying import Patience, TryAgain
from connectors.statistics import Statistics
from schemas.errors import SourceError, SourceUnavailableError
from schemas.settings import SourceSettings
from schemas.source import RawPage

SessionFactory = Callable[[], requests.Session]
Gate = Callable[[], None]
GOOD = (200, 201, 204)
BUSY = (406, 429, 503)


@dataclass(slots=True)
class Transport:
    """Sends requests to one base: never more than `limits.sessions` at once, each with patience.

    What is tried again may be: reading changes nothing, and asking for a package of changes twice is the same
    as once. `gate` is called before every request and may raise, from any thread. `shared` is the governor of
    another protocol of the same base: what is asked of it counts together.
    """

    source: SourceSettings
    headers: dict[str, str]
    ib_session: bool
    sleep: Callable[[float], None] | None = None
    session_factory: SessionFactory = requests.Session
    gate: Gate | None = None
    clock: Callable[[], float] = time.monotonic
    statistics: Statistics = field(default_factory=Statistics)
    manners: Manners = ODATA
    shared: Governor | None = None
    governor: Governor = field(init=False)
    _free: list[Lane] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    _patience: Patience = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        limits = self.source.limits
        self._patience = Patience(limits.attempts, limits.retry_for_s, self.sleep or self._nap)
        self.governor = self.shared or Governor(limits.sessions)

    def get(self, target: str, *, expect: reception.Expected, totals: bool = False) -> RawPage:
        """Fetch `target`, trying again while that may help."""
        timeouts = self.source.timeouts
        return self._insist(Ask(target, expect, timeouts.totals_s if totals else timeouts.read_s))

    def post(
        self,
        target: str,
        *,
        expect: reception.Expected,
        wait_s: float,
        enough: reception.Enough | None = None,
        attempts: int | None = None,
        message: Message | None = None,
    ) -> RawPage:
        """Call a function, trying again while that may help, or as often as `attempts` says."""
        return self._insist(Ask(target, expect, wait_s, "POST", enough, message), attempts)

    def send(self, ask: Ask) -> RawPage:
        """One attempt and no other, whatever comes of it: for what changes the base."""
        if (rest_s := self.governor.rest_s()) > 0:
            self._patience.sleep(rest_s)
        try:
            with self._turn() as lane:
                return self._only(lane, ask)
        except TryAgain as again:
            raise again.error from again.__cause__

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

    def _insist(self, ask: Ask, attempts: int | None = None) -> RawPage:
        if (rest_s := self.governor.rest_s()) > 0:
            self._patience.sleep(rest_s)
        patience = replace(self._patience, attempts=attempts or self._patience.attempts)
        return patience.insist(lambda: self._attempt(ask), self._count_retry)

    def _attempt(self, ask: Ask) -> RawPage:
        with self._turn() as lane:
            try:
                return self._once(lane, ask)
            except SourceError as refused:
                if refused.context.get("reason") != "session" or not lane.forget_ib_session():
                    raise
                return self._once(lane, ask)

    @contextmanager
    def _turn(self) -> Iterator[Lane]:
        """A lane of one's own, as soon as the governor lets one more request through."""
        with self.governor.turn():
            if self._closed.is_set():
                raise SourceUnavailableError(
                    "the reading was stopped", hint="run it again", source=self.source.id
                )
            with self._lane() as lane:
                yield lane

    def _only(self, lane: Lane, ask: Ask) -> RawPage:
        """A session that the base has forgotten is forgotten here too: the next request starts another."""
        try:
            return self._once(lane, ask)
        except (SourceError, TryAgain) as error:
            told = error.error if isinstance(error, TryAgain) else error
            if told.context.get("reason") == "session":
                lane.forget_ib_session()
            raise

    def _once(self, lane: Lane, ask: Ask) -> RawPage:
        if self.gate is not None:
            self.gate()
        target, source, manners = ask.name, self.source, ask.manners or self.manners
        started, fetched_at = self.clock(), datetime.now(UTC)
        body = b""
        try:
            url = addresses.absolute(source.base_url, ask.target)
            timeout = (source.timeouts.connect_s, ask.wait_s)
            with lane.send(url, timeout, ask.method, ask.message) as response:
                self.statistics.clock_ahead_s = reception.clock_ahead(response.headers.get("Date"))
                enough = ask.enough if response.status_code in GOOD else None
                body = reception.read(response, source.limits.body_cap_bytes, target, source.id, enough)
        except (requests.RequestException, OSError) as error:
            raise manners.silence(error, target, source.id) from error
        finally:
            seconds = self.clock() - started
            self._count(seconds, len(body))
        if response.status_code not in GOOD:
            raise self._error(response, body, target, manners)
        self.governor.answered(ask.kind, seconds, len(body))
        media_type = response.headers.get("Content-Type", "")
        manners.check("nothing" if enough else ask.expect, media_type, body, target, source.id)
        return RawPage(target, body, fetched_at, seconds, media_type)

    def _error(
        self, response: requests.Response, body: bytes, target: str, manners: Manners
    ) -> SourceError | TryAgain:
        verdict = manners.judge(response.status_code, body, target, self.source.id)
        if verdict.pace is None:
            return verdict.error
        if response.status_code in BUSY or verdict.pace == "slow":
            self.governor.refused()
        return TryAgain(
            verdict.error, verdict.pace, reception.retry_after(response.headers.get("Retry-After"))
        )

    @contextmanager
    def _lane(self) -> Iterator[Lane]:
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
            self.statistics.count(seconds, size)
            self.statistics.sessions = sum(lane.opened for lane in self.lanes)

    def _count_retry(self) -> None:
        with self._lock:
            self.statistics.retries += 1

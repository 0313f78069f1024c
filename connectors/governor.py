"""How much is asked of a base at once: less while its answers slow down or it refuses, then slowly more again.

Additive increase, multiplicative decrease, as between any strangers who share a server: people work in the
base while the hub reads it.
"""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SLOWER = 3.0  # times the best half of the run
NOTICED_S = 1.0  # what is faster than this is not slow, whatever it was before
FEWEST = 8  # answers of a kind before they are compared
KEPT = 512
UNIT = 64 * 1024  # bytes that take about as long as the request itself
NEWEST = 0.3
PAUSE_S, LONGEST_PAUSE_S, NO_PAUSE_S = 0.5, 8.0, 0.05
RECOVERY = 0.8  # of the pause remains after a good answer
GROWTH = 0.25  # of a request more, for as many good answers as are allowed at once


@dataclass(slots=True)
class Kind:
    """Answers to requests of one kind: what each cost, in order, and moving averages.

    What an answer cost is its seconds by its size: a full window is not slow because the one before was empty.
    """

    costs: list[float] = field(default_factory=list)
    cost: float = 0.0
    seconds: float = 0.0

    def slow(self, seconds: float, size: int) -> bool:
        cost = seconds / (1 + size / UNIT)
        newest = NEWEST if self.costs else 1.0
        self.cost += newest * (cost - self.cost)
        self.seconds += newest * (seconds - self.seconds)
        if len(self.costs) < KEPT:
            insort(self.costs, cost)
        best = self.costs[: max(1, len(self.costs) // 2)]
        is_known = len(self.costs) >= FEWEST
        return is_known and self.seconds > NOTICED_S and self.cost > SLOWER * sum(best) / len(best)


@dataclass(slots=True)
class Governor:
    """Lets at most `most` requests through at once, fewer when the base is not well."""

    most: int
    clock: Callable[[], float] = time.monotonic
    pause_s: float = 0.0
    _allowed: float = field(init=False)
    _under_way: int = 0
    _to_settle: int = 0  # answers before another cut: those that were under way, and some after
    _not_before: float = 0.0
    _kinds: dict[str, Kind] = field(default_factory=dict)
    _turn: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self._allowed = float(self.most)

    @property
    def allowed(self) -> int:
        return max(1, int(self._allowed))

    def rest_s(self) -> float:
        """Seconds that the next request should wait."""
        with self._turn:
            return max(0.0, self._not_before - self.clock())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until one more request may be under way."""
        with self._turn:
            while self._under_way >= self.allowed:
                self._turn.wait()
            self._under_way += 1
        try:
            yield
        finally:
            with self._turn:
                self._under_way -= 1
                self._not_before = self.clock() + self.pause_s
                self._turn.notify_all()

    def answered(self, kind: str, seconds: float, size: int) -> None:
        with self._turn:
            if self._kinds.setdefault(kind, Kind()).slow(seconds, size):
                self._cut()
                return
            self._to_settle = max(0, self._to_settle - 1)
            self._allowed = min(float(self.most), self._allowed + GROWTH / self._allowed)
            self.pause_s = self.pause_s * RECOVERY if self.pause_s > NO_PAUSE_S else 0.0

    def refused(self) -> None:
        """The base had no session, licence or worker for a request."""
        with self._turn:
            self._cut()

    def _cut(self) -> None:
        """Halve what is asked at once, and look at as many answers before the next cut."""
        if self._to_settle > 0:
            self._to_settle -= 1
            return
        self._allowed = max(1.0, self._allowed / 2)
        self._to_settle = max(self._under_way - 1, self.allowed)
        self.pause_s = min(max(2 * self.pause_s, PAUSE_S), LONGEST_PAUSE_S)

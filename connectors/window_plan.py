"""Which windows to ask for next: arithmetic of time only."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from schemas.source import Scope
from schemas.types import WallClock

SECOND = timedelta(seconds=1)
FIRST = datetime(1, 1, 1)
LAST = datetime(3999, 12, 31, 23, 59, 59)  # 1C's dates end here
GROWTH = 2.0  # light answers
SHRINK = 1 / 8  # heavy answers


@dataclass(frozen=True, slots=True)
class Reach:
    """What was asked for: start <= period < end, None is open."""

    start: WallClock | None
    end: WallClock | None


@dataclass(slots=True)
class Plan:
    """Hands out windows one after another and changes their width by what the answers weighed.

    Never wider than `widest`: what follows a quiet month may be a busy day.

    Open ends are windows of their own before and after: a date 0209 or 2206 is read like any other.
    """

    history: datetime
    cursor: datetime
    stop: datetime
    width: timedelta
    widest: timedelta
    fill: float
    before: deque[Scope] = field(default_factory=deque)
    after: deque[Scope] = field(default_factory=deque)

    @classmethod
    def make(
        cls, reach: Reach, history: datetime, tomorrow: datetime,
        count: int | None, wanted: int, blind: timedelta, fill: float,
    ) -> Self:  # fmt: skip
        """Plan a reach of `count` records (None: unknown) in answers of about `wanted`."""
        start = datetime.fromisoformat(reach.start) if reach.start else history
        stop = datetime.fromisoformat(reach.end) if reach.end else max(tomorrow, start)
        start = min(start, stop)
        span = max(stop - start, SECOND)
        width = min(blind, timedelta(days=1)) if count is None else _whole(span * (wanted / max(count, 1)))
        plan = cls(history, start, stop, min(width, span), blind if count is None else 4 * width, fill)
        if count is not None and count <= wanted:
            plan.cursor = stop
            plan.before.append(Scope(reach.start, reach.end))
            return plan
        if reach.start is None:
            plan.before.append(Scope(None, _text(start)))
        if reach.end is None:
            plan.after.append(Scope(_text(stop), None))
        return plan

    def take(self) -> Scope | None:
        if self.before:
            return self.before.popleft()
        if self.cursor < self.stop:
            start, self.cursor = self.cursor, min(self.cursor + self.width, self.stop)
            return Scope(_text(start), _text(self.cursor))
        return self.after.popleft() if self.after else None

    def learn(self, scope: Scope, weight: float) -> None:
        """Take the weight of a window's answer (1.0 is full) into the width of the next ones."""
        if (wide := _width(scope)) is None:
            return
        factor = min(max(self.fill / weight, SHRINK), GROWTH) if weight else GROWTH
        self.width = min(_whole(wide * factor), max(self.widest, SECOND))

    def refused(self, scope: Scope) -> None:
        """A window was too much for the source: ask for half of it, and do not grow blindly beyond that."""
        if (wide := _width(scope)) is not None:
            self.width = min(self.width, _whole(wide / 2))
            self.widest = min(self.widest, wide)


def halves(scope: Scope, history: datetime, tomorrow: datetime) -> tuple[Scope, Scope] | None:
    """Split a window; None where it is a second already.

    Open ends are cut off at the edges of what is usual, and beyond them in the middle of what dates can be.
    """
    start = datetime.fromisoformat(scope.start) if scope.start else FIRST
    end = datetime.fromisoformat(scope.end) if scope.end else LAST
    if end - start <= SECOND:
        return None
    middle = start + _whole((end - start) / 2)
    if scope.start is None and start < history < end:
        middle = history
    elif scope.end is None and start < tomorrow < end:
        middle = tomorrow
    return Scope(scope.start, _text(middle)), Scope(_text(middle), scope.end)


def _width(scope: Scope) -> timedelta | None:
    if scope.start is None or scope.end is None:
        return None
    return datetime.fromisoformat(scope.end) - datetime.fromisoformat(scope.start)


def _whole(width: timedelta) -> timedelta:
    return max(SECOND, timedelta(seconds=int(width.total_seconds())))


def _text(moment: datetime) -> WallClock:
    return WallClock(moment.isoformat(timespec="seconds"))

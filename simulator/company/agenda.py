"""What happens when: every action of the company in the order of its moments."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

Action = Callable[..., None]
_Entry = tuple[int, int, Action, tuple[Any, ...]]


class Agenda:
    """Days are gone through one by one, so only what is planned ahead is held in memory."""

    __slots__ = ("_ahead", "_last", "_now", "_planned", "_today", "_today_entries")

    def __init__(self, last: int) -> None:
        self._last = last
        self._ahead: dict[int, list[_Entry]] = {}
        self._planned = 0
        self._today = -1
        self._now = 0
        self._today_entries: list[_Entry] = []

    def plan(self, day: int, second: int, action: Action, *details: Any) -> None:
        """What lies after the last day never happens; what lies before now happens now."""
        if day > self._last:
            return
        self._planned += 1
        if day > self._today:
            self._ahead.setdefault(day, []).append((second, self._planned, action, details))
        else:
            heappush(self._today_entries, (max(second, self._now), self._planned, action, details))

    def live(self, firm: Any, day: int) -> None:
        """Let `firm` do everything planned for a day, and what that in turn plans for the same day."""
        self._today, self._now = day, 0
        self._today_entries = self._ahead.pop(day, [])
        heapify(self._today_entries)
        while self._today_entries:
            self._now, _, action, details = heappop(self._today_entries)
            action(firm, day, self._now, *details)

"""The base's wall clock: what the accounting system takes for now."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The real time in a zone, moved by a jump; or a moment at which it stands still."""

    def __init__(self) -> None:
        self.zone = "Europe/Moscow"
        self.jump_s = 0.0
        self._stopped: datetime | None = None

    def stop(self, at: datetime | None) -> None:
        """Stand still at a naive moment; None lets it run again."""
        self._stopped = at

    def now(self) -> datetime:
        """Naive, in whole seconds, as 1C writes moments."""
        running = datetime.now(ZoneInfo(self.zone)).replace(tzinfo=None, microsecond=0)
        return (self._stopped or running) + timedelta(seconds=self.jump_s)

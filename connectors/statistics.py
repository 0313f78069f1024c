"""What reading costs the accounting system."""

from __future__ import annotations

from dataclasses import dataclass

NEWEST = 0.2  # the weight of the newest answer in the moving average


@dataclass(slots=True)
class Statistics:
    """What a client did so far.

    `seconds` are spent waiting for the source, summed over parallel requests; `pace_s` is their moving
    average by answer. `sessions` are those of 1C that were opened. `clock_ahead_s` is how far the web
    server's clock was before ours in its last answer.
    """

    requests: int = 0
    retries: int = 0
    sessions: int = 0
    seconds: float = 0.0
    pace_s: float = 0.0
    bytes: int = 0
    clock_ahead_s: float | None = None

    def count(self, seconds: float, size: int) -> None:
        self.pace_s = seconds if self.requests == 0 else self.pace_s + NEWEST * (seconds - self.pace_s)
        self.requests += 1
        self.seconds += seconds
        self.bytes += size

"""How often one address may ask what anybody may ask: a bucket of questions that fills up again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

PER_MINUTE = 30
MINUTE_S = 60
MOST_KNOWN = 10_000


@dataclass(slots=True)
class Visitors:
    """Of one process; an address that did not ask for a minute is forgotten."""

    per_minute: int = PER_MINUTE
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def may(self, address: str, now: datetime) -> bool:
        """Count a question; tells whether it is answered."""
        left = self._filled(address, now)
        if left < 1:
            return False
        if len(self._left) >= MOST_KNOWN and address not in self._left:
            self._forget(now)
        self._left[address] = (left - 1, now)
        return True

    def _filled(self, address: str, now: datetime) -> float:
        left, since = self._left.get(address, (float(self.per_minute), now))
        gained = max((now - since).total_seconds(), 0) * self.per_minute / MINUTE_S
        return min(float(self.per_minute), left + gained)

    def _forget(self, now: datetime) -> None:
        """A flood of addresses at once starts anew: none of them is answered less than it may be."""
        recent = {name: one for name, one in self._left.items() if (now - one[1]).total_seconds() < MINUTE_S}
        self._left = recent if len(recent) < MOST_KNOWN else {}

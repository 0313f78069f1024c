"""How often a key may ask: a bucket of requests that fills up again, per key and process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from api.errors import ProblemError
from schemas.api_keys import ApiKey

MINUTE_S = 60


@dataclass(slots=True)
class Rates:
    """`per_minute` is for keys that have no limit of their own; a whole minute's worth may come at once."""

    per_minute: int
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def take(self, key: ApiKey, now: datetime) -> None:
        """Count a request. Errors: ProblemError rate_limited, which tells when to come again."""
        limit = key.per_minute or self.per_minute
        left, since = self._left.get(key.number, (float(limit), now))
        left = min(limit, left + max((now - since).total_seconds(), 0) * limit / MINUTE_S)
        if left < 1:
            self._left[key.number] = (left, now)
            raise ProblemError(
                "rate_limited",
                f"This key may make {limit} requests a minute.",
                hint="Wait as long as Retry-After says; keep answers by their ETag, page with larger limits.",
                headers={"Retry-After": str(ceil((1 - left) * MINUTE_S / limit))},
            )
        self._left[key.number] = (left - 1, now)

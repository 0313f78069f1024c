"""How often a key may ask: a bucket of requests that fills up again, per key and process.

Answers tell what is left in `RateLimit` and `RateLimit-Policy`, as the IETF draft (ratelimit-headers, since its
version 08) has them: of the older RateLimit-Limit/-Remaining/-Reset no two services mean the same by Reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from api.web.errors import ProblemError
from schemas.api_keys import ApiKey

MINUTE_S = 60
MOST_BUCKETS = 10_000
_POLICY = "key"  # its name in the headers


@dataclass(frozen=True, slots=True)
class Quota:
    """`left` of `limit` requests a minute; the bucket is full again after `full_in_s`."""

    limit: int
    left: int
    full_in_s: int

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        return {
            b"ratelimit-policy": f'"{_POLICY}";q={self.limit};w={MINUTE_S}'.encode(),
            b"ratelimit": f'"{_POLICY}";r={self.left};t={self.full_in_s}'.encode(),
        }


@dataclass(slots=True)
class Rates:
    """`per_minute` is for keys that have no limit of their own; a whole minute's worth may come at once."""

    per_minute: int
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def take(self, key: ApiKey, now: datetime) -> None:
        """Count a request. Errors: ProblemError rate_limited, which tells when to come again."""
        limit, left = self._limit(key), self._filled(key, now)
        if left < 1:
            raise ProblemError(
                "rate_limited",
                f"This key may make {limit} requests a minute.",
                hint="Wait as long as Retry-After says; keep answers by their ETag, page with larger limits.",
                headers={"Retry-After": str(ceil((1 - left) * MINUTE_S / limit))},
            )
        if len(self._left) >= MOST_BUCKETS and key.number not in self._left:
            self._forget_full(now)
        self._left[key.number] = (left - 1, now)

    def quota(self, key: ApiKey, now: datetime) -> Quota:
        """What the key has left."""
        limit, left = self._limit(key), self._filled(key, now)
        return Quota(limit, int(left), ceil((limit - left) * MINUTE_S / limit))

    def _limit(self, key: ApiKey) -> int:
        return key.per_minute or self.per_minute

    def _filled(self, key: ApiKey, now: datetime) -> float:
        """A clock that was set back fills nothing and takes nothing."""
        limit = self._limit(key)
        left, since = self._left.get(key.number, (float(limit), now))
        return min(float(limit), left + max((now - since).total_seconds(), 0) * limit / MINUTE_S)

    def _forget_full(self, now: datetime) -> None:
        """A bucket that nobody took from for a minute is full, whatever its size; so is one that is not there."""
        self._left = {
            number: one for number, one in self._left.items() if (now - one[1]).total_seconds() < MINUTE_S
        }

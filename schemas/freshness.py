"""How old figures may be."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

State = Literal["fresh", "stale", "never"]


def age_s(as_of: datetime, now: datetime) -> int:
    """Whole seconds; 0 for what another machine's clock calls the future."""
    return max(int((now - as_of).total_seconds()), 0)


def state(as_of: datetime | None, now: datetime, target_s: int) -> State:
    """`never` where nothing was read yet."""
    if as_of is None:
        return "never"
    return "fresh" if age_s(as_of, now) <= target_s else "stale"

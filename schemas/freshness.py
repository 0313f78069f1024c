"""How old figures may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from schemas.settings import Cadence, Family, SourceSettings

State = Literal["fresh", "stale", "never"]


DEFAULT_CADENCE: dict[Family, Cadence] = {
    "reference": "1day",
    "parties": "1h",
    "documents": "15min",
    "settlements": "15min",
    "prices": "1h",
    "stock": "15min",
}

# Late once: a warning. Late for as long as somebody would notice: stale.
FRESH_FOR: dict[Cadence, tuple[timedelta, timedelta]] = {
    "instant": (timedelta(minutes=5), timedelta(minutes=15)),
    "15min": (timedelta(minutes=40), timedelta(hours=1)),
    "1h": (timedelta(hours=2), timedelta(hours=4)),
    "1day": (timedelta(hours=26), timedelta(hours=36)),
}
_MONEY: tuple[Family, ...] = ("documents", "settlements")


def target_s(source: SourceSettings, family: Family, fresh_for_s: int) -> int:
    """How old a family may be: what is about money as the hub says, the rest by how often it is read."""
    windows = FRESH_FOR.get(source.cadence.get(family, DEFAULT_CADENCE[family]))
    if family in _MONEY or windows is None:
        return fresh_for_s
    return max(fresh_for_s, int(windows[1].total_seconds()))


def age_s(as_of: datetime, now: datetime) -> int:
    """Whole seconds; 0 for what another machine's clock calls the future."""
    return max(int((now - as_of).total_seconds()), 0)


def state(as_of: datetime | None, now: datetime, target_s: int) -> State:
    """`never` where nothing was read yet."""
    if as_of is None:
        return "never"
    return "fresh" if age_s(as_of, now) <= target_s else "stale"

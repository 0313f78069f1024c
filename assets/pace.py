"""How often each family of data is pulled, and when it counts as stale."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from schemas.settings import Cadence, Family, SourceSettings

DEFAULT_CADENCE: dict[Family, Cadence] = {
    "reference": "1day",
    "parties": "1h",
    "documents": "15min",
    "settlements": "15min",
}

# Late once: a warning. Late for as long as somebody would notice: stale.
FRESH_FOR: dict[Cadence, tuple[timedelta, timedelta]] = {
    "instant": (timedelta(minutes=5), timedelta(minutes=15)),
    "15min": (timedelta(minutes=40), timedelta(hours=1)),
    "1h": (timedelta(hours=2), timedelta(hours=4)),
    "1day": (timedelta(hours=26), timedelta(hours=36)),
}


def cadence(settings: SourceSettings, family: Family) -> Cadence:
    return settings.cadence.get(family, DEFAULT_CADENCE[family])


def freshness(settings: SourceSettings, family: Family) -> dg.FreshnessPolicy | None:
    """What the asset's page shows as Fresh, Warning or Stale; nothing for a family that is never pulled."""
    windows = FRESH_FOR.get(cadence(settings, family))
    if windows is None:
        return None
    warn, fail = windows
    return dg.FreshnessPolicy.time_window(fail_window=fail, warn_window=warn)

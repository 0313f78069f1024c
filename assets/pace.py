"""How often each family of data is pulled, and when it counts as stale."""

from __future__ import annotations

import dagster as dg

from schemas.freshness import DEFAULT_CADENCE, FRESH_FOR
from schemas.settings import Cadence, Family, SourceSettings


def cadence(settings: SourceSettings, family: Family) -> Cadence:
    return settings.cadence.get(family, DEFAULT_CADENCE[family])


def freshness(settings: SourceSettings, family: Family) -> dg.FreshnessPolicy | None:
    """What the asset's page shows as Fresh, Warning or Stale; nothing for a family that is never pulled."""
    windows = FRESH_FOR.get(cadence(settings, family))
    if windows is None:
        return None
    warn, fail = windows
    return dg.FreshnessPolicy.time_window(fail_window=fail, warn_window=warn)

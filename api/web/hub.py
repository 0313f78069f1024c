"""What every handler needs: the settings, the store, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from api.web.errors import ProblemError
from schemas.settings import HubSettings, SourceSettings
from store.engine import Store


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Hub:
    settings: HubSettings
    store: Store
    clock: Callable[[], datetime] = utc_now

    def source(self, source_id: str) -> SourceSettings:
        for source in self.settings.sources:
            if source.id == source_id:
                return source
        raise ProblemError(
            "source_not_found",
            "The id names an accounting base that this hub does not read.",
            hint="Use an id that this hub gave out; if it used to work, ask the operator.",
        )

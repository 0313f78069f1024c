"""When a base is left alone: somebody paused it, or these are its quiet hours."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from schemas.errors import SourceUnavailableError
from schemas.settings import SourceSettings
from store import pauses
from store.engine import Store

LOOK_S = 2.0  # how long a look at the kill switch counts


def in_quiet_hours(source: SourceSettings, now: datetime) -> bool:
    """`now` is aware; hours may go over midnight."""
    clock = now.astimezone(source.time_zone).strftime("%H:%M")
    spans = (hours.split("-") for hours in source.quiet_hours)
    return any(
        start <= clock < end if start <= end else clock >= start or clock < end for start, end in spans
    )


def reason_to_wait(store: Store, source: SourceSettings, now: datetime) -> str | None:
    """Why nothing may be read by itself right now."""
    with store.reading() as tx:
        paused = pauses.get(tx, source.id)
    if paused is not None:
        return f"{source.id} was paused by {paused.paused_by}: {paused.reason}. `saldo resume {source.id}` ends it."
    return f"quiet hours of {source.id}" if in_quiet_hours(source, now) else None


def kill_switch(store: Store, source: SourceSettings) -> Callable[[], None]:
    """What a client calls before every request. Errors: SourceUnavailableError while the source is paused."""
    looked = 0.0

    def gate() -> None:
        nonlocal looked
        if time.monotonic() - looked < LOOK_S:
            return
        with store.reading() as tx:
            paused = pauses.get(tx, source.id)
        if paused is not None:
            raise SourceUnavailableError(
                f"reading was paused by {paused.paused_by}: {paused.reason}",
                hint=f"run `saldo resume {source.id}` when the base may be asked again",
                source=source.id,
            )
        looked = time.monotonic()

    return gate

"""Dropping old landed bytes while nobody reads, and what else is kept for a time only."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from assets import alone
from assets.source import Source
from store import events, notifications, retention
from store.engine import Store
from store.retention import Dropped


def tidy(store: Store, sources: Sequence[Source], older_than: datetime, *, run_id: str) -> Dropped:
    """Drop what `retention.drop` may, holding the readers' leases of all bases; notifications long done, old events.

    Errors: LeaseLostError where a reading takes longer than ten minutes to end.
    """
    with ExitStack() as held:
        for source in sources:
            held.enter_context(alone.reading(store, source.settings, run_id))
        dropped = retention.drop(store, older_than)
    with store.transaction() as tx:
        notifications.forget(tx, older_than)
        events.forget(tx, tx.now - events.KEPT_FOR)
    return dropped

"""From which moment on a mirror must ask next time, so that no change is lost that was on its way meanwhile.

A row carries the moment its transaction began; it is seen when that commits. Who asks for what changed since the
last change he saw misses a row that was stamped before it and committed after. So each answer names a moment that
lies before everything that may still come: the clock less a margin for hosts whose clocks differ, and on
PostgreSQL also before the oldest transaction that is under way. On SQLite writers come one after another; what
a writer that is at it now has stamped, the margin covers. What is then given twice, the receiver drops by id
and `updated_at`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from store.engine import Store

MARGIN = timedelta(minutes=5)
_CLOCKS = timedelta(minutes=1)  # how far clocks of the hub's hosts and of the database may differ

_OLDEST = text(
    "SELECT min(xact_start) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def safe(store: Store) -> datetime:
    """Give the moment; to be asked before the rows are read."""
    found = datetime.now(UTC) - MARGIN
    with store.reading() as tx:
        if tx.dialect != "postgresql":
            return found
        oldest: datetime | None = tx.connection.execute(_OLDEST).scalar()
    return found if oldest is None else min(found, oldest.astimezone(UTC) - _CLOCKS)

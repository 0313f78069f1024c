"""The kill switch: while a source is paused, nothing asks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from store.engine import Tx
from store.tables_of_change import PAUSE


@dataclass(frozen=True, slots=True)
class Pause:
    source: str
    paused_at: datetime
    paused_by: str
    reason: str


def pause(tx: Tx, source: str, *, by: str, reason: str) -> Pause:
    """Pause the source; a source that is paused keeps since when, and gets the new reason."""
    before = get(tx, source)
    done = Pause(source, before.paused_at if before else tx.now, by, reason)
    tx.connection.execute(delete(PAUSE).where(PAUSE.c.source == source))
    row = {"source": source, "paused_at": done.paused_at, "paused_by": by, "reason": reason}
    tx.connection.execute(insert(PAUSE).values(**row))
    return done


def resume(tx: Tx, source: str) -> bool:
    """Let the source be asked again; tells whether it was paused."""
    return bool(tx.connection.execute(delete(PAUSE).where(PAUSE.c.source == source)).rowcount)


def get(tx: Tx, source: str) -> Pause | None:
    row = tx.connection.execute(select(PAUSE).where(PAUSE.c.source == source)).one_or_none()
    return None if row is None else Pause(*row)

"""Having the accounting system draw a statement: its answers are landed before anything is made of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event

from assets import alone, manners
from assets.reconciliation import Drawn as Told
from assets.source import Source
from printing.checksum import checksum
from schemas.errors import SourceError
from schemas.reconciliation import StatementRequest
from schemas.source import RawPage, RawUnit, Scope
from schemas.statements import Why
from store import landing, pauses
from store.engine import Store
from store.statement_keeping import Drawn
from store.statements import StatementRow

ENTITY = "statement"  # of what is landed for statements
CONNECT_S = 5
ANSWERS_WITHIN_S = 25  # while somebody waits
FOLLOWS_WITHIN_S = 60  # when nobody does: a base that is only slow is heard then
AGAIN_AFTER, AGAIN_AT_MOST = timedelta(seconds=30), timedelta(minutes=15)
REFUSED_AGAIN = timedelta(hours=1)


def briefly(store: Store, source: Source, *, somebody_waits: bool) -> Source:
    """The source for a few questions: each asked once, and beside a pull with one session of our own."""
    own = source.settings
    most = ANSWERS_WITHIN_S if somebody_waits else FOLLOWS_WITHIN_S
    timeouts = replace(
        own.timeouts,
        connect_s=min(own.timeouts.connect_s, CONNECT_S),
        read_s=min(own.timeouts.read_s, most),
        totals_s=min(own.timeouts.totals_s, most),
    )
    sessions = 1 if alone.is_read(store, own) else own.limits.sessions
    limits = replace(own.limits, attempts=1, sessions=sessions)
    return replace(source, settings=replace(own, timeouts=timeouts, limits=limits))


def why_not(store: Store, source: Source, now: datetime) -> Why | None:
    """Why the accounting system may not be asked now."""
    with store.reading() as tx:
        if pauses.get(tx, source.id) is not None:
            return "source_paused"
    return "quiet_hours" if manners.in_quiet_hours(source.settings, now) else None


def again_at(row: StatementRow, why: Why, now: datetime) -> datetime:
    """When it is asked next. What only waits for people or the clock is due at once when that ends."""
    if why in ("source_paused", "quiet_hours"):
        return now
    if why == "source_refused":
        return now + REFUSED_AGAIN
    if why == "internal_error":
        return now + AGAIN_AT_MOST
    if row.why != why:
        return now + AGAIN_AFTER
    return now + min(max(now - row.created_at, AGAIN_AFTER), AGAIN_AT_MOST)


@dataclass(frozen=True, slots=True)
class Asking:
    """One run's questions to one base, from several threads; `away` is set by the first that got no answer."""

    store: Store
    source: Source
    run_id: str
    draw: Callable[[StatementRequest], Told]
    until: float  # by the monotonic clock
    away: Event = field(default_factory=Event)

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self.until

    def books(self, row: StatementRow) -> tuple[Drawn, int]:
        """What the accounting system says, and in how many answers. Errors: those of the connector."""
        at = datetime.now(UTC)
        told = [self._told(request) for request in row.asked.requests]
        units = tuple(self._land(row, one) for one in told)
        drawn = tuple(one.statement for one in told)
        pages = sum(len(one.pages) for one in told)
        return Drawn(drawn, checksum(drawn), at, self.run_id, units), pages

    def _told(self, request: StatementRequest) -> Told:
        try:
            return self.draw(request)
        except SourceError as error:
            if error.received is not None:
                said = str(error.context.get("request", ""))
                landing.save_refused(
                    self.store,
                    self.source.id,
                    ENTITY,
                    said,
                    error.received,
                    error.message,
                    run_id=self.run_id,
                )
            raise

    def _land(self, row: StatementRow, told: Told) -> int:
        """With what was sent, where something was: an answer says little without its question."""
        first = told.pages[0]
        sent = RawPage(f"{first.request} (sent)", told.sent, first.fetched_at, 0.0, "application/xml")
        unit = RawUnit(Scope(keys=(row.counterparty_id,)), (*((sent,) if told.sent else ()), *told.pages))
        return landing.save(self.store, self.source.id, ENTITY, unit, run_id=self.run_id, state="kept")

"""The nightly proof that nothing was missed: everything is held against what was told; and events too old to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from assets import differences, looking, telling
from assets.source import Source
from assets.telling import Told
from assets.what_to_tell import Moment
from schemas.settings import HubSettings
from store import events, marks, news, news_state, order_status, told_documents
from store.engine import Store, Tx

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Healed:
    """What was neither told nor marked, and is told now: zeros, or a fault to look for.

    `compared` is False where things changed so fast that nothing could be held against what was told.
    """

    documents: int
    counterparties: int
    orders: int
    told: Told
    compared: bool = True


def heal(store: Store, settings: HubSettings, source: Source, now: datetime) -> Healed:
    """Tell what is marked, then look for what should have been marked, and tell it; once a day."""
    found, missed = Told(), None
    for _ in range(_TRIES):
        found = _both(found, telling.tell(store, settings, source, now))
        with store.reading() as tx:
            missed = _missed(tx, settings, source, now)
        if missed is not None:
            break
    documents, parties, orders = missed or (set(), set(), set())
    with store.transaction() as tx:
        news.write(tx, source.id, [("document", one) for one in sorted(documents)])
        marks.parties(tx, source.id, parties)
        marks.orders(tx, source.id, orders)
        events.forget(tx, now - events.KEPT_FOR)
    found = _both(found, telling.tell(store, settings, source, now))
    return Healed(len(documents), len(parties), len(orders), found, missed is not None)


def _both(one: Told, other: Told) -> Told:
    return Told(one.events + other.events, one.looked_at + other.looked_at, done=other.done)


def _missed(
    tx: Tx, settings: HubSettings, source: Source, now: datetime
) -> tuple[set[str], set[str], set[str]] | None:
    """Documents, counterparties, orders. None where something waits to be looked at: what differs is not missed."""
    standing, known = news_state.of(tx, source.id), news.begun(tx, source.id)
    if standing.looked is None or standing.marked or looking.is_due(standing, settings, source, now):
        return None
    orders = order_status.every(tx, source.id)
    orders = {one.id for one in order_status.differing(tx, source.id, orders)}
    documents = {one.id for one in told_documents.differing(tx, source.id, known - {news.PARTIES})}
    if news.PARTIES not in known:
        return documents, set(), orders
    at = Moment(source.settings, looking.moment(standing.looked, now))
    parties: set[str] = set()
    every = iter(marks.known(tx, source.id))
    while some := list(islice(every, telling.MOST)):
        parties |= {change.id for change in differences.of_parties(tx, settings, at, some)}
    return documents, parties, orders

"""Notice what the storefront must be told, and tell it exactly once.

What is marked is judged in one consistent read; then the events, what was told and the marks taken away are written
in one transaction, which is undone where another process took any of these marks. Nothing is told twice, and a process
that dies leaves the marks.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from assets import differences, looking
from assets.source import Source
from assets.what_to_tell import Moment, of_document, of_party
from schemas.settings import HubSettings
from store import chain, events, marks, news, news_state, order_status, told, told_documents
from store.engine import Store, Tx
from store.events import NewEvent
from store.marks import Taken

MOST = 500  # subjects at once


@dataclass(frozen=True, slots=True)
class Told:
    """How many events were written, and subjects looked at; `done`: nothing is left to look at."""

    events: int = 0
    looked_at: int = 0
    done: bool = True


@dataclass(slots=True)
class _Found:
    told: list[told.Told] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)
    parties: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    statuses: list[order_status.Change] = field(default_factory=list)


class _OvertakenError(Exception):
    """Another process looked at the same."""


def tell(
    store: Store, settings: HubSettings, source: Source, now: datetime, *, budget_s: float = 20.0
) -> Told:
    """Tell what changed since the last call. With nothing marked on the same day this is one cheap query.

    Stops after `budget_s`; what is left stays marked for the next call.
    """
    give_up = time.monotonic() + budget_s
    with store.reading() as tx:
        standing = news_state.of(tx, source.id)
    if looking.is_due(standing, settings, source, now):
        found = Told(looking.look(store, settings, source, now))
    elif standing.marked:
        found = Told()
    else:
        return Told()
    while time.monotonic() < give_up:
        try:
            some = _tell_some(store, settings, source, now)
        except _OvertakenError:
            continue
        if some is None:
            return found
        found = Told(found.events + some.events, found.looked_at + some.looked_at)
    return Told(found.events, found.looked_at, done=False)


def _tell_some(store: Store, settings: HubSettings, source: Source, now: datetime) -> Told | None:
    with store.reading() as tx:
        taken = marks.take(tx, source.id, MOST)
        if taken is None:
            return None
        at = Moment(source.settings, looking.moment(news_state.of(tx, source.id).looked, now))
        known = news.begun(tx, source.id)
        found = _judge(tx, settings, at, taken, known)
    with store.transaction() as tx:
        tx.alone(f"tell {source.id}")
        if not marks.drop(tx, taken.marks):
            raise _OvertakenError
        if taken.kind == "everybody":
            _spread(tx, source, known)
        told.put(tx, source.id, found.told, at.now)
        marks.parties(tx, source.id, found.parties)
        marks.orders(tx, source.id, found.orders)
        written = events.add(tx, source.id, found.events, at.now)
        written += sum([order_status.keep(tx, change) for change in found.statuses])
    return Told(written, len(taken.subjects))


def _judge(tx: Tx, settings: HubSettings, at: Moment, taken: Taken, known: frozenset[str]) -> _Found:
    if taken.kind == "everybody":
        return _Found()
    if taken.kind == "order":
        return _Found(statuses=order_status.differing(tx, at.source.id, taken.subjects))
    if taken.kind == "document":
        return _documents(tx, at, taken.subjects, known)
    return _parties(tx, settings, at, taken.subjects, first=taken.kind == "first")


def _spread(tx: Tx, source: Source, known: frozenset[str]) -> None:
    """Mark every counterparty, the documents that differ, and orders: the rest is told in small steps."""
    if news.PARTIES in known:
        marks.everybody(tx, source.id)
    told_documents.mark(tx, source.id, known - {news.PARTIES})
    marks.orders(tx, source.id, order_status.every(tx, source.id))


def _documents(tx: Tx, at: Moment, ids: Collection[str], known: frozenset[str]) -> _Found:
    """A document may also date a debt, or be an order's: those who owe for it and the orders are looked at next."""
    source = at.source.id
    owners = told_documents.owners(tx, source, ids) if news.PARTIES in known else set()
    found = _Found(parties=owners, orders=order_status.orders_of(tx, source, chain.above(tx, source, ids)))
    for one in told_documents.differing(tx, source, known - {news.PARTIES}, ids):
        new = list(of_document(at, one))
        found.events += new
        found.told.append(told.Told(told_documents.TOPIC, one.id, new[-1].version, one.state))
    return found


def _parties(tx: Tx, settings: HubSettings, at: Moment, ids: Collection[str], *, first: bool) -> _Found:
    """With `first` what is true is taken as told, where nothing was told before."""
    found = _Found(orders=order_status.orders_of_parties(tx, at.source.id, ids))
    for change in differences.of_parties(tx, settings, at, ids):
        if first and change.version is None:
            found.told.append(told.Told(change.topic, change.id, 0, change.state))
        elif not first:
            version = (change.version or 0) + 1
            found.told.append(told.Told(change.topic, change.id, version, change.state))
            found.events.append(of_party(at, change.topic, change.id, change.state, version, change.facts))
    return found

"""The nightly proof that nothing was missed: everything is held against what was told; and events too old to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from assets import differences, telling
from assets.source import Source
from assets.telling import Told
from assets.what_to_tell import Moment
from schemas.settings import HubSettings
from store import events, marks, news, news_state, told_documents
from store.engine import Store, Tx


@dataclass(frozen=True, slots=True)
class Healed:
    """What was neither told nor marked, and is told now: zeros, or a fault to look for."""

    documents: int
    counterparties: int
    told: Told


def heal(store: Store, settings: HubSettings, source: Source, now: datetime) -> Healed:
    """Tell what is marked, then look for what should have been marked, and tell it; once a day."""
    first = telling.tell(store, settings, source, now)
    with store.reading() as tx:
        documents, parties = _missed(tx, settings, source)
    if documents or parties:
        with store.transaction() as tx:
            news.write(tx, source.id, [("document", one) for one in sorted(documents)])
            marks.parties(tx, source.id, parties)
    with store.transaction() as tx:
        events.forget(tx, now - events.KEPT_FOR)
    then = telling.tell(store, settings, source, now)
    both = Told(first.events + then.events, first.looked_at + then.looked_at, done=then.done)
    return Healed(len(documents), len(parties), both)


def _missed(tx: Tx, settings: HubSettings, source: Source) -> tuple[set[str], set[str]]:
    """Judged by the moment of the last look: what time alone has changed since is not missed."""
    looked, known = news_state.of(tx, source.id).looked, news.begun(tx, source.id)
    waiting = marks.marked(tx, source.id)
    if looked is None or "everybody" in waiting:
        return set(), set()
    differing = told_documents.differing(tx, source.id, known - {news.PARTIES})
    documents = {one.id for one in differing} - waiting.get("document", set())
    if news.PARTIES not in known or "first" in waiting:
        return documents, set()
    at, parties, every = Moment(source.settings, looked.at), set(), iter(marks.known(tx, source.id))
    while some := list(islice(every, telling.MOST)):
        parties |= {change.id for change in differences.of_parties(tx, settings, at, some)}
    return documents, parties - waiting.get("counterparty", set())

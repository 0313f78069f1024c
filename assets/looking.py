"""A look at a source as a whole: what changes without anybody writing, and what is told of for the first time."""

from __future__ import annotations

import hashlib
from datetime import datetime, time, timedelta

from assets.source import Source
from assets.what_to_tell import Moment, of_sync
from schemas import freshness
from schemas.settings import HubSettings
from store import events, marks, news, news_state, order_status, sync_state, told, told_documents
from store.engine import Store, Tx
from store.news_state import Looked, Standing
from store.told import Told

_SKEW = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
MADE_FROM = ("counterparty", "contract")  # beside the movements


def is_due(standing: Standing, settings: HubSettings, source: Source, now: datetime) -> bool:
    """Whether anything but what is marked may have changed."""
    looked = standing.looked
    if looked is None or looked.version != standing.version or looked.digest != digest(settings, source):
        return True
    return moment(looked, now) >= looked.next_at


def moment(looked: Looked | None, now: datetime) -> datetime:
    """The moment to judge by. It does not go back: two hosts' clocks differ, and midnight comes once.

    Unless the last look was by a clock that was plainly wrong.
    """
    if looked is None or looked.at - now > _SKEW:
        return now
    return max(now, looked.at)


def look(store: Store, settings: HubSettings, source: Source, now: datetime) -> int:
    """Mark whom the time, the settings or the age of the data may have changed; gives how many events it told."""
    with store.transaction() as tx:
        tx.alone(f"tell {source.id}")
        standing = news_state.of(tx, source.id)
        if not is_due(standing, settings, source, now):
            return 0
        at = Moment(source.settings, moment(standing.looked, now))
        known = news.begun(tx, source.id)
        began = _begin(tx, source, known)
        version = news.version(tx, source.id) if began else standing.version
        as_of = news_state.as_of(tx, source.id)
        told_events, flipped = _sync(tx, settings, at, as_of, first=standing.looked is None)
        if news.PARTIES in known and standing.looked is not None:
            _mark(tx, settings, source, standing.looked, at, flipped=flipped)
        news_state.put(tx, source.id, _looked(tx, settings, source, version, at, as_of))
    return told_events


def digest(settings: HubSettings, source: Source) -> str:
    """Of the settings that decide what is overdue, and what may be opened."""
    deciding = (settings.terms, settings.fresh_for_s, source.settings.time_zone.key)
    return hashlib.sha256(repr(deciding).encode()).hexdigest()


def documents_of(source: Source) -> list[str]:
    return [entity.name for entity in source.entities if entity.table.name == "document"]


def _begin(tx: Tx, source: Source, known: frozenset[str]) -> bool:
    """Take what a first reading brought as told; tells whether there was any.

    Under the source's version: who changes something meanwhile either has committed it, or will see that it is told.
    """
    new = news_state.read_to_the_end(tx, source.id, documents_of(source)) - known
    parties = news.PARTIES not in known and _has_balances(tx, source)
    if not new and not parties:
        return False
    news.count_up(tx, source.id)
    for entity in sorted(new):
        told_documents.begin(tx, source.id, entity)
        told.begin(tx, source.id, entity, tx.now)
    if new:
        marks.orders(tx, source.id, order_status.every(tx, source.id))
    if parties:
        marks.everybody(tx, source.id, "first")
        told.begin(tx, source.id, news.PARTIES, tx.now)
    return True


def _has_balances(tx: Tx, source: Source) -> bool:
    movements = {entity.name for entity in source.entities if entity.totals is not None}
    needed = movements | {entity.name for entity in source.entities if entity.table.name in MADE_FROM}
    read = news_state.read_to_the_end(tx, source.id, needed)
    return read == needed and bool(movements) and news_state.derived(tx, source.id, movements)


def _sync(
    tx: Tx, settings: HubSettings, at: Moment, as_of: datetime | None, *, first: bool
) -> tuple[int, bool]:
    """Tell where the data became doubtful, or is no longer. Gives how many events, and whether its age counts anew."""
    source = at.source.id
    age = freshness.state(as_of, at.now, settings.fresh_for_s)
    reasons = {"fresh": [], "stale": ["data_stale"], "never": ["data_never_read"]}[age]
    if sync_state.agreed(tx, source).state == "differs":
        reasons.append("data_differs")
    before = told.of(tx, source, ["sync"], [source]).get(("sync", source), Told("sync", source, 0, {}))
    said = before.state.get("reasons", [])
    if reasons == said:
        return 0, False
    version = before.version if first else before.version + 1
    state = {"reasons": reasons} if reasons else told.NOTHING
    told.put(tx, source, [Told("sync", source, version, state)], at.now)
    flipped = {*reasons} ^ {*said} != {"data_differs"}
    return (0 if first else events.add(tx, source, [of_sync(at, reasons, version, as_of)], at.now)), flipped


def _mark(
    tx: Tx, settings: HubSettings, source: Source, before: Looked, at: Moment, *, flipped: bool
) -> None:
    today = at.now.astimezone(source.settings.time_zone).date()
    if before.digest != digest(settings, source):
        marks.everybody(tx, source.id)
    elif flipped or before.day != today:
        marks.by_the_day(tx, source.id)
    marks.expired(tx, source.id, at.now)


def _looked(
    tx: Tx, settings: HubSettings, source: Source, version: int, at: Moment, as_of: datetime | None
) -> Looked:
    zone = source.settings.time_zone
    today = at.now.astimezone(zone).date()
    changes = [datetime.combine(today + timedelta(days=1), time.min, zone)]
    expiry = marks.next_expiry(tx, source.id, at.now)
    if expiry is not None:
        changes.append(expiry)
    if freshness.state(as_of, at.now, settings.fresh_for_s) == "fresh" and as_of is not None:
        changes.append(as_of + timedelta(seconds=settings.fresh_for_s) + _SECOND)
    return Looked(today, at.now, version, min(changes), digest(settings, source))

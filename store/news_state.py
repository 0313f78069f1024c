"""How far each source was looked at, and whether there is anything to look for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, literal_column, select

from store import inserts
from store.engine import Tx
from store.tables import BALANCE_STATE, LANDING_UNIT, WATERMARK
from store.tables_of_news import NEWS, NEWS_STATE, SOURCE_VERSION


@dataclass(frozen=True, slots=True)
class Looked:
    """`day` of the source's zone was looked at; nothing changes by itself before `next_at`."""

    day: date
    at: datetime
    version: int
    next_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`looked` is None before the first look; `version` is the source's now."""

    looked: Looked | None
    version: int
    marked: bool


def of(tx: Tx, source: str) -> Standing:
    """One cheap query: it is asked every few seconds."""
    state, one = NEWS_STATE.c, select(literal_column("1")).subquery()
    row = tx.connection.execute(
        select(
            state.day,
            state.looked_at,
            state.version,
            state.next_at,
            state.digest,
            func.coalesce(SOURCE_VERSION.c.version, 0),
            exists().where(NEWS.c.source == source),
        )
        .select_from(one)
        .outerjoin(NEWS_STATE, state.source == source)
        .outerjoin(SOURCE_VERSION, SOURCE_VERSION.c.source == source)
    ).one()
    *looked, version, marked = row
    if looked[0] is None:
        return Standing(None, version, marked)
    day, at, seen, next_at, digest = looked
    return Standing(Looked(date.fromisoformat(day), at, seen, next_at, digest), version, marked)


def put(tx: Tx, source: str, looked: Looked) -> None:
    row = {
        "day": looked.day.isoformat(),
        "looked_at": looked.at,
        "version": looked.version,
        "next_at": looked.next_at,
        "digest": looked.digest,
    }
    first = inserts.into(tx.dialect, NEWS_STATE).values(source=source, **row)
    tx.connection.execute(first.on_conflict_do_update(index_elements=["source"], set_=row))


def as_of(tx: Tx, source: str) -> datetime | None:
    """The moment the balances are true for."""
    known = select(BALANCE_STATE.c.as_of).where(BALANCE_STATE.c.source == source)
    return tx.connection.execute(known).scalar_one_or_none()


def read_to_the_end(tx: Tx, source: str, entities: Collection[str]) -> set[str]:
    """Of these declarations, those that were landed to the end once, and all of that is mapped."""
    unit, mark = LANDING_UNIT.c, WATERMARK.c
    waiting = exists().where(unit.source == source, unit.entity == mark.entity, unit.state == "landed")
    found = select(mark.entity).where(mark.source == source, mark.entity.in_(sorted(entities)), ~waiting)
    return set(tx.connection.execute(found).scalars())


def derived(tx: Tx, source: str, entities: Collection[str]) -> bool:
    """Whether balances were derived from all that is mapped of these declarations."""
    unit, state = LANDING_UNIT.c, BALANCE_STATE.c
    later = exists().where(
        unit.source == source, unit.entity.in_(sorted(entities)), unit.mapped_at > state.refreshed_at
    )
    known = select(state.as_of).where(state.source == source, ~later)
    return tx.connection.execute(known).scalar_one_or_none() is not None

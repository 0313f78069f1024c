"""For which moment what is stored of some entities is true, and when it was brought up to date."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, and_, func, select, union_all

from store import exchange_nodes
from store.agreement import ALARMS, COMPARED, AgreementState, verified_through
from store.engine import Tx
from store.rejections import is_open
from store.tables import LANDING_UNIT, REJECTED, SYNC_RUN, WATERMARK
from store.tables_of_proof import AGREEMENT

RunState = Literal["started", "landed", "done", "degraded", "failed"]


@dataclass(frozen=True, slots=True)
class Reading:
    """`as_of`: when the last reading that is in the store began; both are None before the first."""

    as_of: datetime | None
    synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class LastRun:
    """`finished_at` is None while any part of it is under way, or died."""

    state: RunState
    started_at: datetime
    finished_at: datetime | None


NEVER = Reading(None, None)
_WORST_LAST: tuple[RunState, ...] = ("done", "landed", "started", "degraded", "failed")


def of(tx: Tx, source: str, entities: Collection[str], *, by_plan: Collection[str] = ()) -> Reading:
    """Give how far these entities were read: the oldest of their readings, the newest of their merges.

    Entities `by_plan` are also known by what their exchange plan told: what it does not tell has not changed.
    A reading that is landed and not yet mapped does not count: then the one before it is what is shown.
    Entities that were never read (the base does not publish them) have nothing that could be old.
    """
    read = _readings(tx, source, entities)
    pending = _pending(tx, source, entities)
    node = exchange_nodes.get(tx, source) if by_plan else None
    for entity in by_plan:
        if entity in read and entity not in pending and node is not None and not node.blocked:
            read[entity] = _later(read[entity], Reading(node.looked_at, node.looked_at))
    for entity, unit_id in pending.items():
        read[entity] = _before(tx, source, entity, unit_id)
    return oldest(read.values())


def oldest(read: Iterable[Reading]) -> Reading:
    """What is true of all of them together."""
    found = list(read)
    if not found or any(one.as_of is None for one in found):
        return NEVER
    return Reading(
        min(one.as_of for one in found if one.as_of is not None),
        max((one.synced_at for one in found if one.synced_at is not None), default=None),
    )


def differing(tx: Tx, source: str) -> int | None:
    """How many figures differed when they were last compared; None where nothing was compared yet."""
    last = tx.connection.execute(_compared(source)).one_or_none()
    return None if last is None else int(last.differing)


def quarantined(tx: Tx, source: str) -> dict[str, int]:
    """How many records of each entity wait for a person or for what they need."""
    held = REJECTED.c
    records = select(held.entity, held.record_id).where(is_open(source, None)).distinct().subquery()
    counted = select(records.c.entity, func.count()).group_by(records.c.entity)
    return {entity: int(number) for entity, number in tx.connection.execute(counted)}


def last_run(tx: Tx, source: str, entities: Collection[str]) -> LastRun | None:
    """The run that began last, over all that it did; None before the first."""
    column = SYNC_RUN.c
    newest = [
        select(column.run_id, column.started_at)
        .where(column.source == source, column.entity == entity)
        .order_by(column.started_at.desc())
        .limit(1)
        .subquery()
        for entity in entities
    ]
    if not newest:
        return None
    every = union_all(*(select(one) for one in newest)).subquery()
    last = tx.connection.execute(
        select(every.c.run_id).order_by(every.c.started_at.desc()).limit(1)
    ).scalar_one_or_none()
    mine = select(column.state, column.started_at, column.finished_at).where(
        column.run_id == last, column.source == source
    )
    parts = tx.connection.execute(mine).all()
    if not parts:
        return None
    state = max((part.state for part in parts), key=_WORST_LAST.index)
    ended = [part.finished_at for part in parts]
    finished_at = None if None in ended else max(ended)
    return LastRun(state, min(part.started_at for part in parts), finished_at)


def agreed(tx: Tx, source: str) -> AgreementState:
    """How the whole base stands by the last comparison with its own totals that came to an end."""
    last = tx.connection.execute(_compared(source)).one_or_none()
    if last is None:
        return AgreementState("unknown", None)
    if last.state == "agreed":
        return AgreementState("agreed", last.moment)
    return AgreementState("differs" if last.state in ALARMS else "unknown", verified_through(tx, source))


def _compared(source: str) -> Select[Any]:
    """The last comparison with the books that came to an end."""
    column = AGREEMENT.c
    newest = select(column.state, column.moment, column.differing).where(column.source == source)
    return newest.where(column.state.in_(COMPARED)).order_by(column.id.desc()).limit(1)


def _readings(tx: Tx, source: str, entities: Collection[str]) -> dict[str, Reading]:
    """The last complete reading of each: when its first page was fetched, when its last unit was merged."""
    unit, mark = LANDING_UNIT.c, WATERMARK.c
    same = and_(unit.source == mark.source, unit.entity == mark.entity, unit.run_id == mark.run_id)
    wanted = (
        select(mark.entity, mark.landed_at, func.min(unit.fetched_at), func.max(unit.mapped_at))
        .select_from(WATERMARK.outerjoin(LANDING_UNIT, same))
        .where(mark.source == source, mark.entity.in_(sorted(entities)))
        .group_by(mark.entity, mark.landed_at)
    )
    return {
        entity: Reading(fetched or landed, merged or landed)
        for entity, landed, fetched, merged in tx.connection.execute(wanted)
    }


def _pending(tx: Tx, source: str, entities: Collection[str]) -> dict[str, int]:
    """The first unit of each that waits to be mapped."""
    unit = LANDING_UNIT.c
    wanted = (
        select(unit.entity, func.min(unit.id))
        .where(unit.source == source, unit.state == "landed", unit.entity.in_(sorted(entities)))
        .group_by(unit.entity)
    )
    return {entity: number for entity, number in tx.connection.execute(wanted)}  # noqa: C416


def _before(tx: Tx, source: str, entity: str, unit_id: int) -> Reading:
    """The reading that was mapped before this unit came."""
    unit = LANDING_UNIT.c
    mine = and_(unit.source == source, unit.entity == entity, unit.id < unit_id, unit.state == "mapped")
    last_run = select(unit.run_id).where(mine).order_by(unit.id.desc()).limit(1).scalar_subquery()
    began, merged = tx.connection.execute(
        select(func.min(unit.fetched_at), func.max(unit.mapped_at)).where(mine, unit.run_id == last_run)
    ).one()
    return Reading(began, merged)


def _later(one: Reading, other: Reading) -> Reading:
    return one if one.as_of is not None and other.as_of is not None and one.as_of > other.as_of else other

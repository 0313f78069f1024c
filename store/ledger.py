"""What the hub's movements sum to, and the movements themselves: its side of a comparison with the books."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from schemas.ledger import Cell, Figures, Line, Stretch
from schemas.records import RecordTable
from schemas.types import WallClock
from store.balance_sql import total
from store.engine import Tx
from store.record_tables import STORED


@dataclass(frozen=True, slots=True)
class Movements:
    """The movements of one register: `amounts` are the fields that are summed, in this order."""

    source: str
    entity: str
    table: RecordTable
    amounts: tuple[str, ...]


def sums(tx: Tx, of: Movements, stretch: Stretch, keys: Collection[str] | None = None) -> dict[Cell, Figures]:
    """Sum what counts in a stretch of time, by settlement key and currency; None for every key."""
    column = STORED[of.table].c
    group = (column.settlement_key_id, column.currency)
    found = tx.connection.execute(
        select(*group, *(total(column[name]) for name in of.amounts))
        .where(*_counted(of, stretch, keys))
        .group_by(*group)
    )
    return {Cell(key, currency): tuple(map(int, amounts)) for key, currency, *amounts in found}


def counts(tx: Tx, of: Movements, stretch: Stretch, keys: Collection[str]) -> dict[str, int]:
    """How many movements count, by settlement key; a key without any is left out."""
    key = STORED[of.table].c.settlement_key_id
    found = tx.connection.execute(select(key, func.count()).where(*_counted(of, stretch, keys)).group_by(key))
    return {name: int(number) for name, number in found}


def lines(tx: Tx, of: Movements, stretch: Stretch, keys: Collection[str]) -> list[Line]:
    """The movements that count, of a few settlement keys."""
    column = STORED[of.table].c
    head = ("settlement_key_id", "currency", "recorder_id", "recorder_kind", "line_no", "at")
    wanted = select(*(column[name] for name in (*head, *of.amounts))).where(*_counted(of, stretch, keys))
    return [
        Line(key, currency, recorder, kind, number, at, tuple(amounts))
        for key, currency, recorder, kind, number, at, *amounts in tx.connection.execute(wanted)
    ]


def recorders(tx: Tx, of: Movements, ids: Iterable[str]) -> set[str]:
    """Which of these documents have any movement that counts, wherever it is dated."""
    recorder = STORED[of.table].c.recorder_id
    wanted = select(recorder).where(*_alive(of), recorder.in_(list(ids)))
    return set(tx.connection.execute(wanted.distinct()).scalars())


def earliest(tx: Tx, of: Movements) -> WallClock | None:
    """When the first movement that counts is dated."""
    column = STORED[of.table].c
    first = select(func.min(column.at)).where(*_alive(of))
    return tx.connection.execute(first).scalar_one_or_none()


def _alive(of: Movements) -> list[ColumnElement[bool]]:
    column = STORED[of.table].c
    return [column.source == of.source, column.entity == of.entity, column.gone_at.is_(None), column.active]


def _counted(of: Movements, stretch: Stretch, keys: Collection[str] | None) -> list[ColumnElement[bool]]:
    column = STORED[of.table].c
    conditions = [*_alive(of), column.at < stretch.end]
    if stretch.start is not None:
        conditions.append(column.at >= stretch.start)
    if keys is not None:
        conditions.append(column.settlement_key_id.in_(list(keys)))
    return conditions

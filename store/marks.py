"""Marks on their way out: read with what they are about, and taken away by the very rows that were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, literal, select, union

from schemas import TABLES
from store import news
from store.engine import Tx
from store.news import Kind
from store.record_tables import STORED
from store.tables import OPEN_ITEM
from store.tables_of_news import NEWS, TOLD
from store.tables_of_site import ACCESS_OVERRIDE, TRADING_SUSPENSION

_PARTY = STORED[TABLES["counterparty"]].c
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """Subjects of one kind, and all marks there were on them."""

    kind: Kind
    subjects: frozenset[str]
    marks: tuple[int, ...]


def take(tx: Tx, source: str, most: int) -> Taken | None:
    """Some subjects with all their marks, as this transaction sees them; None where nothing is marked.

    Whom nobody was told of comes first: what there is of them is taken as told before anything is told.
    """
    column = NEWS.c
    kinds = set(
        tx.connection.execute(select(column.kind).where(column.source == source).distinct()).scalars()
    )
    order: Sequence[Kind] = ("first", "everybody", "document", "counterparty", "order")
    kind = next((one for one in order if one in kinds), None)
    if kind is None:
        return None
    mine = (column.source == source, column.kind == kind)
    oldest = select(column.record_id).where(*mine).order_by(column.id).limit(most)
    subjects = frozenset(tx.connection.execute(oldest).scalars())
    on_them = select(column.id).where(*mine, column.record_id.in_(sorted(subjects)))
    return Taken(kind, subjects, tuple(tx.connection.execute(on_them).scalars()))


def drop(tx: Tx, marks: Sequence[int]) -> bool:
    """Take these marks away; False where another has taken any of them: then it has told of it, too."""
    dropped = 0
    for start in range(0, len(marks), _AT_ONCE):
        some = marks[start : start + _AT_ONCE]
        dropped += tx.connection.execute(delete(NEWS).where(NEWS.c.id.in_(some))).rowcount
    return dropped == len(marks)


def everybody(tx: Tx, source: str, kind: Kind = "counterparty") -> None:
    """Mark every counterparty the store knows."""
    _mark(tx, kind, select(_PARTY.source, _PARTY.id).where(_PARTY.source == source))


def known(tx: Tx, source: str) -> list[str]:
    """Every counterparty the store knows."""
    return list(tx.connection.execute(select(_PARTY.id).where(_PARTY.source == source)).scalars())


def by_the_day(tx: Tx, source: str) -> None:
    """Mark those for whom another day may be another state: who owes something, and who is suspended by days."""
    item, said = OPEN_ITEM.c, TRADING_SUSPENSION.c
    debts = select(item.source, item.counterparty_id).where(item.source == source, item.debt > item.advance)
    days = select(said.source, said.counterparty_id).where(said.source == source, said.ended_at.is_(None))
    both = union(debts, days).subquery()
    _mark(tx, "counterparty", select(both))


def expired(tx: Tx, source: str, now: datetime) -> None:
    """Mark whose state was told as set by hand until a moment that has come."""
    said, told = ACCESS_OVERRIDE.c, TOLD.c
    reason: Any = (
        told.state.op("->>")("reason")
        if tx.dialect == "postgresql"
        else func.json_extract(told.state, "$.reason")
    )
    rows = (
        select(said.source, said.counterparty_id)
        .distinct()
        .join(TOLD, (told.source == said.source) & (told.subject_id == said.counterparty_id))
        .where(said.source == source, said.ended_at.is_(None), said.expires_at <= now)
        .where(told.topic == "access", reason == "set_by_hand")
    )
    _mark(tx, "counterparty", rows)


def next_expiry(tx: Tx, source: str, now: datetime) -> datetime | None:
    """When the next state set by hand expires."""
    said = ACCESS_OVERRIDE.c
    living = (said.source == source, said.ended_at.is_(None), said.expires_at > now)
    found: datetime | None = tx.connection.execute(
        select(func.min(said.expires_at)).where(*living)
    ).scalar_one()
    return found


def parties(tx: Tx, source: str, ids: Collection[str]) -> None:
    news.write(tx, source, [("counterparty", party) for party in sorted(ids)])


def orders(tx: Tx, source: str, ids: Collection[str]) -> None:
    news.write(tx, source, [("order", one) for one in sorted(ids)])


def _mark(tx: Tx, kind: Kind, rows: Select[Any]) -> None:
    """`rows` gives source and counterparty."""
    given = rows.subquery()
    columns = list(given.c)
    marks = select(columns[0], literal(kind), columns[1])
    tx.connection.execute(insert(NEWS).from_select(["source", "kind", "record_id"], marks))

"""The hub's side of a census: how many records each day holds and a hash of them that knows no order."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Table,
    Text,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import BIT

from schemas.records import RecordTable
from schemas.source import Scope
from store.engine import Tx
from store.landing import LandedPage
from store.record_tables import STORED
from store.rejections import is_open
from store.tables import LANDING_PAGE, REJECTED
from store.tables_of_proof import CENSUS
from store.types import WallClock

MODULUS = 2**61
BYTES = 7  # of the MD5 of a record that its day's sum takes
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: the fields `told` make two readings of a record the same; `period` gives its day.

    Without a period, records are put together by the first two letters of their keys.
    """

    source: str
    entity: str
    table: RecordTable
    told: tuple[str, ...]
    period: str | None


@dataclass(frozen=True, slots=True)
class Census:
    """One count of an entity; `changed` are those with another version, or dated on another day."""

    source: str
    entity: str
    run_id: str
    began_at: datetime
    days: int
    records: int
    differing_days: int
    appeared: int
    vanished: int
    changed: int


def text_of(told: Iterable[object]) -> str:
    """A record as one text, as `_as_text` writes the stored one."""
    return SEPARATOR.join(
        "" if value is None else str(int(value)) if isinstance(value, bool) else str(value) for value in told
    )


def digest(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[:BYTES], "big")


def days(tx: Tx, of: Counted, scope: Scope) -> dict[str, tuple[int, int]]:
    """Count and hash of the living records of a scope, by day."""
    table = STORED[of.table]
    day, text = _day(tx, of, table), _text(tx, of, table)
    folded: ColumnElement[int]
    if tx.dialect == "postgresql":
        bits = literal("x", Text).op("||")(func.substr(func.md5(text), 1, 2 * BYTES))
        folded = cast(func.mod(func.sum(cast(cast(bits, BIT(8 * BYTES)), BigInteger)), MODULUS), BigInteger)
    else:
        connection: Any = tx.connection.connection.driver_connection
        connection.create_aggregate("saldo_fold", 1, _Fold)
        folded = func.saldo_fold(text)
    rows = tx.connection.execute(
        select(day, func.count(), folded).where(*_living(of, table, scope)).group_by(day)
    )
    return {name: (int(count), int(hashed)) for name, count, hashed in rows}


def records(tx: Tx, of: Counted, scope: Scope, only: Collection[str]) -> list[tuple[str, str, str]]:
    """The living records of some days of a scope: day, first part of the key, and all that is told of it."""
    table = STORED[of.table]
    day = _day(tx, of, table)
    wanted = select(day, table.c[of.table.key[0]], _text(tx, of, table)).where(*_living(of, table, scope))
    return [(name, head, text) for name, head, text in tx.connection.execute(wanted) if name in only]


def living(tx: Tx, of: Counted, heads: Iterable[str]) -> set[str]:
    """Which of these records live in the store, wherever they are dated."""
    table = STORED[of.table]
    head = table.c[of.table.key[0]]
    found: set[str] = set()
    for some in _batches(heads):
        rows = tx.connection.execute(
            select(head).where(*_living(of, table, Scope()), head.in_(some)).distinct()
        )
        found |= set(rows.scalars())
    return found


def recorder_kinds(tx: Tx, of: Counted, recorders: Iterable[str]) -> dict[str, str]:
    """What kind of document recorded movements, by its id; {} for records that are no movements."""
    column = STORED[of.table].c
    if "recorder_kind" not in column:
        return {}
    found: dict[str, str] = {}
    for some in _batches(recorders):
        wanted = select(column.recorder_id, column.recorder_kind).where(
            column.source == of.source, column.entity == of.entity, column.recorder_id.in_(some)
        )
        found |= {recorder: kind for recorder, kind in tx.connection.execute(wanted.distinct())}  # noqa: C416
    return found


def quarantined(tx: Tx, source: str, entity: str) -> dict[str, tuple[LandedPage, bool]]:
    """The landed page of every record in quarantine, by its id, and whether its bytes came at all.

    A record whose key could not be read is none that can be looked for.
    """
    landed, refused = LANDING_PAGE.c, REJECTED.c
    names = ("id", "seq", "request", "sha256", "size", "media_type")
    rows = tx.connection.execute(
        select(refused.record_id, landed.error.is_(None), *(landed[name] for name in names))
        .join(LANDING_PAGE, landed.id == refused.landing_id)
        .where(is_open(source, entity, "map"), ~refused.record_id.contains(" "))
    )
    return {record_id.partition("/")[0]: (LandedPage(*page), bool(came)) for record_id, came, *page in rows}


def save(tx: Tx, found: Census) -> None:
    tx.connection.execute(insert(CENSUS).values(**asdict(found)))


def history(tx: Tx, source: str, entity: str, limit: int) -> list[Census]:
    """The newest first."""
    wanted = select(*(CENSUS.c[one.name] for one in fields(Census))).where(
        CENSUS.c.source == source, CENSUS.c.entity == entity
    )
    return [Census(*row) for row in tx.connection.execute(wanted.order_by(CENSUS.c.id.desc()).limit(limit))]


class _Fold:
    """SQLite's own sum would overflow, and it has no MD5."""

    def __init__(self) -> None:
        self._sum = 0

    def step(self, text: str) -> None:
        self._sum += digest(text)

    def finalize(self) -> int:
        return self._sum % MODULUS


_BATCH = 500


def _batches(names: Iterable[str]) -> Iterable[list[str]]:
    every = sorted(names)
    return (every[place : place + _BATCH] for place in range(0, len(every), _BATCH))


def _day(tx: Tx, of: Counted, table: Table) -> ColumnElement[str]:
    if of.period is None:
        return func.substr(table.c[of.table.key[0]], 1, 2)
    return func.substr(_as_text(tx, table.c[of.period]), 1, 10)


def _text(tx: Tx, of: Counted, table: Table) -> ColumnElement[str]:
    text: ColumnElement[str] = table.c[of.table.key[0]]
    for name in of.told:
        text = text + literal(SEPARATOR) + _as_text(tx, table.c[name])
    return text


def _as_text(tx: Tx, column: Any) -> ColumnElement[str]:
    """As Python writes the same value; an absent one is empty."""
    if isinstance(column.type, Boolean):
        return case((column, "1"), else_="0")
    if isinstance(column.type, WallClock) and tx.dialect == "postgresql":
        return func.coalesce(func.to_char(column, 'YYYY-MM-DD"T"HH24:MI:SS'), "")
    return func.coalesce(cast(column, Text), "")


def _living(of: Counted, table: Table, scope: Scope) -> list[ColumnElement[bool]]:
    """Undated records belong where time has no beginning: the source dates them in its year 1."""
    column = table.c
    conditions = [column.source == of.source, column.entity == of.entity, column.gone_at.is_(None)]
    if of.period is None:
        return conditions
    at = column[of.period]
    if scope.end is not None:
        before = at < scope.end
        conditions.append(before if scope.start is not None else or_(before, at.is_(None)))
    return conditions if scope.start is None else [*conditions, at >= scope.start]

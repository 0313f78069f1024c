"""What was shown before: versions of records, and balances, at any moment since the store began to keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, and_, select

from schemas import types
from schemas.records import RECORDS, RecordTable
from store import tenancy
from store.engine import Tx
from store.history_reasons import WITHDRAWALS
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE
from store.tables_of_change import BALANCE_HISTORY, RECORD_HISTORY


@dataclass(frozen=True, slots=True)
class Version:
    """What a record said from `from_at` to `to_at`; the last one has no end while it is shown.

    `reason` tells what ended it (`store/history_reasons.py`), `ended_by_run` which run. Rows of a document
    have neither a mapping digest nor a run of their own.
    """

    record: Any
    from_at: datetime
    to_at: datetime | None
    reason: str | None
    landing_id: int
    place: int
    mapping_digest: str | None
    run_id: str | None
    ended_by_run: str | None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A version that was withdrawn, for a `reason`: from `at` on the record is not shown as it was."""

    record: str
    record_id: str
    entity: str
    reason: str
    at: datetime
    run_id: str | None
    shown_from: datetime
    landing_id: int
    place: int


@dataclass(frozen=True, slots=True)
class ShownBalance:
    """`debt` in minor units of `currency`, as it was shown since `from_at`; an id is "" where there was none."""

    organization_id: str
    counterparty_id: str
    contract_id: str
    currency: str
    debt: int
    from_at: datetime


def versions(tx: Tx, record: RecordTable, source: str, key: tuple[Any, ...]) -> list[Version]:
    """Every version that the reader may see, the oldest first; where there is a gap between two, none was."""
    column = RECORD_HISTORY.c
    ended = select(RECORD_HISTORY).where(_is_record(record, source), column.record_id == _record_id(key))
    rows = tx.connection.execute(ended.where(column.from_at < column.to_at).order_by(column.from_at))
    before = [_ended(record, row._mapping) for row in rows]
    return [
        *(one for one in before if tenancy.was_seen(tx, record, one.record)),
        *_living(tx, record, _has_key(record, source, key)),
    ]


def as_of(tx: Tx, record: RecordTable, source: str, key: tuple[Any, ...], at: datetime) -> Any | None:
    """The record as it was shown at a moment; None where it was not."""
    same = (RECORD_HISTORY.c.record_id == _record_id(key), _has_key(record, source, key))
    found = _shown(tx, record, source, *same, at)
    return found[0].record if found else None


def nested_as_of(tx: Tx, record: RecordTable, source: str, parent_id: str, at: datetime) -> list[Any]:
    """The rows that a record had at a moment, in the order of their keys; whether it was shown tells `as_of`."""
    table = STORED[record]
    mine = and_(table.c.source == source, table.c[str(record.parent)] == parent_id)
    found = _shown(tx, record, source, RECORD_HISTORY.c.parent_id == parent_id, mine, at)
    return sorted((version.record for version in found), key=lambda row: row[: len(record.key)])


_RECORDS = tuple(record.name for record in RECORDS if record.parent is None)


def withdrawals(
    tx: Tx, source: str, entity: str | None = None, *, since: datetime | None = None, limit: int = 100
) -> list[Tombstone]:
    """What was taken back, the newest first: deleted, unposted, marked for deletion, moved, switched off."""
    column = RECORD_HISTORY.c
    names = (
        "record",
        "record_id",
        "entity",
        "reason",
        "to_at",
        "ended_by_run",
        "from_at",
        "landing_id",
        "place",
    )
    wanted = (
        select(*(column[name] for name in names))
        .where(column.source == source, column.record.in_(_RECORDS), column.reason.in_(WITHDRAWALS))
        .where(column.from_at < column.to_at)
    )
    if entity is not None:
        wanted = wanted.where(column.entity == entity)
    if since is not None:
        wanted = wanted.where(column.to_at >= since)
    rows = tx.connection.execute(wanted.order_by(column.to_at.desc(), column.id.desc()).limit(limit))
    return [Tombstone(*row) for row in rows]


def balance_as_of(tx: Tx, source: str, counterparty_id: str, at: datetime) -> list[ShownBalance]:
    """What a counterparty was shown at a moment, by contract."""
    names = ("organization_id", "counterparty_id", "contract_id", "currency", "debt")
    past, now = BALANCE_HISTORY.c, CONTRACT_BALANCE.c
    ended = select(*(past[name] for name in names), past.from_at).where(
        past.source == source, past.counterparty_id == counterparty_id, past.from_at <= at, past.to_at > at
    )
    shown = select(*(now[name] for name in names), now.changed_at).where(
        now.source == source, now.counterparty_id == counterparty_id, now.changed_at <= at
    )
    rows: list[Any] = [row for query in (ended, shown) for row in tx.connection.execute(query)]
    return sorted(
        (ShownBalance(*row) for row in rows),
        key=lambda row: (row.contract_id, row.organization_id, row.currency),
    )


def _shown(
    tx: Tx,
    record: RecordTable,
    source: str,
    past: ColumnElement[bool],
    now: ColumnElement[bool],
    at: datetime,
) -> list[Version]:
    column = RECORD_HISTORY.c
    ended = select(RECORD_HISTORY).where(_is_record(record, source), past)
    rows = tx.connection.execute(ended.where(column.from_at <= at, column.to_at > at))
    since = STORED[record].c.changed_at <= at
    return [*(_ended(record, row._mapping) for row in rows), *_living(tx, record, and_(now, since))]


def _living(tx: Tx, record: RecordTable, which: ColumnElement[bool]) -> list[Version]:
    table = STORED[record]
    wanted = select(table).where(which)
    if record.parent is None:
        wanted = wanted.where(table.c.gone_at.is_(None))
    return [_now(record, row._mapping) for row in tx.connection.execute(wanted)]


def _is_record(record: RecordTable, source: str) -> ColumnElement[bool]:
    return and_(RECORD_HISTORY.c.source == source, RECORD_HISTORY.c.record == record.name)


def _has_key(record: RecordTable, source: str, key: tuple[Any, ...]) -> ColumnElement[bool]:
    table: Table = STORED[record]
    same = (table.c[name] == value for name, value in zip(record.key, key, strict=True))
    return and_(table.c.source == source, *same)


def _record_id(key: tuple[Any, ...]) -> str:
    return "/".join(map(str, key))


def _ended(record: RecordTable, row: Mapping[Any, Any]) -> Version:
    ends = (row["to_at"], row["reason"], row["landing_id"], row["place"])
    by = (row["mapping_digest"], row["run_id"], row["ended_by_run"])
    return Version(_restored(record, row["fields"]), row["from_at"], *ends, *by)


def _now(record: RecordTable, row: Mapping[Any, Any]) -> Version:
    build: Any = record.record
    said = build(*(row[name] for name in record.fields))
    by = (row.get("mapping_digest"), row.get("run_id"), None)
    return Version(said, row["changed_at"], None, None, row["landing_id"], row["place"], *by)


_IN = msgspec.json.Decoder(float_hook=Decimal)
_OUT = msgspec.json.Encoder(decimal_format="number", order="sorted")


def _restored(record: RecordTable, fields: str) -> Any:
    """The record that `fields` were made of; JSON in it is a text again, as the store gives it."""
    said = _IN.decode(fields)
    build: Any = record.record
    return build(
        *(
            _OUT.encode(said[name]).decode() if kind is types.Json else said[name]
            for name, kind in record.fields.items()
        )
    )

"""What the movements of an agreed period come to by document, now and as they were shown at a moment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, select

from store import staging
from store.balance_sql import ENTRY, KEY
from store.engine import Tx
from store.tables_of_change import RECORD_HISTORY


class Agreed(Protocol):
    """The part of the books that was agreed."""

    @property
    def source(self) -> str: ...
    @property
    def organization_id(self) -> str: ...
    @property
    def counterparty_id(self) -> str: ...
    @property
    def contract_id(self) -> str | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def start_on(self) -> str: ...
    @property
    def end_on(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Sum:
    """`amount` is what the document's movements add to the debt."""

    recorder_kind: str
    dated_at: str
    amount: int


Sums = dict[tuple[str, str], Sum]


def now(tx: Tx, period: Agreed) -> Sums:
    """By document and currency."""
    keys = tx.connection.execute(select(KEY.c.id).where(is_of(period))).scalars().all()
    return _summed(period, _living(tx, period, keys))


def then(tx: Tx, period: Agreed, at: datetime) -> Sums:
    """The same as it was shown at a moment: by the movements, and their settlement keys, of that moment."""
    of_party = RECORD_HISTORY.c.parent_id == period.counterparty_id
    keys = {
        *tx.connection.execute(select(KEY.c.id).where(is_of(period), KEY.c.changed_at <= at)).scalars(),
        *(key["id"] for key in _ended(tx, period, KEY.name, at, of_party) if _owns(period, key)),
    }
    living = _living(tx, period, keys, ENTRY.c.changed_at <= at)
    of_keys = RECORD_HISTORY.c.parent_id.in_(_staged(tx, keys))
    return _summed(period, [*living, *_ended(tx, period, ENTRY.name, at, of_keys)])


def _living(tx: Tx, period: Agreed, keys: Iterable[str], *also: ColumnElement[bool]) -> list[dict[str, Any]]:
    start, end = _bounds(period)
    column = ENTRY.c
    names = ("recorder_id", "recorder_kind", "currency", "at", "active", "amount")
    wanted = select(*(column[name] for name in names)).where(
        column.source == period.source,
        column.settlement_key_id.in_(_staged(tx, keys)),
        column.gone_at.is_(None),
        column.at >= start,
        column.at < end,
        *also,
    )
    return [dict(row) for row in tx.connection.execute(wanted).mappings()]


def _staged(tx: Tx, keys: Iterable[str]) -> Select[tuple[str]]:
    staging.fill(tx, staging.NAMED, [(key,) for key in keys])
    return select(staging.NAMED.c.record_id)


def _ended(
    tx: Tx, period: Agreed, record: str, at: datetime, *also: ColumnElement[bool]
) -> Iterable[dict[str, Any]]:
    """Versions that were shown at a moment and are no longer."""
    column = RECORD_HISTORY.c
    of_record = (column.source == period.source, column.record == record)
    shown = select(column.fields).where(*of_record, column.from_at <= at, column.to_at > at, *also)
    return (json.loads(fields) for fields in tx.connection.execute(shown).scalars())


def _summed(period: Agreed, movements: Iterable[dict[str, Any]]) -> Sums:
    start, end = _bounds(period)
    sums: Sums = {}
    for one in movements:
        in_currency = period.currency is None or period.currency == one["currency"]
        if not (one["active"] and in_currency and start <= one["at"] < end):
            continue
        key = (one["recorder_id"], one["currency"])
        before = sums.get(key, Sum(one["recorder_kind"], one["at"], 0))
        first = min(before.dated_at, one["at"])
        sums[key] = Sum(before.recorder_kind, first, before.amount + one["amount"])
    return sums


def _bounds(period: Agreed) -> tuple[str, str]:
    after = date.fromisoformat(period.end_on) + timedelta(days=1)
    return f"{period.start_on}T00:00:00", f"{after.isoformat()}T00:00:00"


def is_of(period: Agreed) -> ColumnElement[bool]:
    column = KEY.c
    owned = [column.counterparty_id == period.counterparty_id]
    owned.append(func.coalesce(column.organization_id, "") == period.organization_id)
    if period.contract_id is not None:
        owned.append(func.coalesce(column.contract_id, "") == period.contract_id)
    return and_(column.source == period.source, *owned)


def _owns(period: Agreed, key: dict[str, Any]) -> bool:
    return (
        key["counterparty_id"] == period.counterparty_id
        and (key["organization_id"] or "") == period.organization_id
        and period.contract_id in (None, key["contract_id"] or "")
    )

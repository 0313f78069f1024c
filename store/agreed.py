"""Periods a counterparty agreed to, and what changed in them since: each change is told once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, insert, select, update

from schemas.errors import StoreError
from schemas.types import Day
from store import agreed_sums, balance_changes, staging
from store.agreed_sums import Sum
from store.balance_sql import KEY
from store.engine import Tx
from store.tables_of_change import AGREED_CHANGE, AGREED_PERIOD

REVERTED = "the books: back to the agreed amount"
CHANGED_AGAIN = "the books: changed again"
_BY_ITSELF = (REVERTED, CHANGED_AGAIN)


@dataclass(frozen=True, slots=True)
class Period:
    """What was agreed: both days belong to it. No contract or currency means all of them."""

    id: int
    source: str
    organization_id: str
    counterparty_id: str
    contract_id: str | None
    currency: str | None
    start_on: Day
    end_on: Day
    agreed_at: datetime
    agreed_by: str
    note: str
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """What one document's movements in an agreed period came to then, and come to now, in minor units.

    It is open until `accepted_at`: a person accepted it, or `accepted_by` tells what closed it by itself.
    """

    id: int
    period: Period
    recorder_id: str
    recorder_kind: str
    currency: str
    dated_at: str | None
    agreed_amount: int
    amount_now: int
    found_at: datetime
    accepted_at: datetime | None
    accepted_by: str | None


def add(
    tx: Tx,
    source: str,
    *,
    organization_id: str,
    counterparty_id: str,
    start_on: Day,
    end_on: Day,
    by: str,
    contract_id: str | None = None,
    currency: str | None = None,
    agreed_at: datetime | None = None,
    note: str = "",
) -> int:
    """Keep that a period was agreed as it was shown at `agreed_at` (now). Gives its id.

    What changed between a moment that is past and now is an open change at once.
    """
    if date.fromisoformat(start_on) > date.fromisoformat(end_on):
        raise _wrong("The period ends before it begins", "Give the first day first")
    if agreed_at is not None and agreed_at > tx.now:
        raise _wrong("Nobody has seen yet what will be shown then", "Give a moment that is past, or none")
    row = {
        "source": source,
        "organization_id": organization_id,
        "counterparty_id": counterparty_id,
        "contract_id": contract_id,
        "currency": currency,
        "start_on": start_on,
        "end_on": end_on,
        "agreed_at": agreed_at or tx.now,
        "agreed_by": by,
        "note": note,
    }
    key = tx.connection.execute(insert(AGREED_PERIOD).values(**row)).inserted_primary_key
    if key is None:
        raise RuntimeError("agreed_period gave no key")
    if agreed_at is not None:
        (period,) = _periods(tx, AGREED_PERIOD.c.id == key[0])
        _compare(tx, period)
    return int(key[0])


def is_settled(tx: Tx, period: Period) -> bool:
    """Whether any settlement key stands for what was agreed: a mistyped one would never raise an alert."""
    return (
        tx.connection.execute(select(KEY.c.id).where(agreed_sums.is_of(period)).limit(1)).first() is not None
    )


def withdraw(tx: Tx, period_id: int) -> None:
    """Let a period no longer count; it stays listed, and what was found in it is no longer open."""
    one = and_(AGREED_PERIOD.c.id == period_id, AGREED_PERIOD.c.withdrawn_at.is_(None))
    if tx.connection.execute(update(AGREED_PERIOD).where(one).values(withdrawn_at=tx.now)).rowcount == 0:
        raise _wrong("There is no such agreed period", "`saldo agreed list` shows their numbers")


def list_(tx: Tx, source: str, counterparty_id: str | None = None) -> list[Period]:
    """Every agreed period, withdrawn ones too, the newest first."""
    of_source = AGREED_PERIOD.c.source == source
    if counterparty_id is None:
        return _periods(tx, of_source)
    return _periods(tx, of_source, AGREED_PERIOD.c.counterparty_id == counterparty_id)


def detect(tx: Tx, source: str, keys: Collection[str] | None = None) -> list[Change]:
    """Compare agreed periods with what they come to now; give the changes that were not known as open.

    With `keys` only the periods of those who own these settlement keys, or did: the others are as they were,
    where the keys are all that `balances.touched` found since the last look. A change that is gone again is
    closed and stays listed; if it comes back, it is told again, but not one that a person accepted.
    """
    tx.alone(f"agreed {source}")
    concerned = [AGREED_PERIOD.c.source == source, AGREED_PERIOD.c.withdrawn_at.is_(None)]
    if keys is not None:
        parties = balance_changes.parties(tx, source, keys)
        staging.fill(tx, staging.NAMED, [(party,) for party in parties])
        concerned.append(AGREED_PERIOD.c.counterparty_id.in_(select(staging.NAMED.c.record_id)))
    opened: list[int] = []
    for period in _periods(tx, *concerned):
        opened += _compare(tx, period)
    return _changes(tx, AGREED_CHANGE.c.id.in_(opened)) if opened else []


def open_changes(tx: Tx, source: str) -> list[Change]:
    """What differs from what was agreed and nobody has accepted, in order of discovery."""
    is_open = AGREED_CHANGE.c.accepted_at.is_(None)
    return _changes(tx, is_open, AGREED_PERIOD.c.source == source, AGREED_PERIOD.c.withdrawn_at.is_(None))


def accept(tx: Tx, change_id: int, by: str) -> None:
    """Take a change as agreed too."""
    one = and_(AGREED_CHANGE.c.id == change_id, AGREED_CHANGE.c.accepted_at.is_(None))
    if _close(tx, one, by) == 0:
        raise _wrong("There is no such open change", "`saldo agreed list` shows their numbers")


def _periods(tx: Tx, *which: ColumnElement[bool]) -> list[Period]:
    wanted = select(AGREED_PERIOD).where(*which).order_by(AGREED_PERIOD.c.id.desc())
    return [Period(*row) for row in tx.connection.execute(wanted)]


def _compare(tx: Tx, period: Period) -> list[int]:
    """Write down what differs in one period; give the ids of what was opened."""
    then = agreed_sums.then(tx, period, period.agreed_at)
    now = agreed_sums.now(tx, period)
    known = tx.connection.execute(select(AGREED_CHANGE).where(AGREED_CHANGE.c.period_id == period.id)).all()
    opened = list(_settle_known(tx, known, then, now))
    told = {(row.recorder_id, row.currency, row.amount_now) for row in known}
    for key in sorted(then.keys() | now.keys()):
        before, after = then.get(key), now.get(key)
        amounts = (before.amount if before else 0, after.amount if after else 0)
        about = after or before
        if about is not None and amounts[0] != amounts[1] and (*key, amounts[1]) not in told:
            opened.append(_insert(tx, period, key, about, amounts))
    return opened


def _settle_known(
    tx: Tx,
    known: Iterable[Row[Any]],
    then: dict[tuple[str, str], Sum],
    now: dict[tuple[str, str], Sum],
) -> Iterable[int]:
    """Close what is no longer so, and open again what is so again; give the ids of the latter."""
    for row in known:
        key = (row.recorder_id, row.currency)
        amounts = [sums[key].amount if key in sums else 0 for sums in (then, now)]
        is_so = amounts[1] == row.amount_now and amounts[0] != amounts[1]
        one = AGREED_CHANGE.c.id == row.id
        if row.accepted_at is None and not is_so:
            _close(tx, one, REVERTED if amounts[0] == amounts[1] else CHANGED_AGAIN)
        elif is_so and row.accepted_by in _BY_ITSELF:
            again = {"accepted_at": None, "accepted_by": None, "found_at": tx.now}
            tx.connection.execute(update(AGREED_CHANGE).where(one).values(**again))
            yield row.id


def _insert(tx: Tx, period: Period, key: tuple[str, str], about: Sum, amounts: tuple[int, int]) -> int:
    row = {
        "period_id": period.id,
        "recorder_id": key[0],
        "recorder_kind": about.recorder_kind,
        "currency": key[1],
        "dated_at": about.dated_at,
        "agreed_amount": amounts[0],
        "amount_now": amounts[1],
        "found_at": tx.now,
    }
    made = tx.connection.execute(insert(AGREED_CHANGE).values(**row)).inserted_primary_key
    if made is None:
        raise RuntimeError("agreed_change gave no key")
    return int(made[0])


def _close(tx: Tx, which: ColumnElement[bool], by: str) -> int:
    closed = update(AGREED_CHANGE).where(which).values(accepted_at=tx.now, accepted_by=by)
    return int(tx.connection.execute(closed).rowcount)


def _changes(tx: Tx, *which: ColumnElement[bool]) -> list[Change]:
    change = AGREED_CHANGE.c
    names = (
        "recorder_id",
        "recorder_kind",
        "currency",
        "dated_at",
        "agreed_amount",
        "amount_now",
        "found_at",
    )
    own = [change.id, *(change[name] for name in (*names, "accepted_at", "accepted_by"))]
    wanted: Select[Any] = (
        select(*own, *AGREED_PERIOD.c)
        .select_from(AGREED_CHANGE.join(AGREED_PERIOD, AGREED_PERIOD.c.id == change.period_id))
        .where(*which)
        .order_by(change.found_at, change.id)
    )
    rows = (tuple(row) for row in tx.connection.execute(wanted))
    return [Change(row[0], Period(*row[len(own) :]), *row[1 : len(own)]) for row in rows]


def _wrong(message: str, hint: str) -> StoreError:
    return StoreError(message, hint=hint)

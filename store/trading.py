"""Suspensions of trading that were set on the site, and what they and the accounting system come to (CM-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas import TABLES
from schemas.errors import InvalidValueError
from schemas.records.counterparty import Counterparty
from schemas.trading import Suspension, Trading, judge
from schemas.types import Day
from store import records, site_rows
from store.engine import Tx
from store.site_rows import SiteRow
from store.tables_of_site import TRADING_SUSPENSION

LISTED_BY = "saldo trading list"
CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(SiteRow):
    """Both days belong to it."""

    counterparty_id: str
    from_on: Day
    to_on: Day | None


def suspend(
    tx: Tx,
    source: str,
    counterparty_id: str,
    *,
    from_on: date,
    by: str,
    reason: str,
    to_on: date | None = None,
) -> int:
    """Suspend trading for some days. Gives the number.

    Errors: InvalidValueError where it ends before it begins, and for a counterparty the store does not know.
    """
    if to_on is not None and to_on < from_on:
        hint = "Give the first day first"
        raise InvalidValueError("The suspension ends before it begins", hint=hint, field="to_on")
    if records.get(tx, TABLES["counterparty"], source, (counterparty_id,)) is None:
        hint = "Check the key; what is new in the accounting system comes with the next sync"
        what = "The store has no counterparty with this key"
        raise InvalidValueError(what, hint=hint, field="counterparty_id", source=source)
    values = {
        "counterparty_id": counterparty_id,
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat() if to_on else None,
    }
    return site_rows.add(tx, TRADING_SUSPENSION, source, by=by, reason=reason, **values)


def end(tx: Tx, number: int, *, by: str, reason: str) -> None:
    """Let a suspension no longer count."""
    site_rows.end(tx, TRADING_SUSPENSION, number, by=by, reason=reason, listed_by=LISTED_BY)


def get(tx: Tx, number: int) -> Suspended | None:
    row = site_rows.get(tx, TRADING_SUSPENSION, number)
    return None if row is None else Suspended(**row)


def list_(tx: Tx, source: str, counterparty_id: str | None = None, *, ended: bool = False) -> list[Suspended]:
    """Suspensions that were not ended, or with `ended` all there ever were, the newest first."""
    column = TRADING_SUSPENSION.c
    which = () if counterparty_id is None else (column.counterparty_id == counterparty_id,)
    return [Suspended(**row) for row in site_rows.read(tx, TRADING_SUSPENSION, source, *which, ended=ended)]


def evaluate(tx: Tx, source: str, counterparty: Counterparty, today: date) -> Trading:
    """Tell whether the company trades with a counterparty on a day of the accounting time zone."""
    return judged(counterparty, list_(tx, source, counterparty.id), today)


def judged(counterparty: Counterparty, suspended: Iterable[Suspended], today: date) -> Trading:
    """The same, from what is set for the counterparty."""
    said = [
        Suspension(date.fromisoformat(one.from_on), date.fromisoformat(one.to_on) if one.to_on else None)
        for one in suspended
    ]
    return judge(counterparty.status == CLOSED, said, today)

"""What a counterparty owed at the end of each day, by the accounting system's own dates."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from sqlalchemy import Text, case, cast, func, literal, select

from store.balance_sql import ENTRY, KEY, total
from store.engine import Tx

_BEFORE = ""


def by_currency(
    tx: Tx, source: str, counterparty_id: str, *, first_on: date, last_on: date
) -> dict[str, list[tuple[date, int]]]:
    """Minor units from `first_on` on, at the days on which they changed; movements after `last_on` are not in it.

    Shapes: every currency there ever was a movement in; at least its first and its last day, in order.
    """
    entry = ENTRY.c
    day = case(
        (entry.at < f"{first_on}T00:00:00", literal(_BEFORE)), else_=func.substr(cast(entry.at, Text), 1, 10)
    )
    mine = select(KEY.c.id).where(KEY.c.source == source, KEY.c.counterparty_id == counterparty_id)
    rows = tx.connection.execute(
        select(entry.currency, day, total(entry.amount))
        .where(entry.source == source, entry.settlement_key_id.in_(mine), entry.gone_at.is_(None))
        .where(entry.active, entry.at <= f"{last_on}T23:59:59")
        .group_by(entry.currency, day)
        .order_by(entry.currency, day)
    ).all()
    found: dict[str, list[tuple[date, int]]] = {}
    for currency, moved in groupby(rows, key=lambda row: str(row[0])):
        found[currency] = _running([(on, units) for _, on, units in moved], first_on, last_on)
    return found


def _running(moved: list[tuple[str, int]], first_on: date, last_on: date) -> list[tuple[date, int]]:
    owed = moved.pop(0)[1] if moved[0][0] == _BEFORE else 0
    points = {first_on: owed}
    for on, units in moved:
        owed += units
        points[date.fromisoformat(on)] = owed
    points.setdefault(last_on, owed)
    return sorted(points.items())

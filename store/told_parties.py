"""What was last told of all counterparties of a base at once: what lists are narrowed and sorted by.

Judging a hundred thousand takes minutes, so who tells the storefront of them does it as they change; a list that
shows some of them judges these anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from schemas.money import currencies, to_units
from store import news
from store.engine import Tx
from store.tables_of_news import TOLD
from store.told import NOTHING, text_of

Overdue = dict[str, int]  # minor units by currency


def is_judged(tx: Tx, source: str) -> bool:
    """Whether anything can be told of this base's counterparties: not before its first full reading."""
    return news.PARTIES in news.begun(tx, source)


def overdue(tx: Tx, source: str) -> dict[str, Overdue]:
    """Who is late, by counterparty."""
    found: dict[str, Overdue] = {}
    for party, state in _states(tx, source, "overdue"):
        sums: Overdue = {}
        for row in state["contracts"]:
            currency = row["currency"]
            units = to_units(Decimal(row["overdue"]), currencies()[currency].exponent)
            sums[currency] = sums.get(currency, 0) + units
        found[party] = sums
    return found


def restricted(tx: Tx, source: str) -> set[str]:
    """Who may not open all of the site, or is not traded with."""
    access = {party for party, state in _states(tx, source, "access") if state["state"] != "open"}
    return access.union(party for party, _ in _states(tx, source, "trading"))


def _states(tx: Tx, source: str, topic: str) -> Iterator[tuple[str, dict[str, Any]]]:
    column = TOLD.c
    wanted = select(column.subject_id, column.state).where(
        column.source == source, column.topic == topic, column.state != text_of(NOTHING)
    )
    for party, state in tx.connection.execute(wanted):
        yield party, json.loads(state)

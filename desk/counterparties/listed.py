"""Rows of the list: what each owes, and may open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from api.web.hub import Hub
from desk.counterparties import amounts
from desk.frame.visits import Visit
from desk.why import links
from schemas.access import Access
from schemas.ids import external
from schemas.trading import Status
from store import parties, party_facts, told_parties
from store.directory import Entry
from store.engine import Tx
from store.party_facts import Facts
from store.told_parties import Overdue


class Sum(NamedTuple):
    """What is owed in one currency, and what of it is late."""

    currency: str
    debt: int
    overdue: int
    why: str
    why_overdue: str


class Row(NamedTuple):
    id: str
    row: Any
    base: str
    sums: list[Sum]
    days_overdue: int
    access: Access
    trading: Status


def rows(tx: Tx, hub: Hub, visit: Visit, entries: Sequence[Entry]) -> list[Row]:
    """As they are this very moment, in the order they came in."""
    made: dict[tuple[str, str], Row] = {}
    for source_id in {entry.source for entry in entries}:
        source, ids = hub.source(source_id), [one.id for one in entries if one.source == source_id]
        facts = party_facts.of(tx, hub.settings, source, party_facts.setting(tx, source_id), ids, visit.now)
        for key, row in parties.some(tx, source_id, ids).items():
            if key in facts:
                made[source_id, key] = _row(row, source_id, source.title, facts[key])
    return [made[one.source, one.id] for one in entries if (one.source, one.id) in made]


def _row(row: Any, source: str, base: str, facts: Facts) -> Row:
    totals = amounts.totals(facts.accounts, source, row.id)
    sums = [
        Sum(
            currency,
            debt,
            late,
            links.balance(source, row.id, currency),
            links.items(source, row.id, currency),
        )
        for currency, (debt, late) in amounts.by_currency(totals).items()
        if debt or late
    ]
    late_for = max((one.days_overdue for one in totals), default=0)
    return Row(
        external(source, row.id), row, base, sums, late_for, facts.decision.state, facts.trading.status
    )


def latest_first(entries: Sequence[Entry], late: Mapping[tuple[str, str], Overdue]) -> list[Entry]:
    """Those of `late`, the most overdue first: of the currency that most owe in, then of the next one.

    Sums of two currencies are not compared.
    """
    counted = Counter(currency for sums in late.values() for currency in sums)
    order = {one: place for place, one in enumerate(sorted(counted, key=lambda one: (-counted[one], one)))}

    def place(entry: Entry) -> tuple[int, int]:
        sums = late[entry.source, entry.id]
        return min((order[currency], -units) for currency, units in sums.items())

    return sorted((one for one in entries if (one.source, one.id) in late), key=place)


def late(tx: Tx, sources: Sequence[str]) -> dict[tuple[str, str], Overdue]:
    """Who was overdue when that was last told."""
    return {
        (source, party): sums
        for source in sources
        for party, sums in told_parties.overdue(tx, source).items()
    }


def restricted(tx: Tx, sources: Sequence[str]) -> set[tuple[str, str]]:
    return {(source, party) for source in sources for party in told_parties.restricted(tx, source)}

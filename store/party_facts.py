"""What there is to tell of counterparties, several at once: what they owe, may open, and whether they are traded with.

By the functions that the API answers with, so that an event and an answer of one moment say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from schemas import TABLES
from schemas.access import Decision
from schemas.records import RecordTable
from schemas.records.counterparty import Counterparty, Partner
from schemas.settings import HubSettings, SourceSettings
from schemas.trading import Trading
from store import access, access_rules, accounts, agreement, balance_views, trading
from store.access import Known
from store.access_rules import Override, Rule
from store.accounts import Account
from store.engine import Tx
from store.record_tables import STORED
from store.trading import Suspended

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Facts:
    """`as_of` is the moment the figures are true for."""

    accounts: Sequence[Account]
    decision: Decision
    trading: Trading
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Setting:
    """What of a source counts for all its counterparties."""

    rules: Sequence[Rule]
    overrides: Mapping[str, Sequence[Override]]
    suspended: Mapping[str, Sequence[Suspended]]
    differing: frozenset[str]


def setting(tx: Tx, source: str) -> Setting:
    return Setting(
        access_rules.rules(tx, source),
        _grouped(access_rules.overrides(tx, source), lambda one: one.counterparty_id),
        _grouped(trading.list_(tx, source), lambda one: one.counterparty_id),
        agreement.differing(tx, source),
    )


def of(
    tx: Tx,
    settings: HubSettings,
    source: SourceSettings,
    common: Setting,
    ids: Collection[str],
    now: datetime,
) -> dict[str, Facts]:
    """Give the facts of those of `ids` that the store knows, for the moment `now`."""
    parties: dict[str, Counterparty] = _records(tx, TABLES["counterparty"], source.id, ids)
    partner_ids = {one.partner_id for one in parties.values() if one.partner_id}
    partners: dict[str, Partner] = _records(tx, TABLES["partner"], source.id, partner_ids)
    balances = balance_views.counterparties(tx, source.id, parties)
    today = now.astimezone(source.time_zone).date()
    found = {}
    for key, party in parties.items():
        known = Known(
            party,
            partners.get(party.partner_id or ""),
            balances[key],
            common.rules,
            common.overrides.get(key, ()),
            key in common.differing,
        )
        decision, _ = access.decided(known, settings, source, now)
        found[key] = Facts(
            accounts.explained(balances[key], settings.terms, today),
            decision,
            trading.judged(party, common.suspended.get(key, ()), today),
            balances[key].as_of,
        )
    return found


def _records(tx: Tx, record: RecordTable, source: str, ids: Collection[str]) -> dict[str, Any]:
    table, build = STORED[record], record.record
    wanted = select(*(table.c[name] for name in record.fields))
    rows = tx.connection.execute(wanted.where(table.c.source == source, table.c.id.in_(sorted(ids))))
    made: Any = build
    return {row.id: made(*row) for row in rows}


def _grouped(rows: Sequence[T], key: Callable[[T], str]) -> Mapping[str, Sequence[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found

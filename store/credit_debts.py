"""What an order's counterparty owes, and what it may owe: the figures of the credit check that the books know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas import TABLES, freshness
from schemas.credit import Doubt, Sum
from schemas.orders import Order
from schemas.records.contract import Contract
from schemas.settings import HubSettings, SourceSettings
from store import agreement, balance_views, overdue, records
from store.balance_views import CounterpartyBalance
from store.engine import Tx

NO_CONTRACT = ""  # accounts of a counterparty that the books keep without any


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """See `schemas.credit.Facts`."""

    limit: Sum | None
    blocks_when_overdue: bool
    debts: tuple[Sum, ...]
    overdue: tuple[Sum, ...]
    as_of: datetime | None
    doubts: tuple[Doubt, ...]


def read(tx: Tx, settings: HubSettings, source: SourceSettings, order: Order) -> Owed:
    """Of the contract that the order names, and of what the counterparty owes without one."""
    contract: Any = records.get(tx, TABLES["contract"], source.id, (order.contract_id,))
    known = balance_views.counterparty(tx, source.id, order.counterparty_id)
    if not isinstance(contract, Contract) or known is None:
        nothing: tuple[Sum, ...] = ()
        return Owed(
            limit=None,
            blocks_when_overdue=False,
            debts=nothing,
            overdue=nothing,
            as_of=None,
            doubts=("unknown_contract",),
        )
    limit = contract.credit_limit
    return Owed(
        limit=None if limit is None else Sum(units=limit, currency=contract.currency),
        blocks_when_overdue=contract.blocks_when_overdue,
        debts=_debts(known, order),
        overdue=_overdue(tx, settings, source, known, order),
        as_of=known.as_of,
        doubts=_doubts(tx, settings, source, known, order),
    )


def _is_counted(contract_id: str, order: Order) -> bool:
    return contract_id in (order.contract_id, NO_CONTRACT)


def _debts(known: CounterpartyBalance, order: Order) -> tuple[Sum, ...]:
    owed: dict[str, int] = {}
    for one in known.contracts:
        if _is_counted(one.contract_id, order) and one.debt:
            owed[one.currency] = owed.get(one.currency, 0) + one.debt
    return _sums(owed)


def _overdue(
    tx: Tx, settings: HubSettings, source: SourceSettings, known: CounterpartyBalance, order: Order
) -> tuple[Sum, ...]:
    today = tx.now.astimezone(source.time_zone).date()
    late: dict[str, int] = {}
    for item, due in overdue.judged(known, settings.terms, today):
        if due is not None and due.days_overdue >= 1 and _is_counted(item.contract_id, order):
            late[item.currency] = late.get(item.currency, 0) + item.debt - item.advance
    return _sums(late)


def _doubts(
    tx: Tx, settings: HubSettings, source: SourceSettings, known: CounterpartyBalance, order: Order
) -> tuple[Doubt, ...]:
    """Figures that nobody has seen, that are old, or that are not the books': proof of nothing (ADR 0029)."""
    state = freshness.state(known.as_of, tx.now, settings.fresh_for_s)
    if state == "never":
        return ("never_read",)
    doubts: list[Doubt] = ["stale"] if state == "stale" else []
    differs = agreement.state_of(tx, source.id, order.counterparty_id).state == "differs"
    unexplained = any(_is_counted(contract, order) for contract, _, _ in overdue.unexplained(known))
    return (*doubts, "differs") if differs or unexplained else tuple(doubts)


def _sums(units: dict[str, int]) -> tuple[Sum, ...]:
    return tuple(Sum(units=units[currency], currency=currency) for currency in sorted(units))

"""When each open item of a counterparty is due, and how long it has been overdue, on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from schemas.settings import TermsSettings
from schemas.terms import DueDate, resolve
from store.balance_views import ContractBalance, CounterpartyBalance, OpenItem

Account = tuple[str, str, str]  # contract, own organisation, currency


def judged(
    known: CounterpartyBalance, terms: TermsSettings, today: date
) -> Iterator[tuple[OpenItem, DueDate | None]]:
    """Give every open item with its due date; None for an advance, and for a debt without any date.

    An advance is due to nobody: it waits to be set against a document.
    """
    days = {owed.contract_id: owed.payment_terms_days for owed in known.contracts}
    for item in known.open_items:
        if item.debt - item.advance <= 0:
            yield item, None
            continue
        yield (
            item,
            resolve(
                arose_on(item),
                accounting_due_on=date.fromisoformat(item.due_on) if item.due_on else None,
                contract_days=days.get(item.contract_id),
                terms=terms,
                today=today,
                overrides=known.overrides_of(item.contract_id),
            ),
        )


def unexplained(known: CounterpartyBalance) -> set[Account]:
    """The accounts that the running account and the open items tell differently."""
    rest: dict[Account, int] = {}
    for owed in known.contracts:
        rest[account(owed)] = owed.debt
    for item in known.open_items:
        rest[account(item)] = rest.get(account(item), 0) - (item.debt - item.advance)
    return {key for key, units in rest.items() if units}


def account(of: ContractBalance | OpenItem) -> Account:
    return of.contract_id, of.organization_id, of.currency


def arose_on(item: OpenItem) -> date | None:
    """The accounting system's own date of the debt, else the day of the document."""
    if item.arose_on:
        return date.fromisoformat(item.arose_on)
    return datetime.fromisoformat(item.dated_at).date() if item.dated_at else None

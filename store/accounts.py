"""Running accounts with the open items that make them up, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from schemas.money import Money
from schemas.settings import TermsSettings
from schemas.terms import DueDate
from schemas.types import CurrencyCode, Units
from store import overdue as due_dates
from store.balance_views import ContractBalance as Owed
from store.balance_views import CounterpartyBalance
from store.balance_views import OpenItem as Stored


class Item(NamedTuple):
    """`stored` is None for the row that carries what documents do not explain; `due` is None for advances."""

    unpaid: Money
    stored: Stored | None
    due: DueDate | None = None

    @property
    def is_debt(self) -> bool:
        return self.stored is not None and self.unpaid.units > 0

    @property
    def is_advance(self) -> bool:
        return self.stored is not None and self.unpaid.units < 0

    @property
    def is_overdue(self) -> bool:
        return self.due is not None and self.due.days_overdue >= 1

    @property
    def overdue(self) -> Money:
        return self.unpaid if self.is_overdue else Money(0, self.unpaid.currency)


@dataclass(frozen=True, slots=True)
class Account:
    """The running account of a contract in one currency, with the items that make it up exactly."""

    owed: Owed
    items: tuple[Item, ...]


def explained(known: CounterpartyBalance, terms: TermsSettings, today: date) -> list[Account]:
    """Give every running account with its open items; what these do not explain is an item of its own.

    The two come from two registers, which may have been read at different moments.
    """
    found: dict[tuple[str, str, str], list[Item]] = {}
    for stored, due in due_dates.judged(known, terms, today):
        item = _item(stored, due)
        if item.unpaid.units:
            found.setdefault((stored.contract_id, stored.organization_id, stored.currency), []).append(item)
    owed = {(one.contract_id, one.organization_id, str(one.currency)): one for one in known.contracts}
    for key in sorted(found.keys() - owed.keys()):
        owed[key] = _without_movements(known, *key)
    return [_closed(one, found.get(key, [])) for key, one in owed.items()]


def _item(stored: Stored, due: DueDate | None) -> Item:
    return Item(Money(stored.debt - stored.advance, stored.currency), stored, due)


def _closed(owed: Owed, items: list[Item]) -> Account:
    rest = Money(owed.debt, owed.currency) - total([item.unpaid for item in items], owed.currency)
    return Account(owed, (*items, Item(rest, None)) if rest.units else tuple(items))


def _without_movements(known: CounterpartyBalance, contract: str, organization: str, currency: str) -> Owed:
    """The account of items whose running account has no movements: it stands at zero."""
    names = {one.organization_id: one.organization_name for one in known.contracts}
    blank = Owed(
        contract, organization, CurrencyCode(currency), Units(0), "", "", "", "", "", "", "", None, None
    )
    same = next((one for one in known.contracts if one.contract_id == contract), blank)
    return same._replace(
        organization_id=organization,
        organization_name=names.get(organization, ""),
        currency=CurrencyCode(currency),
        debt=Units(0),
    )


def overdue(items: Iterable[Item], currency: str) -> Money:
    """Sum the unpaid debts that are past their due date.

    Advances do not lower it: until the accounting system sets an advance against a document, that document
    is unpaid, and its own aging report says the same. So overdue may exceed the net debt, never the
    receivable.
    """
    return total([item.unpaid for item in items if item.is_overdue], currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum amounts of one currency. Errors: ValueError where another is met."""
    units = 0
    for amount in amounts:
        if amount.currency != currency:
            raise ValueError(f"{amount.currency} and {currency} are never added together")
        units += amount.units
    return Money(units, currency)


def unexplained(items: Iterable[Item], currency: str) -> Money:
    return total((item.unpaid for item in items if item.stored is None), currency)

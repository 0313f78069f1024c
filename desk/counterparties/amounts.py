"""What is owed, as pages show it: in minor units, with where each figure is explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from api.money import figures
from desk.why import links
from schemas.settings import TermsSettings
from schemas.terms import AgingBucket, Deferral, Override, aging, deferral
from store.accounts import Account, Item, overdue, total, unexplained
from store.balance_views import ContractBalance as Owed


@dataclass(frozen=True, slots=True)
class Total:
    """Of one own organisation in one currency. `undated` are debts that nobody can call overdue."""

    organization_id: str
    organization: str
    currency: str
    debt: int
    receivable: int
    advance: int
    unexplained: int
    overdue: int
    days_overdue: int
    undated: int
    aging: dict[AgingBucket, int]
    why: str
    why_overdue: str


class Contract(NamedTuple):
    """Under one contract in one currency; `free` is the limit less the debt, None where debt is not limited."""

    owed: Owed
    debt: int
    overdue: int
    limit: int | None
    free: int | None
    terms: Deferral
    open_items: int
    why: str
    why_overdue: str
    why_limit: str


def totals(accounts: Sequence[Account], source: str, party: str) -> list[Total]:
    return [_total(own, source, party) for own in figures.together(accounts)]


def by_currency(all_totals: Sequence[Total]) -> dict[str, tuple[int, int]]:
    """Debt and overdue over all own organisations, by currency."""
    found: dict[str, tuple[int, int]] = {}
    for one in all_totals:
        debt, late = found.get(one.currency, (0, 0))
        found[one.currency] = (debt + one.debt, late + one.overdue)
    return found


def contracts(
    accounts: Sequence[Account],
    source: str,
    party: str,
    overrides: Sequence[Override],
    terms: TermsSettings,
    today: date,
) -> list[Contract]:
    """What is late first, then what is owed most, then those without a debt."""
    found = [_contract(one, source, party, overrides, terms, today) for one in accounts]
    return sorted(found, key=lambda one: (-one.overdue, -abs(one.debt), one.owed.number, one.owed.name))


def days_overdue(items: Sequence[Item]) -> int:
    """Of the oldest debt; 0 where none is late."""
    return max((item.due.days_overdue for item in items if item.due), default=0)


def _total(accounts: Sequence[Account], source: str, party: str) -> Total:
    owed = accounts[0].owed
    currency, organization = owed.currency, owed.organization_id
    items = [item for account in accounts for item in account.items]
    sums = aging(((item.due.days_overdue, item.unpaid) for item in items if item.due), currency)
    undated = [item.unpaid for item in items if item.is_debt and not item.due]
    return Total(
        organization_id=organization,
        organization=owed.organization_name,
        currency=currency,
        debt=sum(account.owed.debt for account in accounts),
        receivable=total((item.unpaid for item in items if item.is_debt), currency).units,
        advance=total((item.unpaid for item in items if item.is_advance), currency).units,
        unexplained=unexplained(items, currency).units,
        overdue=overdue(items, currency).units,
        days_overdue=days_overdue(items),
        undated=total(undated, currency).units,
        aging={bucket: sum_.units for bucket, sum_ in sums.items()},
        why=links.balance(source, party, currency, organization=organization),
        why_overdue=links.items(source, party, currency, organization=organization),
    )


def _contract(
    account: Account,
    source: str,
    party: str,
    overrides: Sequence[Override],
    terms: TermsSettings,
    today: date,
) -> Contract:
    owed, limit = account.owed, figures.credit_limit(account.owed)
    of_contract = [
        one for one in overrides if one.subject == "counterparty" or one.subject_id == owed.contract_id
    ]
    place = {"contract": owed.contract_id, "organization": owed.organization_id}
    return Contract(
        owed=owed,
        debt=owed.debt,
        overdue=overdue(account.items, owed.currency).units,
        limit=limit.units if limit else None,
        free=limit.units - owed.debt if limit else None,
        terms=deferral(owed.payment_terms_days, of_contract, terms, arose_on=today),
        open_items=len(account.items),
        why=links.balance(source, party, owed.currency, **place),
        why_overdue=links.items(source, party, owed.currency, **place),
        why_limit=links.record("contract", source, owed.contract_id),
    )

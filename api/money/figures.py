"""From the store's figures to the answer: due dates, overdue and totals, all as of the moment it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from api.money import open_items
from api.money.answers import (
    Aging,
    Balance,
    ContractBalance,
    ContractRef,
    CounterpartyRef,
    OrganizationRef,
    PaymentTerms,
    Totals,
)
from api.trust import standing
from api.web.ids import external
from schemas.money import Money
from schemas.records.counterparty import Counterparty
from schemas.settings import HubSettings, SourceSettings, TermsSettings
from schemas.terms import aging, deferral
from store.accounts import Account, Item, explained, overdue, total, unexplained
from store.agreement import AgreementState
from store.balances import ContractBalance as Owed
from store.balances import CounterpartyBalance


class _HasOwed(Protocol):
    @property
    def owed(self) -> Owed: ...


OfContract = TypeVar("OfContract", bound=_HasOwed)


def balance(
    counterparty: Counterparty,
    known: CounterpartyBalance,
    source: SourceSettings,
    settings: HubSettings,
    agreement: AgreementState,
    now: datetime,
) -> Balance:
    """Build the answer for the moment `now`; the day it falls on in the accounting time zone decides."""
    zone = source.time_zone
    local = now.astimezone(zone)
    accounts = explained(known, settings.terms, local.date())
    return Balance(
        **standing.fields(
            source,
            as_of=known.as_of,
            synced_at=known.refreshed_at,
            agreement=agreement,
            target_s=settings.fresh_for_s,
            now=now,
        ),
        counterparty=counterparty_ref(source, counterparty),
        totals=[_total(own, source.id) for own in together(accounts)],
        contracts=[
            _contract(account, source.id, _terms(account.owed, known, settings.terms, local))
            for account in accounts
        ],
        open_items=[
            open_items.row(item, account.owed.contract_id, account.owed.organization_id, source.id, zone)
            for account in accounts
            for item in account.items
        ],
    )


def counterparty_ref(source: SourceSettings, counterparty: Counterparty) -> CounterpartyRef:
    return CounterpartyRef(
        id=external(source.id, counterparty.id),
        name=counterparty.name,
        kind=counterparty.kind,
        status=counterparty.status,
    )


def _terms(owed: Owed, known: CounterpartyBalance, terms: TermsSettings, local: datetime) -> PaymentTerms:
    """What holds for a debt that arises on the day of `local`."""
    overrides = known.overrides_of(owed.contract_id)
    found = deferral(owed.payment_terms_days, overrides, terms, arose_on=local.date())
    return PaymentTerms(
        days=found.days,
        rule=found.rule,
        site_terms=open_items.site_terms(found.override, local.tzinfo),
        calendar=terms.calendar,
    )


def _contract(account: Account, source: str, terms: PaymentTerms) -> ContractBalance:
    owed, currency = account.owed, account.owed.currency
    debt = Money(owed.debt, currency)
    limit = credit_limit(owed)
    return ContractBalance(
        contract=contract_ref(owed, source),
        organization=organization(owed, source),
        currency=currency,
        debt=str(debt),
        overdue=str(overdue(account.items, currency)),
        unexplained=str(unexplained(account.items, currency)),
        credit_limit=str(limit) if limit else None,
        credit_available=str(limit - debt) if limit else None,
        payment_terms=terms,
        open_items=len(account.items),
    )


def credit_limit(owed: Owed) -> Money | None:
    """None where debt is not limited, or only in the contract's other currency."""
    if owed.credit_limit is None or owed.contract_currency != owed.currency:
        return None
    return Money(owed.credit_limit, owed.currency)


def contract_ref(owed: Owed, source: str) -> ContractRef | None:
    if not owed.contract_id:
        return None
    return ContractRef(
        id=external(source, owed.contract_id),
        number=owed.number,
        name=owed.name,
        kind=owed.kind,
        status=owed.status,
        settled=owed.settlement_order,
    )


def organization(owed: Owed, source: str) -> OrganizationRef | None:
    if not owed.organization_id:
        return None
    return OrganizationRef(id=external(source, owed.organization_id), name=owed.organization_name)


def together(accounts: Iterable[OfContract]) -> list[list[OfContract]]:
    """Those of one own organisation in one currency: a sum across either does not exist."""
    found: dict[tuple[str, str], list[OfContract]] = {}
    for one in accounts:
        found.setdefault((one.owed.organization_id, one.owed.currency), []).append(one)
    return [found[key] for key in sorted(found)]


def _total(accounts: list[Account], source: str) -> Totals:
    currency = accounts[0].owed.currency
    items = [item for account in accounts for item in account.items]
    return Totals(
        organization=organization(accounts[0].owed, source),
        currency=currency,
        debt=str(total((Money(account.owed.debt, currency) for account in accounts), currency)),
        receivable=str(total((item.unpaid for item in items if item.is_debt), currency)),
        advance=str(total((item.unpaid for item in items if item.is_advance), currency)),
        unexplained=str(unexplained(items, currency)),
        overdue=str(overdue(items, currency)),
        aging=aged(items, currency),
    )


def aged(items: Sequence[Item], currency: str) -> Aging:
    sums = aging(((item.due.days_overdue, item.unpaid) for item in items if item.due), currency)
    undated = total((item.unpaid for item in items if item.is_debt and not item.due), currency)
    return Aging(
        current=str(sums["current"]),
        days_1_30=str(sums["1-30"]),
        days_31_60=str(sums["31-60"]),
        days_61_90=str(sums["61-90"]),
        over_90=str(sums["over 90"]),
        undated=str(undated),
    )

"""The panel on every page of the portal (BS-11): GET /v1/counterparties/{id}/summary."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from api import figures, standing
from api.answers import Amount, ContractRef, CounterpartyRef, CurrencyCode, OrganizationRef
from api.ids import external
from api.standing import Agreement, Basis
from schemas.money import Money
from schemas.settings import HubSettings, SourceSettings
from store.accounts import Account, explained, overdue, total
from store.summaries import Found

OverdueOn = Annotated[date, Meta(description="Overdue is as of this day, in the accounting `time_zone`.")]


class SummaryTotal(Struct, frozen=True, kw_only=True):
    """What is owed to one own organisation in one currency; a sum across either does not exist."""

    organization: OrganizationRef | None
    currency: CurrencyCode
    debt: Amount
    overdue: Amount


class SummaryContract(Struct, frozen=True, kw_only=True):
    """What is owed under one contract.

    `credit_available` is the limit less the debt; both are null where debt is not limited. Settlements that
    name no contract have `contract` null.
    """

    contract: ContractRef | None
    organization: OrganizationRef | None
    currency: CurrencyCode
    debt: Amount
    overdue: Amount
    credit_limit: Amount | None
    credit_available: Amount | None


class BranchSummary(Struct, frozen=True, kw_only=True):
    """What one of them owes by itself, without those below it."""

    counterparty: CounterpartyRef
    agreement: Agreement
    totals: list[SummaryTotal]


class GroupSummary(Struct, frozen=True, kw_only=True):
    """A counterparty with all below it that the key shows: each by itself, it first, and the sums over them.

    `agreement` is the worst of theirs.
    """

    agreement: Agreement
    totals: list[SummaryTotal]
    branches: list[BranchSummary]


class Summary(Basis, frozen=True, kw_only=True):
    """The total debt and what of it is overdue, and the same by contract: the sums of the open items."""

    counterparty: CounterpartyRef
    overdue_on: OverdueOn
    totals: list[SummaryTotal]
    contracts: list[SummaryContract]
    group: Annotated[GroupSummary | None, Meta(description="Given with `include=branches`.")]


def of(
    found: Found,
    guid: str,
    source: SourceSettings,
    settings: HubSettings,
    now: datetime,
    group: GroupSummary | None = None,
) -> Summary:
    """Build the answer for the moment `now`; the day it falls on in the accounting time zone decides."""
    today = now.astimezone(source.time_zone).date()
    accounts = explained(found.known, settings.terms, today)
    return Summary(
        **standing.basis(
            source,
            as_of=found.state.as_of,
            synced_at=found.state.refreshed_at,
            agreement=found.agreement,
            target_s=settings.fresh_for_s,
            now=now,
        ),
        counterparty=counterparty(found, guid, source),
        overdue_on=today,
        totals=totals(accounts, source.id),
        contracts=[_contract(account, source.id) for account in accounts],
        group=group,
    )


def counterparty(found: Found, guid: str, source: SourceSettings) -> CounterpartyRef:
    return CounterpartyRef(
        id=external(source.id, guid), name=found.name, kind=found.kind, status=found.status
    )


def totals(accounts: Iterable[Account], source: str) -> list[SummaryTotal]:
    together: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        together.setdefault((account.owed.organization_id, account.owed.currency), []).append(account)
    return [_total(together[key], source) for key in sorted(together)]


def _total(accounts: list[Account], source: str) -> SummaryTotal:
    owed = accounts[0].owed
    return SummaryTotal(
        organization=figures.organization(owed, source),
        currency=owed.currency,
        debt=str(
            total([Money(account.owed.debt, account.owed.currency) for account in accounts], owed.currency)
        ),
        overdue=str(total([overdue(one.items, one.owed.currency) for one in accounts], owed.currency)),
    )


def _contract(account: Account, source: str) -> SummaryContract:
    owed = account.owed
    debt, limit = Money(owed.debt, owed.currency), figures.credit_limit(owed)
    return SummaryContract(
        contract=figures.contract_ref(owed, source),
        organization=figures.organization(owed, source),
        currency=owed.currency,
        debt=str(debt),
        overdue=str(overdue(account.items, owed.currency)),
        credit_limit=str(limit) if limit else None,
        credit_available=str(limit - debt) if limit else None,
    )

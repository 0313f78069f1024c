"""The panel on every page of the portal (BS-11): GET /v1/counterparties/{id}/summary."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from api.money import figures
from api.money.answers import Amount, ContractRef, CounterpartyRef, CurrencyCode, OrganizationRef
from api.trust import standing
from api.trust.standing import Agreement, Basis
from api.web.ids import external
from schemas.money import Money
from schemas.settings import HubSettings, SourceSettings
from store.accounts import Account, explained, overdue, total
from store.balance_views import ContractBalance as Owed
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
    owing = [_owing(account) for account in explained(found.known, settings.terms, today)]
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
        totals=_totals(owing, source.id),
        contracts=[_contract(one, source.id) for one in owing],
        group=group,
    )


def counterparty(found: Found, guid: str, source: SourceSettings) -> CounterpartyRef:
    return CounterpartyRef(
        id=external(source.id, guid), name=found.name, kind=found.kind, status=found.status
    )


def totals(accounts: Iterable[Account], source: str) -> list[SummaryTotal]:
    return _totals([_owing(account) for account in accounts], source)


class _Owing(NamedTuple):
    owed: Owed
    debt: Money
    overdue: Money


def _owing(account: Account) -> _Owing:
    owed = account.owed
    return _Owing(owed, Money(owed.debt, owed.currency), overdue(account.items, owed.currency))


def _totals(owing: list[_Owing], source: str) -> list[SummaryTotal]:
    return [_total(own, source) for own in figures.together(owing)]


def _total(owing: list[_Owing], source: str) -> SummaryTotal:
    owed = owing[0].owed
    return SummaryTotal(
        organization=figures.organization(owed, source),
        currency=owed.currency,
        debt=str(total([one.debt for one in owing], owed.currency)),
        overdue=str(total([one.overdue for one in owing], owed.currency)),
    )


def _contract(owing: _Owing, source: str) -> SummaryContract:
    owed, debt, late = owing
    limit = figures.credit_limit(owed)
    return SummaryContract(
        contract=figures.contract_ref(owed, source),
        organization=figures.organization(owed, source),
        currency=owed.currency,
        debt=str(debt),
        overdue=str(late),
        credit_limit=str(limit) if limit else None,
        credit_available=str(limit - debt) if limit else None,
    )

"""How old the debts are, and which come next (KT-03, CM-26, FX-13): GET /v1/counterparties/{id}/aging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, TypedDict

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.money import figures, known
from api.money.answers import Aging, Amount, ContractRef, CounterpartyRef, CurrencyCode, OrganizationRef
from api.money.balances import REFUSALS
from api.money.summary import OverdueOn
from api.parties.party import CounterpartyId
from api.trust.standing import Basis
from api.web import callers
from api.web.callers import Caller
from api.web.hub import Hub
from store.accounts import Account, Item, overdue, total

SOON_DAYS = 7
DueSoonDays = Annotated[
    int,
    QueryParameter(name="due_soon_days", ge=0, le=365, description="How many days ahead `due_soon` looks."),
]


class Age(Struct, frozen=True, kw_only=True):
    """Unpaid debts by age, without advances: `receivable` is the sum of the buckets.

    `due_soon` is what of `current` falls due within the days asked for, today's included; `next_due_on` the
    first of those days, whenever it is. `days_overdue` is that of the oldest debt, 0 where none is overdue.
    """

    receivable: Amount
    overdue: Amount
    due_soon: Amount
    aging: Aging
    days_overdue: int
    next_due_on: date | None


class AgedTotal(Age, frozen=True, kw_only=True):
    """Of one own organisation in one currency; a sum across either does not exist."""

    organization: OrganizationRef | None
    currency: CurrencyCode


class AgedContract(AgedTotal, frozen=True, kw_only=True):
    """The same under one contract; settlements that name none have `contract` null."""

    contract: ContractRef | None


class AgingAnswer(Basis, frozen=True, kw_only=True):
    """The debts of a counterparty by how long they are overdue, in total and by contract."""

    counterparty: CounterpartyRef
    overdue_on: OverdueOn
    due_soon_through: Annotated[date, Meta(description="The last day that `due_soon` looks at.")]
    totals: list[AgedTotal]
    contracts: list[AgedContract]


@get(
    "/v1/counterparties/{counterparty_id:str}/aging",
    sync_to_thread=True,
    summary="Debts of a counterparty by age",
    operation_id="getCounterpartyAging",
    tags=["balances"],
    security=callers.needs("balances:read"),
    responses=REFUSALS,
)
def aging(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    due_soon_days: DueSoonDays = SOON_DAYS,
) -> AgingAnswer:
    """Current, overdue 1-30, 31-60, 61-90 and over 90 days, and what falls due soon: whom to remind of what."""
    found = known.read(hub, caller, counterparty_id)
    source, through = found.source.id, found.today + timedelta(days=due_soon_days)
    owing = [account for account in found.accounts if _debts(account)]
    return AgingAnswer(
        **found.basis,
        counterparty=figures.counterparty_ref(found.source, found.counterparty),
        overdue_on=found.today,
        due_soon_through=through,
        totals=[_total(own, source, through) for own in figures.together(owing)],
        contracts=[_contract(account, source, through) for account in owing],
    )


def _debts(account: Account) -> list[Item]:
    return [item for item in account.items if item.is_debt]


def _total(accounts: Sequence[Account], source: str, through: date) -> AgedTotal:
    owed = accounts[0].owed
    return AgedTotal(
        **_age([item for account in accounts for item in _debts(account)], owed.currency, through),
        organization=figures.organization(owed, source),
        currency=owed.currency,
    )


def _contract(account: Account, source: str, through: date) -> AgedContract:
    owed = account.owed
    return AgedContract(
        **_age(_debts(account), owed.currency, through),
        organization=figures.organization(owed, source),
        currency=owed.currency,
        contract=figures.contract_ref(owed, source),
    )


class _Fields(TypedDict):
    """The fields of `Age`."""

    receivable: str
    overdue: str
    due_soon: str
    aging: Aging
    days_overdue: int
    next_due_on: date | None


def _age(debts: Sequence[Item], currency: str, through: date) -> _Fields:
    to_come = [item for item in debts if item.due and not item.due.days_overdue]
    soon = (item.unpaid for item in to_come if item.due and item.due.due_on <= through)
    return _Fields(
        receivable=str(total((item.unpaid for item in debts), currency)),
        overdue=str(overdue(debts, currency)),
        due_soon=str(total(soon, currency)),
        aging=figures.aged(debts, currency),
        days_overdue=max((item.due.days_overdue for item in debts if item.due), default=0),
        next_due_on=min((item.due.due_on for item in to_come if item.due), default=None),
    )

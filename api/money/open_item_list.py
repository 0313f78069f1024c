"""The table by which a buyer verifies his debt (BS-12): GET /v1/counterparties/{id}/open-items."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.money import figures, known, open_items, summary
from api.money.answers import CounterpartyRef, OpenItem
from api.money.balances import REFUSALS
from api.money.summary import OverdueOn, SummaryTotal
from api.parties.party import CounterpartyId
from api.trust.standing import Basis
from api.web import callers, ids
from api.web.callers import Caller
from api.web.filters import ContractFilter
from api.web.hub import Hub
from schemas.types import Units
from store.accounts import Account, total

OverdueOnly = Annotated[
    bool, QueryParameter(name="overdue_only", description="Only debts past their due date.")
]


class OpenItems(Basis, frozen=True, kw_only=True):
    """Every unsettled document, by contract in the order they arose; `totals` are the sums of these rows.

    Without filters they sum exactly to the summary, row `unexplained` included. All rows come at once: a table
    that has to add up is no use in parts.
    """

    counterparty: CounterpartyRef
    overdue_on: OverdueOn
    totals: list[SummaryTotal]
    items: list[OpenItem]


@get(
    "/v1/counterparties/{counterparty_id:str}/open-items",
    sync_to_thread=True,
    summary="Unsettled documents of a counterparty",
    operation_id="listOpenItems",
    tags=["balances"],
    security=callers.needs("balances:read"),
    responses=REFUSALS,
)
def open_item_list(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    contract_id: ContractFilter = None,
    overdue_only: OverdueOnly = False,
) -> OpenItems:
    """Contract, document, amount, settled, unpaid, terms and the rule they came from, due date, days overdue."""
    wanted = None if contract_id is None else ids.parse(contract_id)
    found = known.read(hub, caller, counterparty_id)
    source = found.source
    chosen = [
        _chosen(account, overdue_only=overdue_only)
        for account in found.accounts
        if wanted in (None, (source.id, account.owed.contract_id))
    ]
    return OpenItems(
        **found.basis,
        counterparty=figures.counterparty_ref(source, found.counterparty),
        overdue_on=found.today,
        totals=summary.totals((one for one in chosen if one.items), source.id),
        items=[
            open_items.row(
                item, account.owed.contract_id, account.owed.organization_id, source.id, source.time_zone
            )
            for account in chosen
            for item in account.items
        ],
    )


def _chosen(account: Account, *, overdue_only: bool) -> Account:
    """The account of the items that are shown, which is what these sum to."""
    items = tuple(item for item in account.items if item.overdue.units or not overdue_only)
    debt = total((item.unpaid for item in items), account.owed.currency)
    return Account(account.owed._replace(debt=Units(debt.units)), items)

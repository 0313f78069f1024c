"""What one counterparty owes, or was shown as owing: GET /v1/counterparties/{id}/balance."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.money import figures
from api.money.answers import Balance, ShownBalance, ShownDebt
from api.parties import party
from api.parties.party import CounterpartyId
from api.web import callers, filters, ids, refusals
from api.web.callers import Caller, counterparty_not_found
from api.web.errors import FieldError, ProblemError
from api.web.hub import Hub
from schemas.money import Money
from schemas.records.counterparty import Counterparty
from schemas.settings import SourceSettings
from store import agreement, balances, history
from store.engine import Tx

ShownAt = Annotated[
    datetime | None,
    QueryParameter(
        name="shown_at",
        description="Give the debts as they were shown at this moment (RFC 3339, with its offset) instead.",
    ),
]

REFUSALS = refusals.of(*party.MONEY_CODES)


@get(
    "/v1/counterparties/{counterparty_id:str}/balance",
    sync_to_thread=True,
    summary="Balance of a counterparty",
    operation_id="getCounterpartyBalance",
    tags=["balances"],
    security=callers.needs("balances:read"),
    responses=REFUSALS,
)
def balance(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    shown_at: ShownAt = None,
) -> Balance | ShownBalance:
    """Debts, overdue and free credit by contract, and the open items they consist of."""
    of, now = party.of_money(hub, caller, counterparty_id), hub.clock()
    source, at = of.source, filters.moment(shown_at, "shown_at")
    if at is not None and at > now:
        raise ProblemError(
            "bad_request",
            "shown_at is still to come.",
            hint="Give a moment of the past, or leave it out for what is so now.",
            errors=(FieldError(detail="not in the past", parameter="shown_at"),),
        )
    with hub.store.reading(caller.tenancy) as tx:
        record = of.record(tx)
        if at is not None:
            return _shown(tx, source, record, at)
        known = balances.counterparty(tx, source.id, of.guid)
        agreed = agreement.state_of(tx, source.id, of.guid)
    if known is None:
        raise counterparty_not_found()
    return figures.balance(record, known, source, hub.settings, agreed, now)


def _shown(tx: Tx, source: SourceSettings, counterparty: Counterparty, at: datetime) -> ShownBalance:
    zone = source.time_zone
    debts = [
        ShownDebt(
            contract_id=ids.optional(source.id, one.contract_id),
            organization_id=ids.optional(source.id, one.organization_id),
            currency=one.currency,
            debt=str(Money(one.debt, one.currency)),
            shown_since=one.from_at.astimezone(zone),
        )
        for one in history.balance_as_of(tx, source.id, counterparty.id, at)
    ]
    return ShownBalance(
        counterparty=figures.counterparty_ref(source, counterparty),
        shown_at=at.astimezone(zone),
        time_zone=zone.key,
        contracts=debts,
    )

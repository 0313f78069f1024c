"""What one counterparty owes, or was shown as owing: GET /v1/counterparties/{id}/balance."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api import callers, figures, ids, refusals
from api.answers import Balance, ShownBalance, ShownDebt
from api.callers import Caller
from api.errors import ProblemError
from api.hub import Hub
from schemas import TABLES
from schemas.money import Money
from schemas.records.counterparty import Counterparty
from schemas.settings import SourceSettings
from store import agreement, balances, history, records
from store.engine import Tx

CounterpartyId = Annotated[
    str, PathParameter(description="The counterparty's id as this API gave it, opaque to clients.")
]
ShownAt = Annotated[
    datetime | None,
    QueryParameter(
        name="shown_at",
        description="Give the debts as they were shown at this moment (RFC 3339, with its offset) instead.",
    ),
]

REFUSALS = refusals.of("malformed_id", "reach_too_narrow", "counterparty_not_found", "source_not_found")


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
    source_id, guid = ids.parse(counterparty_id)
    source, now = hub.source(source_id), hub.clock()
    caller.must_see_money(source_id, guid, not_found)
    if shown_at is not None and (shown_at.tzinfo is None or shown_at > now):
        raise ProblemError(
            "bad_request",
            "shown_at is not a moment of the past with its offset from UTC.",
            hint="Write it as 2026-03-03T10:00:00+03:00.",
        )
    with hub.store.reading(caller.tenancy) as tx:
        record = records.get(tx, TABLES["counterparty"], source_id, (guid,))
        if record is not None and shown_at is not None:
            return _shown(tx, source, record, shown_at)
        known = balances.counterparty(tx, source_id, guid)
        agreed = agreement.state_of(tx, source_id, guid)
    if known is None or record is None:
        raise not_found()
    return figures.balance(record, known, source, hub.settings, agreed, now)


def not_found() -> ProblemError:
    return ProblemError(
        "counterparty_not_found",
        "The store has no counterparty with this id.",
        hint="Check the id; if the counterparty is new, it appears after the next sync of its source.",
    )


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

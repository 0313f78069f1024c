"""What one counterparty owes: GET /v1/counterparties/{id}/balance."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter

from api import figures, ids
from api.answers import Balance
from api.errors import MEDIA_TYPE, Problem, ProblemError
from api.hub import Hub
from schemas import TABLES
from store import balances, records

CounterpartyId = Annotated[
    str, PathParameter(description="The counterparty's id as this API gave it, opaque to clients.")
]


@get(
    "/v1/counterparties/{counterparty_id:str}/balance",
    sync_to_thread=True,
    summary="Balance of a counterparty",
    operation_id="getCounterpartyBalance",
    tags=["balances"],
    responses={
        400: ResponseSpec(Problem, media_type=MEDIA_TYPE, description="malformed_id"),
        404: ResponseSpec(
            Problem, media_type=MEDIA_TYPE, description="counterparty_not_found or source_not_found"
        ),
        503: ResponseSpec(Problem, media_type=MEDIA_TYPE, description="store_unavailable"),
    },
)
def balance(counterparty_id: CounterpartyId, hub: NamedDependency[Hub]) -> Balance:
    """Debts, overdue and free credit by contract, and the open items they consist of."""
    source_id, guid = ids.parse(counterparty_id)
    source = hub.source(source_id)
    with hub.store.reading() as tx:
        known = balances.counterparty(tx, source_id, guid)
        record = records.get(tx, TABLES["counterparty"], source_id, (guid,))
    if known is None or record is None:
        raise ProblemError(
            "counterparty_not_found",
            "The store has no counterparty with this id.",
            hint="Check the id; if the counterparty is new, it appears after the next sync of its source.",
        )
    return figures.balance(record, known, source, hub.settings, hub.clock())

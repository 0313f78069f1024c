"""Asking for a statement (BS-15): POST /v1/statements. The API draws nothing: a worker of the hub takes the request."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from api.statements import wanted
from api.statements.wanted import NewStatement
from api.syncing import operations
from api.syncing.operations import Operation
from api.web import callers, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.errors import StoreError
from store import statement_requests
from store.engine import Tx


@post(
    "/v1/statements",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Ask for a statement",
    operation_id="createStatement",
    tags=["statements"],
    security=callers.needs("statements:write"),
    responses=refusals.of(
        *repeats.CODES, "reach_too_narrow", "invalid_value", "too_large", "too_many_operations"
    ),
)
def ask(
    data: JSONBody[NewStatement],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Operation]:
    """Drawn by the hub in moments, then by the accounting system, and compared; ask the operation until it ended.

    The operation's `statement_id` is there after the first of these. Where the accounting system is away, it
    succeeds with the hub's statement, `pending`; the other drawing follows by itself, and `statement.ready`
    tells of it. What nothing has changed of is the same statement again; requests for the same thing that are
    under way are one operation.
    """
    source, guid = wanted.party(hub, caller, data)

    def work(tx: Tx) -> Operation:
        asked = wanted.asked(tx, source, guid, data)
        try:
            taken = statement_requests.ask(tx, asked, caller.by)
        except StoreError as error:
            raise operations.too_many(statement_requests.MOST_OPEN) from error
        return operations.answer(taken, source)

    return repeat.once(
        "createStatement",
        work,
        status=202,
        source=source.id,
        counterparty_id=guid,
        subject=lambda asked: asked.id,
        details={
            "from": data.from_on.isoformat(),
            "to": data.to_on.isoformat(),
            "contract_id": data.contract_id,
        },
        headers=operations.where,
    )

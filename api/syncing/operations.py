"""Asking for fresher data (BS-08): POST /v1/counterparties/{id}/sync and GET /v1/operations/{id}.

The API never calls outward: what is asked for is a row, which another process of the hub works on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta, Struct

from api.money.answers import Id
from api.parties import party
from api.parties.party import CounterpartyId
from api.web import callers, ids, refusals, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.api_keys import Permission
from schemas.settings import SourceSettings
from store import operations, statement_requests
from store.engine import Tx
from store.operations import Kind, Progress, State

MOST_OPEN = 20  # of one key
AGAIN_S: Mapping[Kind, int] = {"sync": 2, "statement": 1, "file": 1}  # a pull takes some seconds
FULL_AGAIN_S = 30
READ_WITH: Mapping[Kind, tuple[Permission, ...]] = {
    "sync": ("sync:write",),
    "statement": ("statements:read", "statements:write"),
    "file": ("documents:read",),
}
_NUMBER = re.compile(r"[0-9a-f]{32}")

OperationId = Annotated[str, PathParameter(description="The operation's id, as the 202 gave it.")]


class OperationError(Struct, frozen=True, kw_only=True):
    """Why it failed, and what to do about it."""

    code: Annotated[
        str,
        Meta(
            description="source_paused | quiet_hours | source_unavailable | source_refused | change_too_large |"
            " not_drawn | not_printable | waited_too_long | internal_error"
        ),
    ]
    hint: str


class Operation(Struct, frozen=True, kw_only=True):
    """Ask again as often as Retry-After says while it is pending or running.

    `progress` tells a pending one's reason to wait. `as_of`, once it has succeeded: what the accounting system
    had then is in the answers of this API. `statement_id` of a statement is there as soon as the hub has drawn
    it, while the accounting system is still asked for its own (`comparing`).
    """

    id: str
    kind: Kind
    state: State
    progress: Progress
    counterparty_id: Id | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    as_of: datetime | None
    statement_id: str | None
    error: OperationError | None


@post(
    "/v1/counterparties/{counterparty_id:str}/sync",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Bring a counterparty up to date",
    operation_id="syncCounterparty",
    tags=["sync"],
    security=callers.needs("sync:write"),
    responses=refusals.of(*party.CODES, *repeats.CODES, "too_large", "too_many_operations"),
)
def sync(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Operation]:
    """Reads now what changed in the accounting system, instead of at the next ordinary pull: some seconds.

    Asked again while the first one waits, it is the same operation. The request has no body.
    """
    of = party.of(hub, caller, counterparty_id)

    def work(tx: Tx) -> Operation:
        of.record(tx)
        number = caller.key.number
        asked = operations.ask(tx, "sync", of.source.id, of.guid, key_number=number, most=MOST_OPEN)
        if asked is None:
            raise too_many(MOST_OPEN)
        return answer(asked, of.source)

    return repeat.once(
        "syncCounterparty",
        work,
        status=202,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=lambda asked: asked.id,
        headers=where,
    )


@get(
    "/v1/operations/{operation_id:str}",
    sync_to_thread=True,
    summary="How an operation is doing",
    operation_id="getOperation",
    tags=["operations"],
    security=callers.needs(*{one: None for of_kind in READ_WITH.values() for one in of_kind}),
    responses=refusals.of("operation_not_found", "source_not_found"),
)
def one(
    operation_id: OperationId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> Response[Operation]:
    """Whoever may see its counterparty may see it, whichever key asked for it, with a permission for its kind."""
    found = None
    if _NUMBER.fullmatch(operation_id):
        with hub.store.reading(caller.tenancy) as tx:
            found = operations.get(tx, operation_id)
    hidden = found is not None and found.kind == "statement" and caller.tenancy.contact_id is not None
    if found is None or hidden or found.kind not in READ_WITH:  # the others are asked for at the desk alone
        raise ProblemError(
            "operation_not_found",
            "There is no operation with this id.",
            hint="Use the Location of the 202. Operations that ended are forgotten after some weeks.",
        )
    caller.must_have(*READ_WITH[found.kind])
    headers = {"Retry-After": str(AGAIN_S[found.kind])} if found.state in operations.OPEN else {}
    return Response(answer(found, hub.source(found.source)), headers=headers)


ROUTES = (sync, one)


def answer(found: operations.Operation, source: SourceSettings) -> Operation:
    zone, party = source.time_zone, found.counterparty_id
    return Operation(
        id=found.id,
        kind=found.kind,
        state=found.state,
        progress=found.progress,
        counterparty_id=party and ids.external(source.id, party),
        created_at=found.created_at.astimezone(zone),
        started_at=found.started_at and found.started_at.astimezone(zone),
        ended_at=found.ended_at and found.ended_at.astimezone(zone),
        as_of=found.as_of and found.as_of.astimezone(zone),
        statement_id=statement_requests.statement_id(found) if found.kind == "statement" else None,
        error=OperationError(code=found.error, hint=found.hint or "") if found.error else None,
    )


def where(asked: Operation) -> Mapping[str, str]:
    return {"Location": f"/v1/operations/{asked.id}", "Retry-After": str(AGAIN_S[asked.kind])}


def too_many(most: int) -> ProblemError:
    return ProblemError(
        "too_many_operations",
        f"This key has {most} operations that have not ended.",
        hint="Wait until some of them have ended; one for a head office does not bring its branches.",
        headers={"Retry-After": str(FULL_AGAIN_S)},
    )

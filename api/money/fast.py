"""GET /v1/counterparties/{id}/summary: answered before Litestar where it comes without options (ADR 0016).

The documented handler and the front give the same answer of the same function; the front leaves out what
Litestar does for addresses that have more to choose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from api.money import branches
from api.money.balances import REFUSALS
from api.money.panel import Answer, Panels
from api.money.summary import Summary
from api.parties.party import CounterpartyId
from api.web import callers, errors, ids
from api.web.callers import Caller, Callers
from api.web.errors import ProblemError
from api.web.filters import Include
from api.web.hub import Hub
from schemas.api_keys import Permission
from schemas.types import Guid

PERMISSION: Permission = "balances:read"
_ADDRESS = re.compile(r"/v1/counterparties/([^/]+)/summary")
_JSON = "application/json"


@get(
    "/v1/counterparties/{counterparty_id:str}/summary",
    summary="Balance summary of a counterparty",
    operation_id="getCounterpartySummary",
    tags=["balances"],
    security=callers.needs(PERMISSION),
    responses=REFUSALS,
)
async def summary(
    counterparty_id: CounterpartyId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    include: Include = None,
) -> Response[Summary]:
    """The panel of every page: total debt and overdue, and by contract with its limit. Cheap: ask it each time.

    The bytes stay the same until something changes; what `If-None-Match` names is not sent again.
    """
    source_id, guid = ids.parse(counterparty_id)
    source = hub.source(source_id)
    if include == "branches":
        return Response(await branches.summary(hub, caller, source, guid))
    panels: Panels = request.app.state.panels
    found = await panels.answer(caller, source, guid, request.headers.get("if-none-match", ""))
    content: Any = found.body
    status = 304 if found.body is None else 200
    headers = {"ETag": found.etag, "Vary": "Authorization"}
    return Response(content, status_code=status, media_type=_JSON, headers=headers)


@dataclass(frozen=True, slots=True)
class Front:
    """Stands before `inner` and answers for the one address that every page asks for."""

    inner: ASGIApp
    panels: Panels
    callers: Callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = _wanted(scope)
        if wanted is None:
            await self.inner(scope, receive, send)
            return
        try:
            answer = await self._answer(scope, *wanted)
        except Exception as error:  # every error leaves in the form that it has everywhere
            request: Request[Any, Any, Any] = Request(scope, receive, send)
            response = errors.as_problem(request, error)
            await response.to_asgi_response(None, request)(scope, receive, send)
            return
        await _send(answer, send)

    async def _answer(self, scope: Scope, source_id: str, guid: Guid) -> Answer:
        authorization = if_none_match = b""
        for name, value in reversed([*scope["headers"]]):  # of several the first counts, as in Litestar
            if name == b"authorization":
                authorization = value
            elif name == b"if-none-match":
                if_none_match = value
        caller = await self.callers.identify(authorization, PERMISSION)
        source = self.panels.hub.source(source_id)
        return await self.panels.answer(caller, source, guid, if_none_match.decode("latin-1"))


def before(app: Litestar, panels: Panels, known: Callers) -> Litestar:
    """Let the front of this application answer what it can."""
    app.asgi_handler = Front(app.asgi_handler, panels, known)
    return app


def _wanted(scope: Scope) -> tuple[str, Guid] | None:
    """Source and key of the counterparty whose summary is wanted, without options; None for anything else."""
    if scope["type"] != ScopeType.HTTP or scope["method"] != "GET" or scope["query_string"]:
        return None
    match = _ADDRESS.fullmatch(scope["path"])
    if match is None:
        return None
    try:
        return ids.parse(match[1])
    except ProblemError:
        return None


async def _send(answer: Answer, send: Send) -> None:
    body = answer.body
    headers = [(b"etag", answer.etag.encode()), (b"vary", b"Authorization")]
    if body is not None:
        headers += [(b"content-type", _JSON.encode()), (b"content-length", str(len(body)).encode())]
    status = 304 if body is None else 200
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body or b"", "more_body": False})

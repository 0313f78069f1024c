"""How a request for a statement is doing: asked for again and again, with growing pauses, until it is there."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.frame import pages, waiting
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.statements import words
from store import statement_requests
from store.engine import Tx
from store.operations import STATEMENT, Operation


@get("/desk/statements/requests/{operation_id:str}", sync_to_thread=True)
def page(
    operation_id: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    with hub.store.reading() as tx:
        operation = find(tx, visit, operation_id)
    if (there := _address(operation)) is not None:
        return pages.redirect(visit, there)
    return pages.page(visit, "statements/request.html", **_values(visit, operation, 0))


@get("/desk/statements/requests/{operation_id:str}/progress", sync_to_thread=True)
def part(
    request: Request[Any, Any, Any],
    operation_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """As soon as the hub has drawn its statement, the way leads there; the other drawing follows on that page."""
    with hub.store.reading() as tx:
        operation = find(tx, visit, operation_id)
    if (there := _address(operation)) is not None:
        return pages.redirect(visit, there)
    return pages.fragment(
        visit, "statements/request_part.html", **_values(visit, operation, waiting.looks(request))
    )


def find(tx: Tx, visit: Visit, operation_id: str) -> Operation:
    found = waiting.find(tx, operation_id)
    if found is None or found.kind != STATEMENT:
        _ = visit.text.gettext
        raise DeskError(
            404,
            _("There is no such request."),
            _("Requests are forgotten after some weeks: draw it anew."),
        )
    return found


def _address(operation: Operation) -> str | None:
    """Where the statement is; while the other side is still asked, with the request that does so."""
    found = statement_requests.statement_id(operation)
    if found is None:
        return None
    asking = f"?request={operation.id}" if waiting.is_open(operation) else ""
    return f"/desk/statements/{found}{asking}"


def _values(visit: Visit, operation: Operation, asked: int) -> dict[str, Any]:
    failures = words.failures(visit.text)
    return {
        "operation": operation,
        "asked": statement_requests.asked_of(operation),
        "failed": operation.state == "failed",
        "failure": failures.get(operation.error or "", failures["internal_error"]),
        "waits": {str(why): told for why, told in words.waits(visit.text).items()}.get(
            operation.progress, ""
        ),
        "pause_ms": waiting.pause_ms(asked),
        "n": asked + 1,
        "slow": asked > 12,
    }

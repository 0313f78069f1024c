"""Drawing a statement anew, and bringing its counterparty up to date before that."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.counterparties import syncing
from desk.frame import pages, waiting
from desk.frame.visits import Visit
from desk.statements import asking, found, written
from desk.statements.found import address
from store.operations import SYNC


@post("/desk/statements/{statement_id:str}/again", sync_to_thread=True, status_code=200)
def again(
    statement_id: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """The same question once more: the same statement where both sides say the same, else another."""
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
    return pages.redirect(visit, f"/desk/statements/requests/{asking.ask_for(hub, visit, row.asked)}")


@post("/desk/statements/{statement_id:str}/pull", sync_to_thread=True, status_code=200)
def pull(
    statement_id: FromPath[str], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """Have the counterparty read from the accounting system now."""
    with hub.store.transaction() as tx:
        row = found.statement(tx, visit, statement_id)
        asked = waiting.ask(tx, visit, SYNC, row.source, row.counterparty_id)
        written.note(tx, visit, "syncCounterparty", row, operation=asked.id)
    return pages.redirect(visit, f"{address(row)}?pull={asked.id}")


@get("/desk/statements/{statement_id:str}/pulls/{operation_id:str}", sync_to_thread=True)
def pulled(
    request: Request[Any, Any, Any],
    statement_id: FromPath[str],
    operation_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """How that is doing; asked for again until it has ended."""
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
        operation = waiting.find(tx, operation_id)
    if operation is None or (operation.source, operation.counterparty_id) != (
        row.source,
        row.counterparty_id,
    ):
        raise pages.not_found(visit, visit.text.gettext("There is no such request."))
    before, failures = waiting.looks(request), syncing.failures(visit.text)
    waits = syncing.waits(visit.text)
    return pages.fragment(
        visit,
        "statements/pull_part.html",
        row=row,
        operation=operation,
        is_open=waiting.is_open(operation),
        waits=waits.get(operation.progress, waits["queued"])[0],
        failure=failures.get(operation.error or "", failures["internal_error"]),
        pause_ms=waiting.pause_ms(before),
        n=before + 1,
    )

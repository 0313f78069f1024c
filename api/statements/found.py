"""The statement of an address, for a caller who may see it; to anybody else as if it did not exist."""

from __future__ import annotations

import re
from typing import Annotated, Any

from litestar import Request
from litestar.params import PathParameter

from api.web import callers, request_ids
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from store import audit, statements
from store.engine import Tx
from store.statements import StatementRow

CODES = ("statement_not_found", "source_not_found", "reach_too_narrow")  # for `refusals.of`
StatementId = Annotated[str, PathParameter(description="The statement's id as this API gave it.")]
_ID = re.compile(r"[0-9a-f]{32}")


def must_see_statements(caller: Caller) -> None:
    """Refuse keys of one person of a company, as for balances."""
    if caller.tenancy.contact_id is not None:
        raise ProblemError(
            "reach_too_narrow",
            "This key shows what one person placed; statements are of the whole counterparty.",
            hint="Use a key whose reach is branch, subtree or company.",
        )


def seen(hub: Hub, caller: Caller, statement_id: str) -> StatementRow:
    """Errors: ProblemError of CODES."""
    must_see_statements(caller)
    with hub.store.reading(caller.tenancy) as tx:
        return row(tx, hub, statement_id)


def row(tx: Tx, hub: Hub, statement_id: str) -> StatementRow:
    """The same, of whom the transaction is for."""
    found = statements.get(tx, statement_id) if _ID.fullmatch(statement_id) else None
    if found is None:
        raise ProblemError(
            "statement_not_found",
            "There is no statement with this id.",
            hint="Use the statement_id of its operation, or an id of the list of statements.",
        )
    hub.source(found.source)
    return found


def note_reading(
    tx: Tx, request: Request[Any, Any, Any], operation: str, of: StatementRow, **details: object
) -> None:
    """Write down who read it (CM-13)."""
    audit.add(
        tx,
        operation=operation,
        request_id=request_ids.of(request.scope),
        key_number=callers.of(request).key.number,
        source=of.source,
        counterparty_id=of.counterparty_id,
        subject=of.id,
        details=details,
    )

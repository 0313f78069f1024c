"""The order of an address, for a caller who may see it; to anybody else as if it did not exist."""

from __future__ import annotations

from typing import Annotated

from litestar.params import PathParameter

from api.web import ids
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from schemas.settings import SourceSettings
from store import submissions
from store.engine import Tx
from store.submissions import Submission

CODES = ("malformed_id", "order_not_found", "source_not_found")  # for `refusals.of`
OrderId = Annotated[str, PathParameter(description="The order's id as this API gave it, opaque to clients.")]


def seen(hub: Hub, caller: Caller, order_id: str) -> tuple[SourceSettings, Submission]:
    """Errors: ProblemError of CODES."""
    with hub.store.reading(caller.tenancy) as tx:
        return row(tx, hub, order_id)


def row(tx: Tx, hub: Hub, order_id: str) -> tuple[SourceSettings, Submission]:
    """The same, of whom the transaction is for."""
    source_id, guid = ids.parse(order_id)
    source = hub.source(source_id)
    found = submissions.get(tx, guid)
    if found is None or found.source != source_id or found.kind != "order":
        raise ProblemError(
            "order_not_found",
            "There is no order with this id.",
            hint="Use an id as an answer of this API gave it; the list of orders has them all.",
        )
    return source, found


def address(order_id: str) -> dict[str, str]:
    """Headers that tell where it is."""
    return {"Location": f"/v1/orders/{order_id}"}

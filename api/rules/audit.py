"""Who wrote what, and when (CM-13): GET /v1/audit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.money.answers import Id
from api.rules import signed
from api.web import callers, ids, paging, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from store import audit
from store.audit import Entry

KeyNumber = Annotated[
    str | None, QueryParameter(pattern=r"^\w{1,100}$", description="Of the key with this number.")
]
OperationName = Annotated[
    str | None,
    QueryParameter(pattern=r"^[\w.]{1,100}$", description="Of this operation, as this document names it."),
]
OfParty = Annotated[str | None, QueryParameter(max_length=200, description="About this counterparty.")]


class AuditEntry(Struct, frozen=True, kw_only=True):
    """`key_number` is "saldo" for what was done at the hub's own command line; `details` is what was set."""

    at: datetime
    request_id: str
    key_number: str
    operation: Annotated[str, Meta(description="The operationId, or the command.")]
    source: str | None
    counterparty_id: Id | None
    subject: str | None
    details: dict[str, Any]


class AuditEntries(Struct, frozen=True, kw_only=True):
    items: list[AuditEntry]
    next_cursor: paging.NextCursor


@get(
    "/v1/audit",
    sync_to_thread=True,
    summary="Who wrote what",
    operation_id="listAudit",
    tags=["audit"],
    security=callers.needs("audit:read"),
    responses=refusals.of("bad_cursor", "malformed_id", "key_is_bound"),
)
def entries(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    counterparty_id: OfParty = None,
    key_number: KeyNumber = None,
    operation: OperationName = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> AuditEntries:
    """The newest first: every write over the API, and what the operator did to keys and webhooks."""
    signed.must_rule(caller)
    about = {"audit": counterparty_id, "key_number": key_number, "operation": operation}
    after = paging.opened(cursor, about)
    source, guid = (None, None) if counterparty_id is None else ids.parse(counterparty_id)
    with hub.store.reading(caller.tenancy) as tx:
        found = audit.read(
            tx,
            limit=limit + 1,
            before=paging.number(after),
            source=source,
            counterparty_id=guid,
            key_number=key_number,
            operation=operation,
        )
    some, more = paging.cut(found, limit, lambda one: (one.id,), about)
    return AuditEntries(items=[_entry(one) for one in some], next_cursor=more)


def _entry(one: Entry) -> AuditEntry:
    party = one.source and one.counterparty_id
    return AuditEntry(
        at=one.at.astimezone(UTC),
        request_id=one.request_id,
        key_number=one.key_number,
        operation=one.operation,
        source=one.source,
        counterparty_id=ids.external(str(one.source), str(one.counterparty_id)) if party else None,
        subject=one.subject,
        details=msgspec.json.decode(one.details),
    )

"""What happened, for receivers that were away: GET /v1/events."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.parties import party
from api.web import callers, filters, paging, refusals
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from schemas.events import EVENT_TYPES, EventType, heard_with
from store import events

Types = Annotated[
    list[EventType] | None, QueryParameter(name="type", description="Only events of these types.")
]
PartyFilter = Annotated[
    str | None,
    QueryParameter(name="counterparty_id", description="Only what concerns this counterparty."),
]
Since = Annotated[
    datetime | None,
    QueryParameter(description="Only what happened at this moment (RFC 3339, with its offset) or later."),
]


class Event(Struct, frozen=True, kw_only=True):
    """As a webhook brings it; `id` is its header webhook-id. Of two about one thing the higher `version` counts."""

    id: str
    type: str
    timestamp: datetime
    data: Annotated[dict[str, Any], Meta(description="What is so now, by type; always with its `version`.")]


class Events(Struct, frozen=True, kw_only=True):
    """The oldest first. Keep `resume_cursor`: as `cursor` it later gives what has happened since."""

    items: list[Event]
    next_cursor: paging.NextCursor
    resume_cursor: str | None


@get(
    "/v1/events",
    sync_to_thread=True,
    summary="Events",
    operation_id="listEvents",
    tags=["events"],
    security=callers.needs("events:read"),
    responses=refusals.of(
        "malformed_id", "bad_cursor", "reach_too_narrow", "counterparty_not_found", "source_not_found"
    ),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    types: Types = None,
    counterparty_id: PartyFilter = None,
    since: Since = None,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> Events:
    """Everything of the last 30 days that this key may hear: what a webhook of it would have brought."""
    source, guid = _party(hub, caller, counterparty_id)
    since = filters.moment(since, "since")
    wanted = sorted(set(types or EVENT_TYPES))
    about = {"events": wanted, "party": counterparty_id, "since": since and since.isoformat()}
    after = paging.opened(cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = events.read(
            tx,
            after=paging.number(after) or 0,
            limit=limit + 1,
            source=source,
            counterparty_id=guid,
            types=[one for one in wanted if heard_with(one) in caller.key.permissions],
            since=since,
        )
    some, more = paging.cut(found, limit, lambda one: (one.id,), about)
    return Events(
        items=[_event(one) for one in some],
        next_cursor=more,
        resume_cursor=paging.closed((some[-1].id,), about) if some else cursor,
    )


def must_hear(caller: Caller) -> None:
    """Refuse keys of one person of a company, as for balances: events tell of the whole counterparty."""
    if caller.tenancy.contact_id is not None:
        raise ProblemError(
            "reach_too_narrow",
            "This key shows what one person placed; events are of the whole counterparty.",
            hint="Use a key whose reach is branch, subtree or company.",
        )


def _party(hub: Hub, caller: Caller, given: str | None) -> tuple[str | None, str | None]:
    must_hear(caller)
    if given is None:
        return None, None
    of = party.of(hub, caller, given)
    return of.source.id, of.guid


def _event(one: events.Event) -> Event:
    return Event(id=one.event_id, type=one.type, timestamp=one.at, data={**one.data, "version": one.version})

"""Statements that were drawn: GET /v1/statements."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.parties import party
from api.statements import found, rows
from api.statements.answers import Statements
from api.statements.links import Links
from api.web import callers, filters, paging, refusals
from api.web.callers import Caller
from api.web.filters import Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit
from schemas.statements import State, Verdict
from store import statements

States = Annotated[
    list[State] | None, QueryParameter(name="state", description="Only in one of these states.")
]
Verdicts = Annotated[
    list[Verdict] | None,
    QueryParameter(name="verdict", description="Only where the two drawings compare like this."),
]


@get(
    "/v1/statements",
    sync_to_thread=True,
    summary="Statements",
    operation_id="listStatements",
    tags=["statements"],
    security=callers.needs("statements:read"),
    responses=refusals.of(*party.MONEY_CODES, "bad_cursor"),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    counterparty_id: filters.CounterpartyFilter = None,
    states: States = None,
    verdicts: Verdicts = None,
    from_on: filters.FromDay = None,
    to_on: filters.ToDay = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Statements:
    """The newest first. With days: those whose period has a day in common with them."""
    found.must_see_statements(caller)
    narrowed = Narrowed.of(hub, caller, source)
    guid = _party(hub, caller, narrowed, counterparty_id)
    about = {
        "statements": [source, counterparty_id, str(from_on), str(to_on)],
        "state": sorted(set(states or ())),
        "verdict": sorted(set(verdicts or ())),
    }
    after, mine = paging.number(paging.opened(cursor, about)), narrowed.ids
    if not mine:
        return Statements(items=[], next_cursor=None)
    with hub.store.reading(caller.tenancy) as tx:
        known = statements.list_(
            tx,
            source=mine[0] if len(mine) == 1 else None,
            counterparty_id=guid,
            states=states,
            verdicts=verdicts,
            first_on=from_on,
            last_on=to_on,
            after=after,
            limit=limit + 1,
        )
        some, more = paging.cut(known, limit, lambda one: (one.number,), about)
        links = Links(tx)
        items = [rows.row(one, hub.source(one.source), links) for one in some if one.source in mine]
    return Statements(items=items, next_cursor=more)


def _party(hub: Hub, caller: Caller, narrowed: Narrowed, given: str | None) -> str | None:
    guid = narrowed.by(given)
    if given is not None and guid is not None:
        of = party.of(hub, caller, given)
        with hub.store.reading(caller.tenancy) as tx:
            of.record(tx)
    return guid

"""Who the company trades with (CM-01, BC-02, BC-03): GET /v1/counterparties and /v1/counterparties/{id}.

Extension fields of the accounting system are not shown: what a supplier notes there about a buyer (rank, rating,
a payment forecast) is his own business, and no declaration tells which of them a buyer may read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from api.documents import journal
from api.documents.journal import NextUpdatedSince
from api.money.answers import CounterpartyRef
from api.parties import access, contracts, party, party_rows
from api.parties.access import Trading
from api.parties.contracts import Contract
from api.parties.party import CounterpartyId, Party
from api.parties.party_rows import Contact, ContactPoint, CounterpartyRow, DeliveryPoint
from api.trust import families
from api.trust.standing import Agreement, Recency, SourceBasis
from api.web import callers, filters, ids, paging, refusals, sparse
from api.web.callers import Caller, counterparty_not_found
from api.web.filters import NO_NUL, Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from store import contact_points, parties, trading
from store.engine import Tx

Search = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=100,
        pattern=NO_NUL,
        description="Part of a name, a code or a tax id, in small or capital letters.",
    ),
]
Kind = Annotated[
    str | None,
    QueryParameter(
        max_length=50, pattern=NO_NUL, description="company, foreign_company, sole_proprietor or person."
    ),
]
HeadId = Annotated[
    str | None, QueryParameter(max_length=200, description="Only branches of the counterparty with this id.")
]
_MOST_CONTRACTS = 200


class Counterparties(Struct, frozen=True, kw_only=True):
    """Counterparties by id, or with `updated_since` by when they changed, with those that were deleted."""

    items: list[CounterpartyRow]
    next_cursor: NextCursor
    next_updated_since: NextUpdatedSince
    sources: list[SourceBasis]


class CounterpartyAnswer(CounterpartyRow, frozen=True, kw_only=True):
    """A counterparty with all that is known of it.

    Contact points, people and places of delivery of its trading relationship are shared by its branches.
    `contracts` are the first ones by id; all of them are a list of their own.
    """

    branches: list[CounterpartyRef]
    contact_points: list[ContactPoint]
    partner_contact_points: list[ContactPoint]
    contacts: list[Contact]
    delivery_points: list[DeliveryPoint]
    contracts: list[Contract]
    trading: Trading
    as_of: datetime | None
    synced_at: datetime | None
    freshness: Recency
    agreement: Agreement
    time_zone: str


@get(
    "/v1/counterparties",
    sync_to_thread=True,
    summary="Counterparties",
    operation_id="listCounterparties",
    tags=["counterparties"],
    security=callers.needs("parties:read"),
    responses=refusals.of("malformed_id", "bad_cursor", "source_not_found"),
)
def counterparties(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    q: Search = None,
    kind: Kind = None,
    status: filters.Status = None,
    head_id: HeadId = None,
    updated_since: filters.UpdatedSince = None,
    fields: sparse.Fields = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Counterparties:
    """Head offices and branches that the key sees, with legal names and tax ids."""
    chosen = sparse.chosen(fields, CounterpartyRow)
    narrowed = Narrowed.of(hub, caller, source)
    wanted = parties.Filters(
        q=q,
        kind=kind,
        status=status,
        head_id=narrowed.by(head_id),
        updated_since=filters.moment(updated_since, "updated_since"),
    )
    about = {"list": "counterparties", "asked": [source, q, kind, status, head_id, str(updated_since)]}
    walk = journal.walk(hub, wanted.updated_since, cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = parties.counterparties(tx, wanted, sources=narrowed.ids, after=walk.after, limit=limit)
        bases = families.bases(tx, hub, narrowed.sources, "parties")
    return Counterparties(
        items=[
            sparse.row(CounterpartyRow, party_rows.values(row, hub.source(row.source)), chosen)
            for row in found.rows
        ],
        next_cursor=walk.cursor(found, about),
        next_updated_since=walk.next_since,
        sources=bases,
    )


@get(
    "/v1/counterparties/{counterparty_id:str}",
    sync_to_thread=True,
    summary="A counterparty",
    operation_id="getCounterparty",
    tags=["counterparties"],
    security=callers.needs("parties:read"),
    responses=refusals.of(*party.CODES),
)
def counterparty(
    counterparty_id: CounterpartyId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> CounterpartyAnswer:
    """Legal data, branches, people, how to reach it, where to deliver, contracts, and whether it is traded with."""
    of = party.of(hub, caller, counterparty_id)
    with hub.store.reading(caller.tenancy) as tx:
        return answer(tx, hub, of)


def answer(tx: Tx, hub: Hub, of: Party) -> CounterpartyAnswer:
    source, guid = of.source, of.guid
    record, row = of.record(tx), parties.one(tx, source.id, guid)
    if row is None:
        raise counterparty_not_found()
    today = hub.clock().astimezone(source.time_zone).date()
    partner = row.partner_id
    people = contact_points.people(tx, source.id, partner, today) if partner else []
    reached = contact_points.of(tx, source.id, {guid, *filter(None, [partner]), *(one.id for one in people)})
    found = parties.contracts(tx, source.id, guid, limit=_MOST_CONTRACTS)
    return CounterpartyAnswer(
        **party_rows.values(row, source),
        branches=[_branch(one, source.id) for one in parties.branches(tx, source.id, guid)],
        contact_points=party_rows.points(reached, guid),
        partner_contact_points=party_rows.points(reached, partner),
        contacts=[party_rows.contact(one, source.id, reached) for one in people],
        delivery_points=[
            party_rows.delivery(one)
            for one in (contact_points.delivery(tx, source.id, partner) if partner else [])
        ],
        contracts=contracts.rows(tx, hub, source, guid, found.rows),
        trading=access.trading_of(trading.evaluate(tx, source.id, record, today)),
        **families.basis(tx, hub, source, "parties", counterparty_id=guid),
    )


def _branch(row: Any, source: str) -> CounterpartyRef:
    return CounterpartyRef(**{**row._mapping, "id": ids.external(source, row.id)})


ROUTES = (counterparties, counterparty, contracts.contracts)

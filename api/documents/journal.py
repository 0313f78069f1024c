"""What is asked of the journal, the same for its lists of documents and of payments, and a page of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from litestar.di import NamedDependency
from msgspec import Meta

from api.parties import party
from api.web import filters, paging
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from api.web.filters import Narrowed
from api.web.hub import Hub
from schemas.types import Guid
from store import journal, safe_moments, tenancy
from store.engine import Tx
from store.journal import Filters
from store.paging import Key, Page

NextUpdatedSince = Annotated[
    datetime | None,
    Meta(
        description="With `updated_since`: what to send as it next time; the same on all pages of one walk."
    ),
]


@dataclass(frozen=True, slots=True)
class Asked:
    """`about` is what cursors are bound to."""

    narrowed: Narrowed
    filters: Filters
    counterparty_id: Guid | None
    branches: bool
    about: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a page begins, and from which moment on to ask the next time."""

    after: Key | None
    next_since: datetime | None

    def cursor(self, found: Page, about: Mapping[str, object]) -> str | None:
        """The moment goes along, so that each page of a walk names that of the first."""
        if found.next_key is None or self.next_since is None:
            return paging.next_cursor(found.next_key, about)
        return paging.closed((*found.next_key, self.next_since.isoformat()), about)


def asked(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    counterparty_id: filters.CounterpartyFilter = None,
    include: filters.Include = None,
    contract_id: filters.ContractFilter = None,
    organization_id: filters.OrganizationFilter = None,
    from_on: filters.FromDay = None,
    to_on: filters.ToDay = None,
    status: filters.Status = None,
    number: filters.Number = None,
    updated_since: filters.UpdatedSince = None,
) -> Asked:
    """A dependency of handlers. Errors: ProblemError for what is no id, no moment, or another company's."""
    narrowed = Narrowed.of(hub, caller, source)
    guid = narrowed.by(counterparty_id)
    if counterparty_id is not None and guid is not None:
        caller.must_see(counterparty_id.partition(":")[0], guid)
    elif include is not None:
        raise ProblemError(
            "bad_request",
            "include says of which counterparty's branches only with counterparty_id.",
            hint="Give counterparty_id too, or leave out include.",
            errors=(FieldError(detail="needs counterparty_id", parameter="include"),),
        )
    wanted = Filters(
        from_on=from_on,
        to_on=to_on,
        contract_id=narrowed.by(contract_id),
        organization_id=narrowed.by(organization_id),
        status=status,
        number=number,
        updated_since=filters.moment(updated_since, "updated_since"),
    )
    given = (source, counterparty_id, include, contract_id, organization_id, status, number)
    days = [str(one) for one in (from_on, to_on, updated_since)]
    return Asked(narrowed, wanted, guid, include is not None, {"asked": [*given, *days]})


def walk(hub: Hub, since: datetime | None, cursor: str | None, about: Mapping[str, object]) -> Walk:
    """Begin a walk, or go on with it; to be called before the rows are read."""
    key = paging.opened(cursor, about)
    if since is None:
        return Walk(key, None)
    if key is None:
        safe = safe_moments.safe(hub.store)
        return Walk(None, max(since, safe.replace(second=0, microsecond=0)))
    return Walk(key[:-1], datetime.fromisoformat(str(key[-1])))


def page(tx: Tx, asked: Asked, walk: Walk, limit: int) -> Page:
    """Read it. Errors: ProblemError counterparty_not_found."""
    wanted, sources = asked.filters, asked.narrowed.ids
    if asked.counterparty_id is not None and sources:
        wanted = replace(wanted, counterparties=_parties(tx, sources[0], asked))
    return journal.documents(tx, wanted, sources=sources, after=walk.after, limit=limit)


def _parties(tx: Tx, source: str, asked: Asked) -> frozenset[str]:
    guid = asked.counterparty_id or Guid("")
    party.record(tx, source, guid)
    reach = tenancy.reached(tx, source, guid, "subtree" if asked.branches else "branch", None)
    return reach.counterparties or frozenset()

"""Contracts with their terms (BS-09): GET /v1/counterparties/{id}/contracts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from api.documents.document_rows import OrganizationLink, amount
from api.money.answers import Amount, CurrencyCode, Id, PaymentTerms
from api.money.open_items import site_terms as told
from api.parties import party
from api.parties.party import CounterpartyId
from api.trust import families
from api.trust.standing import Basis
from api.web import callers, ids, paging, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from api.web.values import day
from schemas.settings import SourceSettings, TermsSettings
from schemas.terms import Override, deferral
from store import parties, site_terms
from store.engine import Tx


class Contract(Struct, frozen=True, kw_only=True):
    """A contract with its terms. `credit_limit` is null where debt is not limited.

    `payment_terms` are of a debt that arises today, if the accounting system gives it no date of its own.
    """

    id: Id
    number: str
    name: str
    kind: Annotated[str, Meta(description="sale | purchase | commission | other")]
    status: Annotated[str, Meta(description="draft | active | closed")]
    organization: OrganizationLink | None
    currency: CurrencyCode
    settled: Annotated[
        str, Meta(description="by_contract | by_order | by_shipping_note | by_order_and_shipping_note")
    ]
    payment_terms: PaymentTerms
    credit_limit: Amount | None
    blocks_when_overdue: bool
    signed_on: date | None
    valid_from: date | None
    valid_to: date | None
    manager: str | None


class Contracts(Basis, frozen=True, kw_only=True):
    """The contracts of one counterparty, by id."""

    items: list[Contract]
    next_cursor: NextCursor


@get(
    "/v1/counterparties/{counterparty_id:str}/contracts",
    sync_to_thread=True,
    summary="Contracts of a counterparty",
    operation_id="listContracts",
    tags=["counterparties"],
    security=callers.needs("parties:read"),
    responses=refusals.of("bad_cursor", *party.CODES),
)
def contracts(
    counterparty_id: CounterpartyId,
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Contracts:
    """Number, kind, currency, payment terms with the rule they come from, limit and period of each contract."""
    of = party.of(hub, caller, counterparty_id)
    about = {"list": "contracts", "of": counterparty_id}
    after = paging.opened(cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        of.record(tx)
        found = parties.contracts(tx, of.source.id, of.guid, after=after, limit=limit)
        return Contracts(
            items=rows(tx, hub, of.source, of.guid, found.rows),
            next_cursor=paging.next_cursor(found.next_key, about),
            **families.basis(tx, hub, of.source, "parties", counterparty_id=of.guid),
        )


def rows(
    tx: Tx, hub: Hub, source: SourceSettings, counterparty_id: str, found: Sequence[Any]
) -> list[Contract]:
    """The contracts with what is set on the site for them."""
    overrides = site_terms.in_force(tx, source.id, counterparty_id, [row.id for row in found])
    today = hub.clock().astimezone(source.time_zone).date()
    return [_contract(row, source, overrides, hub.settings.terms, today) for row in found]


def _contract(
    row: Any, source: SourceSettings, overrides: Sequence[Override], terms: TermsSettings, today: date
) -> Contract:
    ours = [one for one in overrides if one.subject == "counterparty" or one.subject_id == row.id]
    found = deferral(row.payment_terms_days, ours, terms, arose_on=today)
    organization = None
    if row.organization_id is not None:
        key = ids.external(source.id, row.organization_id)
        organization = OrganizationLink(id=key, name=row.organization_name)
    return Contract(
        id=ids.external(source.id, row.id),
        number=row.number,
        name=row.name,
        kind=row.kind,
        status=row.status,
        organization=organization,
        currency=row.currency,
        settled=row.settlement_order,
        payment_terms=PaymentTerms(
            days=found.days,
            rule=found.rule,
            site_terms=told(found.override, source.time_zone),
            calendar=terms.calendar,
        ),
        credit_limit=amount(row.credit_limit, row.currency),
        blocks_when_overdue=row.blocks_when_overdue,
        signed_on=day(row.signed_on),
        valid_from=day(row.valid_from),
        valid_to=day(row.valid_to),
        manager=row.manager_name or None,
    )

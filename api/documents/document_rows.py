"""A document as the journal shows it: the same for every kind (BS-05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct

from api.documents.portal_orders import PortalOrder
from api.money.answers import Amount, CurrencyCode, DocumentRef, Id
from api.web.ids import external
from api.web.sparse import Maybe
from api.web.values import day, in_zone
from schemas.journal import State, Withdrawn, withdrawn
from schemas.money import Money
from schemas.settings import SourceSettings


class ContractLink(Struct, frozen=True, kw_only=True):
    id: Id
    number: str | None
    name: str | None


class OrganizationLink(Struct, frozen=True, kw_only=True):
    """One of the supplier's own legal entities."""

    id: Id
    name: str | None


class CounterpartyLink(Struct, frozen=True, kw_only=True):
    id: Id
    name: str | None


class DocumentRow(Struct, frozen=True, kw_only=True):
    """A document. Fields that `fields` left out are not there; otherwise all of them are.

    A document that is `withdrawn` no longer counts: `withdrawn_reason` tells why.
    """

    id: Id
    kind: Maybe[Annotated[str, Meta(description="order, invoice, shipping_note, bank_receipt ...")]] = UNSET
    number: Maybe[str] = UNSET
    dated_at: Maybe[Annotated[datetime, Meta(description="The document's own moment.")]] = UNSET
    state: Maybe[State] = UNSET
    withdrawn_reason: Maybe[Withdrawn | None] = UNSET
    status: Maybe[Annotated[str | None, Meta(description="What the kind calls its stages.")]] = UNSET
    amount: Maybe[Amount] = UNSET
    currency: Maybe[CurrencyCode] = UNSET
    settlement_amount: Maybe[Amount | None] = UNSET
    settlement_currency: Maybe[CurrencyCode | None] = UNSET
    vat: Maybe[Annotated[Amount | None, Meta(description="Where the document itself keeps it.")]] = UNSET
    counterparty: Maybe[CounterpartyLink | None] = UNSET
    organization: Maybe[OrganizationLink | None] = UNSET
    contract: Maybe[ContractLink | None] = UNSET
    order: Maybe[Annotated[DocumentRef | None, Meta(description="In the accounting system.")]] = UNSET
    portal_order: Maybe[
        Annotated[PortalOrder | None, Meta(description="Where it belongs to an order placed over this API.")]
    ] = UNSET
    base: Maybe[Annotated[DocumentRef | None, Meta(description="What it was made from.")]] = UNSET
    external_number: Maybe[
        Annotated[str | None, Meta(description="The other side's number: the buyer's order, the bank's.")]
    ] = UNSET
    external_on: Maybe[date | None] = UNSET
    due_on: Maybe[Annotated[date | None, Meta(description="Delivery wished, shipped by, cleared on.")]] = (
        UNSET
    )
    purpose: Maybe[Annotated[str | None, Meta(description="What a payment says it is for.")]] = UNSET
    updated_at: Maybe[datetime] = UNSET


def values(
    row: Any, source: SourceSettings, portal_order: PortalOrder | None, *, sees_all: bool
) -> dict[str, Any]:
    """The fields of a `store.journal` row. What others' documents are is told only to who `sees_all`."""
    zone, reason = source.time_zone, _reason(row)
    return {
        "id": external(source.id, row.id),
        "kind": row.kind,
        "number": row.number,
        "dated_at": in_zone(row.dated_at, zone),
        "state": "withdrawn" if reason else "ready",
        "withdrawn_reason": reason,
        "status": row.status or None,
        "amount": str(Money(row.amount, row.currency)),
        "currency": row.currency,
        "settlement_amount": amount(row.settlement_amount, row.settlement_currency),
        "settlement_currency": row.settlement_currency,
        "vat": amount(row.vat_amount, row.currency),
        "counterparty": _named(CounterpartyLink, source.id, row.counterparty_id, row.counterparty_name),
        "organization": _named(OrganizationLink, source.id, row.organization_id, row.organization_name),
        "contract": _contract(row, source.id),
        "order": _linked(row._mapping, "order", "order", source, sees_all=sees_all),
        "portal_order": portal_order,
        "base": _linked(row._mapping, "base", row.base_kind, source, sees_all=sees_all),
        "external_number": row.external_number or None,
        "external_on": day(row.external_on),
        "due_on": day(row.due_on),
        "purpose": row.purpose or None,
        "updated_at": row.changed_at.astimezone(zone),
    }


def link(row: Any, source: SourceSettings) -> DocumentRef:
    """A row with id, kind, number and dated_at as a link."""
    return DocumentRef(
        id=external(source.id, row.id),
        kind=row.kind,
        number=row.number,
        dated_at=in_zone(row.dated_at, source.time_zone),
    )


def amount(units: int | None, currency: str | None) -> str | None:
    return None if units is None or currency is None else str(Money(units, currency))


def _reason(row: Any) -> Withdrawn | None:
    return withdrawn(posted=row.posted, deletion_mark=row.deletion_mark, is_gone=row.gone_at is not None)


def _named(kind: Any, source: str, guid: str | None, name: str | None) -> Any:
    return None if guid is None else kind(id=external(source, guid), name=name)


def _contract(row: Any, source: str) -> ContractLink | None:
    if row.contract_id is None:
        return None
    return ContractLink(
        id=external(source, row.contract_id), number=row.contract_number, name=row.contract_name
    )


def _linked(
    row: Mapping[str, Any], name: str, kind: str, source: SourceSettings, *, sees_all: bool
) -> DocumentRef | None:
    guid, dated_at = row[f"{name}_id"], row[f"of_{name}_dated_at"]
    if guid is None or (dated_at is None and not sees_all):
        return None
    return DocumentRef(
        id=external(source.id, guid),
        kind=row[f"of_{name}_kind"] or kind,
        number=row[f"of_{name}_number"],
        dated_at=in_zone(dated_at, source.time_zone) if dated_at else None,
    )

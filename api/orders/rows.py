"""An order of the store as every answer shows it."""

from __future__ import annotations

from typing import Any

from api.documents.document_rows import ContractLink, CounterpartyLink, OrganizationLink
from api.orders import explained
from api.orders.answers import BooksDocument, OrderRow, PersonLink
from api.trust.standing import local
from api.web.ids import external
from api.web.values import in_zone
from schemas.money import Money
from schemas.settings import SourceSettings
from store.order_list import Names
from store.submissions import Submission


def row(of: Submission, source: SourceSettings, names: Names) -> OrderRow:
    return OrderRow(**values(of, source, names))


def values(of: Submission, source: SourceSettings, names: Names) -> dict[str, Any]:
    """The fields of `OrderRow`, by their names in code."""
    zone = source.time_zone
    return {
        "id": external(source.id, of.id),
        "number": of.number,
        "reference": of.reference,
        "counterparty": _linked(CounterpartyLink, "counterparty", of.counterparty_id, source, names),
        "branch": _linked(CounterpartyLink, "counterparty", of.branch_id, source, names),
        "organization": _linked(OrganizationLink, "organization", of.organization_id, source, names),
        "contract": _contract(of, source, names),
        "contact": person(of.contact_id, source, names),
        "state": of.state,
        "why": of.why,
        "explained": explained.sentence(of.why),
        "status": of.status,
        "document": _document(of, source),
        "currency": of.currency,
        "total": str(Money(of.amount or 0, of.currency or "")),
        "version": of.version,
        "since": of.since.astimezone(zone),
        "created_at": of.created_at.astimezone(zone),
        "updated_at": of.updated_at.astimezone(zone),
        "cancel_asked_at": local(of.cancel_asked_at, zone),
    }


def person(key: str | None, source: SourceSettings, names: Names) -> PersonLink | None:
    found: PersonLink | None = _linked(PersonLink, "contact", key, source, names)
    return found


def _linked(kind: Any, table: str, key: str | None, source: SourceSettings, names: Names) -> Any:
    if not key:
        return None
    found = names.get(table, key)
    return kind(id=external(source.id, key), name=found.name if found is not None else None)


def _contract(of: Submission, source: SourceSettings, names: Names) -> ContractLink | None:
    if not of.contract_id:
        return None
    found = names.get("contract", of.contract_id)
    number, name = (found.number, found.name) if found is not None else (None, None)
    return ContractLink(id=external(source.id, of.contract_id), number=number, name=name)


def _document(of: Submission, source: SourceSettings) -> BooksDocument | None:
    """Once it was read back it has a number."""
    if of.ref_key is None or not of.document_number:
        return None
    return BooksDocument(
        id=external(source.id, of.ref_key),
        number=of.document_number,
        dated_at=in_zone(of.document_at, source.time_zone) if of.document_at else None,
    )

"""One unsettled document at one moment: what is unpaid, when it was due, how long it has been overdue."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo

from api.money.answers import DocumentRef, OpenItem, SiteTerms
from api.web.ids import external, optional
from api.web.values import in_zone
from schemas.money import Money
from schemas.terms import Override
from store.accounts import Item
from store.balances import OpenItem as Stored
from store.overdue import arose_on


def row(item: Item, contract_id: str, organization_id: str, source: str, zone: ZoneInfo) -> OpenItem:
    """Show an item with every column a buyer needs to verify it (BS-12)."""
    stored, due = item.stored, item.due
    amount = Money(stored.amount, stored.currency) if stored else None
    return OpenItem(
        contract_id=optional(source, contract_id),
        organization_id=optional(source, organization_id),
        document=_document(stored, source, zone) if stored else None,
        currency=item.unpaid.currency,
        amount=str(amount) if amount else None,
        settled=str(amount - item.unpaid) if amount else None,
        unpaid=str(item.unpaid),
        arose_on=arose_on(stored) if stored else None,
        payment_terms_days=due.terms_days if due else None,
        rule=due.rule if due else None,
        site_terms=site_terms(due.override, zone) if due else None,
        calendar=due.calendar if due else None,
        due_on=due.due_on if due else None,
        days_overdue=due.days_overdue if due else None,
        overdue=str(item.overdue),
        unexplained=stored is None,
    )


def site_terms(override: Override | None, zone: tzinfo | None) -> SiteTerms | None:
    if override is None:
        return None
    return SiteTerms(
        subject=override.subject,
        valid_from=override.valid_from,
        set_at=override.set_at.astimezone(zone),
        set_by=override.set_by,
    )


def _document(stored: Stored, source: str, zone: ZoneInfo) -> DocumentRef | None:
    if not stored.settled_id:
        return None
    moment = in_zone(stored.dated_at, zone) if stored.dated_at else None
    return DocumentRef(
        id=external(source, stored.settled_id),
        kind=stored.settled_kind,
        number=stored.number or None,
        dated_at=moment,
    )

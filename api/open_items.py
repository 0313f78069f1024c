"""One unsettled document at one moment: what is unpaid, when it was due, how long it has been overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.answers import DocumentRef, OpenItem
from api.ids import external, optional
from schemas.money import Money
from schemas.settings import TermsSettings
from schemas.terms import DueDate, resolve
from store.balances import OpenItem as Stored


@dataclass(frozen=True, slots=True)
class Item:
    """`stored` is None for the row that carries what documents do not explain; `due` is None for advances."""

    unpaid: Money
    stored: Stored | None
    due: DueDate | None = None

    @property
    def is_debt(self) -> bool:
        return self.stored is not None and self.unpaid.units > 0

    @property
    def is_advance(self) -> bool:
        return self.stored is not None and self.unpaid.units < 0

    @property
    def overdue(self) -> Money:
        late = self.due is not None and self.due.days_overdue >= 1
        return self.unpaid if late else Money(0, self.unpaid.currency)


def judge(stored: Stored, contract_days: int | None, terms: TermsSettings, today: date) -> Item:
    """Tell when an open item is due. An advance is due to nobody: it waits to be set against a document."""
    unpaid = Money(stored.debt - stored.advance, stored.currency)
    if unpaid.units <= 0:
        return Item(unpaid, stored)
    due = resolve(
        _arose_on(stored),
        accounting_due_on=date.fromisoformat(stored.due_on) if stored.due_on else None,
        contract_days=contract_days,
        terms=terms,
        today=today,
    )
    return Item(unpaid, stored, due)


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
        arose_on=_arose_on(stored) if stored else None,
        payment_terms_days=due.terms_days if due else None,
        rule=due.rule if due else None,
        calendar=due.calendar if due else None,
        due_on=due.due_on if due else None,
        days_overdue=due.days_overdue if due else None,
        overdue=str(item.overdue),
        unexplained=stored is None,
    )


def _arose_on(stored: Stored) -> date | None:
    """The accounting system's own date of the debt, else the day of the document."""
    if stored.arose_on:
        return date.fromisoformat(stored.arose_on)
    return datetime.fromisoformat(stored.dated_at).date() if stored.dated_at else None


def _document(stored: Stored, source: str, zone: ZoneInfo) -> DocumentRef | None:
    if not stored.settled_id:
        return None
    moment = datetime.fromisoformat(stored.dated_at).replace(tzinfo=zone) if stored.dated_at else None
    return DocumentRef(
        id=external(source, stored.settled_id),
        kind=stored.settled_kind,
        number=stored.number or None,
        dated_at=moment,
    )

"""Rules, reasons and kinds of records in people's words."""

from __future__ import annotations

from datetime import date
from gettext import NullTranslations
from typing import assert_never

from desk.frame.filters import who_text
from desk.frame.visits import Reader
from printing import kinds
from schemas.terms import DueDate
from store.balances import OpenItem
from store.movements import Due, Moved


def reasons(text: NullTranslations) -> dict[str, str]:
    """What ended a version of a record."""
    return {
        "changed": text.gettext("Changed"),
        "unposted": text.gettext("Posting undone"),
        "deletion_marked": text.gettext("Marked for deletion"),
        "moved_date": text.gettext("Moved to another day"),
        "moved_contract": text.gettext("Moved to another contract"),
        "deleted": text.gettext("Deleted"),
        "deactivated": text.gettext("Switched off"),
    }


def tables(text: NullTranslations) -> dict[str, str]:
    """What the hub keeps, one of each."""
    return {
        "currency": text.gettext("Currency"),
        "organization": text.gettext("Own organisation"),
        "manager": text.gettext("Manager"),
        "contact_kind": text.gettext("Kind of contact"),
        "property": text.gettext("Extension field"),
        "partner": text.gettext("Partner"),
        "counterparty": text.gettext("Counterparty"),
        "contact": text.gettext("Contact"),
        "contract": text.gettext("Contract"),
        "settlement_key": text.gettext("Settlement key"),
        "settlement_object": text.gettext("Object of settlements"),
        "unit": text.gettext("Unit"),
        "item": text.gettext("Item"),
        "characteristic": text.gettext("Characteristic"),
        "price_kind": text.gettext("Kind of price"),
        "warehouse": text.gettext("Warehouse"),
        "document": text.gettext("Document"),
        "settlement_entry": text.gettext("Movement of the running account"),
        "due_entry": text.gettext("Movement by due date"),
        "document_line": text.gettext("Lines"),
        "allocation": text.gettext("Allocation of the payment"),
        "payment_stage": text.gettext("Payment stages"),
        "delivery_point": text.gettext("Delivery points"),
        "contact_point": text.gettext("Phones and addresses"),
    }


def rule(visit: Reader, due: DueDate) -> str:
    """Why a debt is due on that day."""
    text = visit.text
    match due.rule:
        case "accounting_due_date":
            return text.gettext("by the accounting system's own date")
        case "contract_terms":
            said = text.ngettext(
                "{days} day by the contract", "{days} days by the contract", due.terms_days or 0
            )
        case "site_override":
            said = text.ngettext(
                "{days} day by the terms set at the hub",
                "{days} days by the terms set at the hub",
                due.terms_days or 0,
            )
        case "site_default":
            said = text.ngettext("{days} day by default", "{days} days by default", due.terms_days or 0)
        case _ as never:
            assert_never(never)
    told = said.format(days=due.terms_days)
    if due.override is not None:
        told += ", " + text.gettext("set by {who}").format(who=who_text(due.override.set_by, text))
    if due.calendar == "working_days_shift":
        told += ", " + text.gettext("moved on to a working day")
    return told


def moved(visit: Reader, one: Moved | Due) -> str:
    """A document by what its movements and its record tell."""
    dated_at = one.dated_at if isinstance(one, Moved) else one.at
    return kinds.titled(one.recorder_kind, one.number, _day(dated_at), visit.language)


def settled(visit: Reader, item: OpenItem) -> str:
    return kinds.titled(item.settled_kind, item.number, _day(item.dated_at), visit.language)


def _day(moment: str | None) -> date | None:
    return None if moment is None else date.fromisoformat(moment[:10])

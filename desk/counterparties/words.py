"""What states, kinds and rules are called."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

from desk.frame.pages import Badge
from schemas.access import Access, Reason
from schemas.journal import Withdrawn
from schemas.terms import Calendar, Rule
from schemas.trading import DecidedBy

ACCESS_BADGES: Mapping[Access, Badge] = {"open": "ok", "balance_only": "warn", "blocked": "bad"}


def access(text: NullTranslations) -> dict[Access, str]:
    return {
        "open": text.gettext("Site open"),
        "balance_only": text.gettext("Balance only"),
        "blocked": text.gettext("Site blocked"),
    }


def reasons(text: NullTranslations) -> dict[Reason, str]:
    """Why the site is as open as it is."""
    return {
        "set_by_hand": text.gettext("Set by hand."),
        "rule": text.gettext("A rule by overdue debts restricts it."),
        "no_rule": text.gettext("No rule concerns this counterparty."),
        "within_rules": text.gettext("What is overdue is within the rules."),
        "data_never_read": text.gettext("Nothing was read from the base yet: nobody is restricted by that."),
        "data_stale": text.gettext("The figures are too old to restrict anybody by them."),
        "data_differs": text.gettext("The figures differ from 1C: nobody is restricted by them."),
    }


def decided_by(text: NullTranslations) -> dict[DecidedBy, str]:
    """Who suspended trading."""
    return {
        "accounting_system": text.gettext("It is closed in the accounting system."),
        "site": text.gettext("Suspended by hand."),
        "both": text.gettext("Closed in the accounting system, and suspended by hand."),
    }


def kinds(text: NullTranslations) -> dict[str, str]:
    return {
        "company": text.gettext("Company"),
        "foreign_company": text.gettext("Foreign company"),
        "sole_proprietor": text.gettext("Sole proprietor"),
        "person": text.gettext("Private person"),
    }


def contract_states(text: NullTranslations) -> dict[str, str]:
    return {
        "draft": text.gettext("Not agreed yet"),
        "active": text.gettext("In force"),
        "closed": text.gettext("Closed"),
    }


def terms(text: NullTranslations) -> dict[Rule, str]:
    """Where a due date, or a deferral, comes from."""
    return {
        "accounting_due_date": text.gettext("date in 1C"),
        "contract_terms": text.gettext("contract"),
        "site_override": text.gettext("set by hand"),
        "site_default": text.gettext("default of the site"),
    }


def calendars(text: NullTranslations) -> dict[Calendar, str]:
    return {
        "calendar_days": text.gettext("calendar days"),
        "working_days_shift": text.gettext("moved to the next working day"),
    }


def withdrawn(text: NullTranslations) -> dict[Withdrawn, str]:
    return {
        "unposted": text.gettext("Unposted in 1C"),
        "deletion_marked": text.gettext("Marked for deletion"),
        "deleted": text.gettext("Deleted in 1C"),
    }


def statuses(text: NullTranslations) -> dict[str, str]:
    """Of documents of every kind, as the mappings call them."""
    return {
        "draft": text.gettext("not agreed"),
        "in_supply": text.gettext("being supplied"),
        "to_ship": text.gettext("to be shipped"),
        "closed": text.gettext("closed"),
        "issued": text.gettext("issued"),
        "cancelled": text.gettext("cancelled"),
        "awaiting_prepayment": text.gettext("awaiting prepayment"),
        "in_transit": text.gettext("on its way"),
        "shipped": text.gettext("shipped"),
        "cleared": text.gettext("cleared by the bank"),
        "expected": text.gettext("not cleared yet"),
    }


def allocated_by(text: NullTranslations) -> dict[str, str]:
    """How it is known what a payment paid."""
    return {
        "register": text.gettext("by the register of 1C"),
        "payment_document": text.gettext("as the payment says"),
        "fifo": text.gettext("oldest document first: 1C does not tell"),
    }


def stages(text: NullTranslations) -> dict[str, str]:
    """Stages of a payment schedule."""
    return {
        "advance": text.gettext("Advance"),
        "prepayment": text.gettext("Prepayment"),
        "credit": text.gettext("On credit"),
    }


def points(text: NullTranslations) -> dict[str, str]:
    return {
        "phone": text.gettext("Phone"),
        "email": text.gettext("E-mail"),
        "address": text.gettext("Address"),
        "fax": text.gettext("Fax"),
        "messenger": text.gettext("Messenger"),
        "web": text.gettext("Web page"),
        "other": text.gettext("Other"),
    }

"""What people call the kinds of documents, and single ones."""

from __future__ import annotations

from datetime import date
from gettext import NullTranslations

from printing.catalogues import texts
from printing.formats import day
from schemas.languages import Language


def names(text: NullTranslations) -> dict[str, str]:
    """By the hub's own words for them; a kind without a name is a "Document"."""
    return {
        "contract": text.gettext("Contract"),
        "order": text.gettext("Order"),
        "invoice": text.gettext("Invoice"),
        "shipping_note": text.gettext("Shipping note"),
        "return_note": text.gettext("Return note"),
        "tax_invoice": text.gettext("Tax invoice"),
        "bank_receipt": text.gettext("Bank receipt"),
        "cash_receipt": text.gettext("Cash receipt"),
        "offset": text.gettext("Offset of debts"),
    }


def titled(kind: str, number: str, dated_on: date | None, language: Language) -> str:
    """A document by its kind, its number and its day, where these are known."""
    text = texts(language)
    name, number = names(text).get(kind, text.gettext("Document")), number.strip()
    if not number:
        return name
    if dated_on is None:
        return text.gettext("{kind} No. {number}").format(kind=name, number=number)
    return text.gettext("{kind} No. {number} of {date}").format(
        kind=name, number=number, date=day(dated_on, language)
    )

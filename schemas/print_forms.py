"""A document on paper: which forms there are, and what the hub needs to print one itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from schemas.types import Micro, Units

PrintForm = Literal["invoice", "shipping_note", "torg12", "return_note", "tax_invoice", "payment_receipt"]

PRINT_FORMS: tuple[PrintForm, ...] = get_args(PrintForm)
# By kind of document; the first is what is meant where none is named.
FORMS: Mapping[str, tuple[PrintForm, ...]] = {
    "invoice": ("invoice",),
    "shipping_note": ("shipping_note", "torg12"),
    "return_note": ("return_note",),
    "tax_invoice": ("tax_invoice",),
    "bank_receipt": ("payment_receipt",),
    "cash_receipt": ("payment_receipt",),
}
# What the hub prints itself; the others have a shape by law that only the accounting system fills.
OWN_FORMS: frozenset[PrintForm] = frozenset({"invoice", "shipping_note", "return_note", "payment_receipt"})


def forms(kind: str, *, of_the_books: bool) -> tuple[PrintForm, ...]:
    """The forms of a kind of document; `of_the_books`: the accounting system prints too."""
    return tuple(one for one in FORMS.get(kind, ()) if of_the_books or one in OWN_FORMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperParty:
    """One side, with the numbers it is known by; "" where it has none."""

    name: str
    tax_id: str
    tax_reason_code: str
    registry_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """A line of goods; `vat` is in `amount`, or on it."""

    name: str
    article: str
    unit: str
    quantity: Micro
    price: Micro
    amount: Units
    vat: Units


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRef:
    """Another document, by what people call it."""

    kind: str
    number: str
    dated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPaper:
    """What stands in the books. An invoice has lines where those of its order come to its amount, else none."""

    form: PrintForm
    number: str
    dated_on: date
    ours: PaperParty
    theirs: PaperParty
    contract: str
    order: PaperRef | None
    currency: str
    amount: Units
    lines: tuple[PaperLine, ...]
    pay_by: date | None = None
    delivery_address: str = ""
    purpose: str = ""
    external_number: str = ""
    external_on: date | None = None

    @property
    def goods(self) -> Units:
        return Units(sum(line.amount for line in self.lines))

    @property
    def vat(self) -> Units:
        return Units(sum(line.vat for line in self.lines))

    @property
    def vat_is_on_top(self) -> bool:
        return self.amount != self.goods

    @property
    def adds_up(self) -> bool:
        """Whether the lines come to the document's amount, with or without their VAT."""
        if not self.lines:
            return self.form in ("invoice", "payment_receipt")
        return self.amount in (self.goods, self.goods + self.vat)

"""An invoice, a shipping note, a return note or a receipt ready to print: words and figures, as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from gettext import NullTranslations

from printing.catalogues import texts
from printing.formats import amount, day, exact, long_day
from printing.spelling import short, spelled
from schemas.errors import NotPrintableError
from schemas.languages import Language
from schemas.money import Money
from schemas.print_forms import DocumentPaper, PaperLine, PaperParty, PaperRef, PrintForm

Fact = tuple[str, str]  # a label and what it says


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One document. `headings` and each of `lines` have the same length; `numeric` tells the columns of figures."""

    language: Language
    title: str
    facts: tuple[Fact, ...]
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    lines: tuple[tuple[str, ...], ...]
    totals: tuple[Fact, ...]
    summary: str
    words: str
    signers: tuple[str, ...]
    signature: str
    page: str  # with {page} and {pages}


def draw(paper: DocumentPaper, language: Language) -> Sheet:
    """Errors: NotPrintableError where the lines do not come to the amount, or it cannot be said in words."""
    text = texts(language)
    if not paper.adds_up or paper.amount < 0:
        raise NotPrintableError(
            "the lines of the document do not come to its amount",
            hint="look at the document in the accounting system, pull it again, then print again",
            number=paper.number,
        )
    columns = tuple(_columns(paper, language))
    return Sheet(
        language=language,
        title=_title(paper.form, text).format(number=paper.number, date=long_day(paper.dated_on, language)),
        facts=tuple(_facts(paper, language)),
        headings=tuple(heading for heading, _, _ in columns),
        numeric=tuple(is_figure for _, is_figure, _ in columns),
        lines=tuple(zip(*(cells for _, _, cells in columns), strict=True)),
        totals=tuple(_totals(paper, language)),
        summary=_summary(paper, language),
        words=spelled(Money(paper.amount, paper.currency), language),
        signers=_signers(paper.form, text),
        signature=text.gettext("signature"),
        page=text.gettext("Page {page} of {pages}"),
    )


def _title(form: PrintForm, text: NullTranslations) -> str:
    return {
        "invoice": text.gettext("Invoice No. {number} of {date}"),
        "shipping_note": text.gettext("Shipping note No. {number} of {date}"),
        "return_note": text.gettext("Return note No. {number} of {date}"),
        "payment_receipt": text.gettext("Payment receipt No. {number} of {date}"),
    }[form]


def _facts(paper: DocumentPaper, language: Language) -> Iterator[Fact]:
    text, is_receipt = texts(language), paper.form == "payment_receipt"
    yield text.gettext("Payee") if is_receipt else text.gettext("Supplier"), _identified(paper.ours, text)
    yield text.gettext("Payer") if is_receipt else text.gettext("Buyer"), _identified(paper.theirs, text)
    said = (
        (text.gettext("Contract"), paper.contract),
        (text.gettext("Basis"), _named(paper.order, language)),
        (text.gettext("Delivery address"), paper.delivery_address),
        (text.gettext("Payment order"), _external(paper, language) if is_receipt else ""),
        (text.gettext("Payment purpose"), paper.purpose),
        (text.gettext("To be paid by"), long_day(paper.pay_by, language) if paper.pay_by else ""),
    )
    yield from ((label, value) for label, value in said if value)


def _identified(party: PaperParty, text: NullTranslations) -> str:
    numbers = (
        (text.gettext("tax ID {number}"), party.tax_id),
        (text.gettext("tax registration code {number}"), party.tax_reason_code),
        (text.gettext("registry code {number}"), party.registry_code),
    )
    return ", ".join([party.name, *(said.format(number=number) for said, number in numbers if number)])


def _named(order: PaperRef | None, language: Language) -> str:
    if order is None:
        return ""
    text = texts(language)
    said = {
        "order": text.gettext("order No. {number} of {date}"),
        "shipping_note": text.gettext("shipping note No. {number} of {date}"),
    }.get(order.kind, text.gettext("document No. {number} of {date}"))
    return said.format(number=order.number, date=day(order.dated_on, language))


def _external(paper: DocumentPaper, language: Language) -> str:
    if not paper.external_number or paper.external_on is None:
        return paper.external_number
    said = texts(language).gettext("No. {number} of {date}")
    return said.format(number=paper.external_number, date=day(paper.external_on, language))


def _columns(paper: DocumentPaper, language: Language) -> Iterator[tuple[str, bool, list[str]]]:
    """A column that no line has anything in is left out."""
    text, lines, currency = texts(language), paper.lines, paper.currency
    yield text.gettext("No."), True, [str(place) for place, _ in enumerate(lines, 1)]
    if any(line.article for line in lines):
        yield text.gettext("Article"), False, [line.article for line in lines]
    yield text.gettext("Goods, works, services"), False, [line.name for line in lines]
    yield text.gettext("Quantity"), True, [exact(line.quantity, language) for line in lines]
    yield text.gettext("Unit"), False, [line.unit for line in lines]
    yield text.gettext("Price"), True, [_price(line, currency, language) for line in lines]
    yield text.gettext("Amount"), True, [amount(line.amount, currency, language) for line in lines]


def _price(line: PaperLine, currency: str, language: Language) -> str:
    return exact(line.price, language, currency)


def _totals(paper: DocumentPaper, language: Language) -> Iterator[Fact]:
    text = texts(language)
    if paper.lines:
        yield text.gettext("Total"), amount(paper.goods, paper.currency, language)
        if paper.vat and paper.vat_is_on_top:
            yield text.gettext("VAT"), amount(paper.vat, paper.currency, language)
            yield text.gettext("Total with VAT"), amount(paper.amount, paper.currency, language)
        elif paper.vat:
            yield text.gettext("Including VAT"), amount(paper.vat, paper.currency, language)
    if paper.form == "invoice":
        yield text.gettext("To be paid"), amount(paper.amount, paper.currency, language)
    elif not paper.lines:
        yield text.gettext("Received"), amount(paper.amount, paper.currency, language)


def _summary(paper: DocumentPaper, language: Language) -> str:
    if not paper.lines:
        return ""
    said = texts(language).ngettext(
        "{count} item, for the amount of {amount} {currency}",
        "{count} items, for the amount of {amount} {currency}",
        len(paper.lines),
    )
    return said.format(
        count=len(paper.lines),
        amount=amount(paper.amount, paper.currency, language),
        currency=short(paper.currency, language),
    )


def _signers(form: PrintForm, text: NullTranslations) -> tuple[str, ...]:
    if form == "invoice":
        return text.gettext("Head"), text.gettext("Accountant")
    if form == "payment_receipt":
        return (text.gettext("Accountant"),)
    return text.gettext("Released by"), text.gettext("Received by")

"""Invoices, notes and receipts: every figure of the books is on paper, and what does not add up is not printed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from printing.document import Sheet, draw
from printing.pdf import pdf
from schemas.errors import NotPrintableError
from schemas.languages import LANGUAGES, Language
from schemas.print_forms import FORMS, OWN_FORMS, DocumentPaper, PaperLine, PaperParty, PaperRef, forms
from schemas.types import Micro, Units


def line(amount: int, vat: int = 0, *, name: str = "Конфеты", article: str = "A-1") -> PaperLine:
    return PaperLine(
        name=name,
        article=article,
        unit="шт",
        quantity=Micro(2_500_000),
        price=Micro(40_125_000),
        amount=Units(amount),
        vat=Units(vat),
    )


def party(name: str) -> PaperParty:
    return PaperParty(name=name, tax_id="7701234567", tax_reason_code="770101001", registry_code="")


NOTE = DocumentPaper(
    form="shipping_note",
    number="УТ-000123",
    dated_on=date(2026, 3, 1),
    ours=party("ООО «Север»"),
    theirs=party("ТОВ «Їжак»"),
    contract="Договор поставки № 7",
    order=PaperRef(kind="order", number="З-17", dated_on=date(2026, 2, 27)),
    currency="RUB",
    amount=Units(30_050),
    lines=(line(20_050, 3_342), line(10_000, 1_667, name="Вафли")),
    delivery_address="Москва, Тверская, 1",
)


def text(sheet: Sheet) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(sheet))).pages).split())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", ["Расходная накладная № УТ-000123 от 1 марта 2026 г.", "заказ № З-17 от 27.02.2026", "2,5", "40,125",
                "В том числе НДС: 50,09", "Всего 2 наименования, на сумму 300,50 руб.",
                "Триста рублей 50 копеек"]),
        ("uk", ["Видаткова накладна № УТ-000123", "Покупець", "ТОВ «Їжак»", "Разом: 300,50"]),
        ("en", ["Shipping note No. УТ-000123 of 1 March 2026", "Including VAT: 50.09", "Москва, Тверская, 1"]),
    ],
)  # fmt: skip
def test_every_figure_is_on_paper(language: Language, words: list[str]) -> None:
    told = text(draw(NOTE, language)).replace("\N{NO-BREAK SPACE}", " ")
    assert [word for word in words if word not in told] == []


def test_tax_on_top_of_the_lines_is_added_to_their_total() -> None:
    sheet = draw(replace(NOTE, amount=Units(30_050 + 5_009)), "en")
    assert sheet.totals == (("Total", "300.50"), ("VAT", "50.09"), ("Total with VAT", "350.59"))
    assert sheet.words.startswith("Three hundred and fifty rubles 59")


@pytest.mark.parametrize("amount", [30_049, 30_051, 35_060, -30_050])
def test_what_does_not_add_up_is_not_printed(amount: int) -> None:
    with pytest.raises(NotPrintableError, match="do not come to its amount"):
        draw(replace(NOTE, amount=Units(amount)), "ru")


def test_a_note_without_lines_is_not_printed() -> None:
    with pytest.raises(NotPrintableError):
        draw(replace(NOTE, lines=()), "ru")


def test_an_invoice_for_a_part_says_its_amount_and_no_lines() -> None:
    asked = replace(
        NOTE, form="invoice", lines=(), amount=Units(100_000), purpose="Предоплата", pay_by=date(2026, 3, 8)
    )
    sheet = draw(asked, "ru")
    assert (sheet.lines, sheet.totals) == ((), (("Всего к оплате", "1\N{NO-BREAK SPACE}000,00"),))
    assert ("Оплатить до", "8 марта 2026 г.") in sheet.facts
    assert "Предоплата" in text(sheet)


def test_a_receipt_names_payer_and_payment_order() -> None:
    paid = replace(
        NOTE,
        form="payment_receipt",
        lines=(),
        external_number="55",
        external_on=date(2026, 2, 28),
        purpose="По счету",
    )
    sheet = draw(paid, "en")
    assert dict(sheet.facts)["Payer"].startswith("ТОВ «Їжак»")
    assert ("Payment order", "No. 55 of 28 Feb 2026") in sheet.facts
    assert sheet.totals == (("Received", "300.50"),)


def test_a_column_that_no_line_fills_is_left_out() -> None:
    assert len(draw(NOTE, "en").headings) == 7
    assert len(draw(replace(NOTE, lines=(line(30_050, article=""),)), "en").headings) == 6


def test_the_same_document_is_the_same_bytes() -> None:
    assert pdf(draw(NOTE, "ru")) == pdf(draw(NOTE, "ru")) != pdf(draw(NOTE, "uk"))


def test_names_are_text_and_never_markup() -> None:
    name = '#panic() *a* $x$ [b] \\ "q"'
    assert name in text(draw(replace(NOTE, lines=(line(30_050, name=name),)), "en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", sorted(OWN_FORMS))
def test_the_hub_prints_each_of_its_forms_in_every_language(form: str, language: Language) -> None:
    assert draw(replace(NOTE, form=form), language).title  # type: ignore[arg-type]


def test_the_hub_offers_alone_what_it_can_print_itself() -> None:
    assert forms("shipping_note", of_the_books=False) == ("shipping_note",)
    assert forms("shipping_note", of_the_books=True) == ("shipping_note", "torg12")
    assert forms("tax_invoice", of_the_books=False) == forms("settlement", of_the_books=True) == ()
    assert {form for known in FORMS.values() for form in known} >= OWN_FORMS

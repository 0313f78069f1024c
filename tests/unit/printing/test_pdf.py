from __future__ import annotations

import io
from dataclasses import replace
from typing import get_args

import pytest
from pypdf import PdfReader

from printing.act import Act, draw
from printing.pdf import pdf, pictures
from schemas.languages import Language
from tests.unit.printing.papers import paper, statement


def told(act: Act) -> tuple[list[str], str]:
    """The text of each page, and of all, with plain spaces."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(act))).pages]
    return pages, " ".join(" ".join(pages).split())


@pytest.mark.parametrize(
    ("language", "words", "sum_"),
    [
        ("ru", ["Акт сверки взаимных расчетов", "(Триста десять тысяч рублей 00", "М.П."], "310 000,00"),
        ("uk", ["Акт звірки взаємних розрахунків", "Обороти за період", "ТОВ «Їжак»"], "310 000,00"),
        ("en", ["Reconciliation statement", "Closing balance", "Sweets & <Co>", "Page 1 of 1"], "310,000.00"),
    ],
)  # fmt: skip
def test_the_text_can_be_read_back(language: Language, words: list[str], sum_: str) -> None:
    assert language in get_args(Language)
    _, text = told(draw([statement(0)], paper(language, verify_at="https://b2b.example/verify")))
    assert [word for word in (*words, sum_, "https://b2b.example/verify") if word not in text] == []


def test_every_amount_and_number_of_a_statement_is_on_paper() -> None:
    own = statement(20)
    _, text = told(draw([own], paper("en", mirrored=True)))
    assert [line.number for line in own.lines if text.count(line.number) != 2] == []
    amounts = [f"{x / 100:,.2f}" for x in (own.debit, own.credit, own.opening, abs(own.closing))]
    assert [amount for amount in amounts if text.count(amount) < 2] == []


def test_eighty_lines_are_two_pages_with_headings_on_both() -> None:
    act = draw([statement(80)], paper("ru", mirrored=True))
    pages, text = told(act)
    assert len(pages) == 2
    assert all("Дебет" in page and "По данным ООО «Север», руб." in page for page in pages)
    assert all(act.checksum in page for page in pages)
    assert "Страница 2 из 2" in text


def test_the_same_statement_is_the_same_bytes() -> None:
    first = pdf(draw([statement(7)], paper()))
    other = pdf(draw([statement(8)], paper("uk")))
    assert pdf(draw([statement(7)], paper())) == first != other


def test_a_draft_is_marked_on_every_page() -> None:
    pages, _ = told(draw([statement(80)], paper(), draft=True))
    assert all("ЧЕРНОВИК" in page for page in pages)
    assert "ЧЕРНОВИК" not in told(draw([statement(1)], paper()))[1]


def test_names_are_text_and_never_markup() -> None:
    ours, theirs = paper("en").ours, '#panic() *a* $x$ [b] \\ "q"'
    printed = replace(paper("en"), ours=ours, theirs=replace(paper("en").theirs, name=theirs))
    assert theirs in told(draw([statement(0)], printed))[1]


def test_pages_can_be_looked_at() -> None:
    drawn = pictures(draw([statement(80)], paper()), ppi=20)
    assert [picture[:4] for picture in drawn] == [b"\x89PNG"] * 2

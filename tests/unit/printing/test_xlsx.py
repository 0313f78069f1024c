from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from printing.act import Act, draw
from printing.xlsx import xlsx
from schemas.languages import LANGUAGES, Language
from tests.unit.printing.papers import paper, statement


def book(act: Act) -> Workbook:
    return load_workbook(io.BytesIO(xlsx(act)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_numbers_and_dates_are_dates(language: Language) -> None:
    own = statement(6)
    sheet = book(draw([own], paper(language))).active
    lines = [row for row in sheet.iter_rows() if isinstance(row[0].value, datetime)]
    assert [row[0].value.date().isoformat() for row in lines] == [line.at[:10] for line in own.lines]
    sums = [(row[2].value or 0, row[3].value or 0) for row in lines]
    assert sums == [(line.debit / 100, line.credit / 100) for line in own.lines]
    assert {row[2].number_format for row in lines} == {"#,##0.00"}
    assert all(row[0].is_date for row in lines)
    assert Decimal(str(sum(debit for debit, _ in sums))) == Decimal(own.debit) / 100


def test_it_prints_on_one_page_s_width_with_headings_on_each() -> None:
    sheet = book(draw([statement(80)], paper(place="г. Москва"), draft=True)).active
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # absent is 1
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.paperSize == 9
    head = next(row for row in sheet.iter_rows() if row[2].value == "Дебет")[0].row
    assert sheet.freeze_panes == f"A{head + 1}"
    assert sheet.print_title_rows == f"${head - 1}:${head}"
    assert sheet["A1"].value == "ЧЕРНОВИК"


def test_currencies_are_sheets_of_their_own() -> None:
    act = draw([statement(1), statement(1, currency="EUR"), statement(1, currency="JPY")], paper())
    made = book(act)
    assert made.sheetnames == ["RUB", "EUR", "JPY"]
    formats = {row[2].number_format for row in made["JPY"].iter_rows() if row[2].value == 31_000_000}
    assert formats == {"#,##0"}


def test_the_same_statement_is_the_same_bytes() -> None:
    first = xlsx(draw([statement(9)], paper()))
    assert xlsx(draw([statement(9)], paper())) == first != xlsx(draw([statement(8)], paper()))
    with ZipFile(io.BytesIO(first)) as packed:
        assert {part.date_time for part in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert packed.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2  # created and modified


def test_a_text_is_never_a_formula_or_a_link() -> None:
    own = statement(1)
    line = own.lines[0]._replace(text="=1+1")
    named = replace(paper(), ours=replace(paper().ours, tax_id="https://example.com"))
    sheet = book(draw([replace(own, lines=(line,))], named)).active
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
    assert [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink] == []


def test_an_amount_of_more_digits_than_a_spreadsheet_keeps_is_text() -> None:
    sheet = book(draw([statement(0, opening=9_007_199_254_740_993)], paper())).active
    assert "90071992547409.93" in {cell.value for row in sheet.iter_rows() for cell in row}


def test_a_long_name_has_the_height_it_takes() -> None:
    long = replace(paper(), theirs=replace(paper().theirs, name="Объединение " * 20))
    short, tall = book(draw([statement(1)], paper())).active, book(draw([statement(1)], long)).active
    of = {sheet: sum(x.height or 15 for x in sheet.row_dimensions.values()) for sheet in (short, tall)}
    assert of[tall] >= of[short] + 3 * 15

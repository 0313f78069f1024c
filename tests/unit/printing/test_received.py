from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from printing.act import draw
from printing.amounts import Cell
from printing.received import read
from printing.xlsx import xlsx
from schemas.errors import UnreadableFileError
from schemas.matching import ReceivedLine, entries, match
from tests.unit.printing.papers import paper, statement

CSV = """Акт сверки;;;
Дата;Документ;Дебет;Кредит
;Сальдо начальное;;310 000,00
05.09.2026;Поступление № УТ00-000123 от 05.09.2026;;1 250,10
07.09.2026;Оплата (45 от 07.09.26);1 000,00;
;Обороты за период;1 000,00;1 250,10
;Сальдо конечное;;310 250,10
На 30.09.2026 задолженность в пользу ООО «Север» 310 250,10;;;
30.09.2026;;;
"""
LINES = (
    ReceivedLine(date(2026, 9, 5), "УТ00-000123", 0, 125_010, 4),
    ReceivedLine(date(2026, 9, 7), "45", 100_000, 0, 5),
)


def workbook(*rows: Sequence[Cell], name: str = "Лист1") -> bytes:
    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True, "default_date_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet(name)
    for place, row in enumerate(rows):
        sheet.write_row(place, 0, row)
    book.close()
    return made.getvalue()


@pytest.mark.parametrize("separator", [";", "\t", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_a_csv_in_any_of_its_dialects(separator: str, encoding: str) -> None:
    text = "\n".join(separator.join(f'"{cell}"' for cell in line.split(";")) for line in CSV.splitlines())
    found = read(text.encode(encoding), "RUB")
    assert found.lines == LINES
    assert (found.opening, found.closing, found.off) == (31_000_000, 31_025_010, 0)


@pytest.mark.parametrize("counter", ["№ п/п", "№", "N", "No."])
def test_headings_over_merged_rows_with_numbered_columns(counter: str) -> None:
    found = read(
        workbook(
            ["Акт сверки"],
            [counter, "Дата", "", "Содержание операции", "По данным ООО «Конфетпром»", ""],
            ["", "", "", "", "Дебет, руб.", "Кредит, руб."],
            [1, 2, 3, 4, 5, 6],
            [1, "", date(2026, 9, 5), "Приход (УТ00-000123 от 05.09.2026)", "", 1250.1],
            [2, "", "07.09.2026", "Оплата №45", "1 000,00", None],
        ),
        "RUB",
    )
    assert [line._replace(row=0) for line in found.lines] == [line._replace(row=0) for line in LINES]
    assert [line.row for line in found.lines] == [5, 6]


@pytest.mark.parametrize("by_contract", [False, True])
def test_our_own_print_is_read_back_and_agrees_with_our_books(by_contract: bool) -> None:
    own = statement(40, by_contract=by_contract)
    printed = xlsx(draw([own], paper(mirrored=True)))
    received = read(printed, "RUB", "right")
    assert (received.opening, received.closing, received.off) == (own.opening, own.closing, 0)
    matched = match(entries(own), received.entries())
    assert (len(matched.agreed), matched.disagreements) == (40, ())


def test_of_several_sheets_the_one_of_the_currency_is_read() -> None:
    printed = xlsx(draw([statement(3), statement(5, currency="EUR")], paper(mirrored=True)))
    assert len(read(printed, "EUR", "right").lines) == 5
    with pytest.raises(UnreadableFileError, match="several sheets"):
        read(printed, "USD")


@pytest.mark.parametrize("half", ["left", "right"])
def test_an_empty_half_is_refused(half: Literal["left", "right"]) -> None:
    printed = xlsx(draw([statement(3)], paper()))
    if half == "left":
        assert len(read(printed, "RUB", half).lines) == 3
    else:
        with pytest.raises(UnreadableFileError, match="empty"):
            read(printed, "RUB", half)


@pytest.mark.parametrize(
    ("old", "new", "row", "column"),
    [
        ("1 250,10\n07", "1 25o,10\n07", 4, "D"),
        ("1 250,10\n07", "сто\n07", 4, "D"),
        ("1 250,10\n07", "\n07", 4, "C"),
        ("1 250,10\n07", "1,250\n07", 4, "D"),
        ("1 000,00;\n;Об", "1 000,005;\n;Об", 5, "C"),
        ("\n07.09.2026;", "\n31.09.2026;", 5, "A"),
        ("\n07.09.2026;", "\n04/05/2026;", 5, "A"),
        ("\n07.09.2026;", "\n;", 5, "A"),
        ("Сальдо конечное;;310 250,10", "Сальдо конечное;;31o 250,10", 7, "D"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(old: str, new: str, row: int, column: str) -> None:
    assert old in CSV
    with pytest.raises(UnreadableFileError) as refused:
        read(CSV.replace(old, new).encode(), "RUB")
    assert (refused.value.row, refused.value.column) == (row, column)
    assert "сто" not in str(refused.value)


def test_a_document_called_total_is_a_line() -> None:
    named = CSV.replace("Поступление №", "Total Energies №")
    assert read(named.encode(), "RUB").lines == LINES


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no table"),
        ("Имя;Адрес\nа;б\n".encode(), "no table"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old XLS"),
        (b"PK\x03\x04nothing", "no sound XLSX"),
        (b"\x98\x98\xff;", "neither UTF-8 nor cp1251"),
        (b"a" * (10 * 2**20 + 1), "over 10 MB"),
        (b"\xd0;\n" * 20_001, "over 20 000 rows"),
    ],
)
def test_what_is_no_statement_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said) as refused:
        read(content, "RUB")
    assert refused.value.hint


def repacked(content: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(*change) if name == part else data)
    return made.getvalue()


def test_a_workbook_that_declares_entities_or_unpacks_to_a_flood_is_refused() -> None:
    good, sheet = workbook(["Дата"]), "xl/worksheets/sheet1.xml"
    for part in (sheet, "xl/workbook.xml"):
        with pytest.raises(UnreadableFileError, match="no sound XLSX"):
            read(repacked(good, part, (b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>')), "RUB")
    with pytest.raises(UnreadableFileError, match="unpacks"):
        read(repacked(good, sheet, (b"<sheetData>", b"<sheetData>" + b" " * 101 * 2**20)), "RUB")
    with pytest.raises(UnreadableFileError, match="over 20 000 rows"):
        read(repacked(good, sheet, (b"<sheetData>", b"<sheetData>" + b"<row/>" * 3_000_001)), "RUB")


@pytest.mark.parametrize(("at", "value"), [(6, 1), (8, 99)])  # a password, a compression of another program
def test_a_workbook_that_is_locked_or_damaged_is_refused(at: int, value: int) -> None:
    good = bytearray(workbook(["Дата"]))
    for head, place in ((b"PK\x03\x04", at), (b"PK\x01\x02", at + 2)):
        found = good.find(head)
        while found >= 0:
            good[found + place] = value
            found = good.find(head, found + 1)
    damaged = bytearray(workbook(["Дата"]))
    damaged[60:70] = bytes(255 - one for one in damaged[60:70])
    for content in (good, damaged):
        with pytest.raises(UnreadableFileError, match="no sound XLSX"):
            read(bytes(content), "RUB")

"""A statement as a spreadsheet: numbers are numbers, dates are dates, and it prints on one page's width."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from printing.act import Act, Section, Side
from printing.formats import places
from printing.rows import Pair, Row
from schemas.languages import Language
from schemas.money import from_units

WIDTHS = (11, 38, 15, 15)  # of a half: date, document, debit, credit
LAST = 2 * len(WIDTHS) - 1
WRITTEN = datetime(2000, 1, 1)  # the same act is the same bytes: no file says when it was written
DAYS: dict[Language, str] = {"ru": "dd.mm.yyyy", "uk": "dd.mm.yyyy", "en": "dd mmm yyyy"}
EXACT = 10**15  # a spreadsheet keeps 15 digits: what is longer goes out as text


def xlsx(act: Act) -> bytes:
    """One sheet for each currency, each complete with title and places to sign."""
    written = BytesIO()
    book = Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": act.title, "created": WRITTEN})
    for section in act.sections:
        _Sheet(book, act, section).write()
    book.close()
    return written.getvalue()


class _Sheet:
    """Writes downwards: `row` is where the next thing goes."""

    def __init__(self, book: Workbook, act: Act, section: Section) -> None:
        self.act, self.section, self.row = act, section, 0
        self.sheet = book.add_worksheet(section.currency)
        digits = places(section.currency)
        sums = {"num_format": f"#,##0.{'0' * digits}" if digits else "#,##0"}
        boxed, bold = {"border": 1, "valign": "vcenter"}, {"bold": True}
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.title = book.add_format({**bold, "font_size": 14, "align": "center"})
        self.centred = book.add_format({"align": "center"})
        self.draft = book.add_format({**bold, "font_size": 18, "align": "center", "font_color": "#B3261E"})
        self.head = book.add_format(
            {**boxed, **bold, "align": "center", "bg_color": "#F0F0F0", "text_wrap": True}
        )
        self.day = book.add_format({**boxed, "num_format": DAYS[act.language], "align": "center"})
        self.text = book.add_format({**boxed, "text_wrap": True})
        self.sum = book.add_format({**boxed, **sums})
        self.bold_text = book.add_format({**boxed, **bold})
        self.bold_sum = book.add_format({**boxed, **bold, **sums})
        self.signature = book.add_format({"bottom": 1})

    def write(self) -> None:
        self._paper()
        if self.act.draft:
            self._across(self.act.draft, self.draft)
        self._across(self.act.title, self.title)
        for line in self.act.about:
            self._across(line, self.centred)
        if self.act.place:
            self._across(self.act.place, self.plain)
        self._across(self.act.intro, self.plain, _height(self.act.intro, 2 * sum(WIDTHS)))
        self.row += 1
        self._table()
        self.row += 1
        self._halves(*(f"{half.by}\n{half.conclusion}" for half in (self.section.ours, self.section.theirs)))
        self._signing()
        self.row += 1
        for line in (self.act.checked, self.act.verify, self.act.as_of):
            if line:
                self._across(line, self.plain)

    def _paper(self) -> None:
        sheet, page = self.sheet, self.act.labels.page
        for half in (0, len(WIDTHS)):
            for column, width in enumerate(WIDTHS):
                sheet.set_column(half + column, half + column, width)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&7{self.act.checksum}&R&7{page.format(page='&P', pages='&N')}")
        sheet.hide_gridlines(2)

    def _table(self) -> None:
        first, labels = self.row, self.act.labels
        heads = (self.section.ours.head, self.section.theirs.head)
        self.sheet.set_row(first, max(_height(head, sum(WIDTHS)) for head in heads))
        for half, head in zip((0, 4), heads, strict=True):
            self.sheet.merge_range(first, half, first, half + 3, head, self.head)
            for column, label in enumerate((labels.date, labels.document, labels.debit, labels.credit)):
                self.sheet.write_string(first + 1, half + column, label, self.head)
        self.row += 2
        self.sheet.freeze_panes(self.row, 0)
        self.sheet.repeat_rows(first, first + 1)
        for pair in self.section.rows:
            self._pair(pair)

    def _pair(self, pair: Pair) -> None:
        for half, row in ((0, pair.ours), (4, pair.theirs)):
            if row.kind == "line":
                self._day(row, half)
                self.sheet.write_string(self.row, half + 1, row.text, self.text)
            else:
                last = half + (3 if row.kind == "contract" else 1)
                self.sheet.merge_range(self.row, half, self.row, last, row.text, self.bold_text)
            if row.kind != "contract":
                self._sum(row.debit, half + 2, row)
                self._sum(row.credit, half + 3, row)
        self.row += 1

    def _day(self, row: Row, column: int) -> None:
        if row.on is None:
            self.sheet.write_blank(self.row, column, None, self.day)
        else:
            self.sheet.write_datetime(self.row, column, row.on, self.day)

    def _sum(self, units: int | None, column: int, row: Row) -> None:
        style = self.sum if row.kind == "line" else self.bold_sum
        if units is None:
            self.sheet.write_blank(self.row, column, None, style)
            return
        amount = from_units(units, places(self.section.currency))
        if abs(units) < EXACT:
            self.sheet.write_number(self.row, column, amount, style)
        else:
            self.sheet.write_string(self.row, column, f"{amount:f}", style)

    def _signing(self) -> None:
        """Both sides from the same row on, each as long as its signers need."""
        start = self.row + 1
        ends = [self._side(side, half, start) for half, side in zip((0, 4), self.act.sides, strict=True)]
        self.row = max(ends)

    def _side(self, side: Side, column: int, row: int) -> int:
        lines = [side.head, *([side.tax_id] if side.tax_id else [])]
        for place, line in enumerate(lines):
            self.sheet.write_string(row + place, column, line)
        row += len(lines) + 1
        for signer in side.signers:
            self.sheet.write_string(row, column, signer.post)
            self.sheet.merge_range(row + 1, column, row + 1, column + 1, "", self.signature)
            self.sheet.write_string(row + 1, column + 2, signer.name)
            self.sheet.write_string(row + 2, column, self.act.labels.signature)
            row += 4
        self.sheet.write_string(row, column, self.act.labels.seal)
        return row + 1

    def _halves(self, ours: str, theirs: str) -> None:
        self.sheet.set_row(self.row, max(_height(text, sum(WIDTHS)) for text in (ours, theirs)))
        self.sheet.merge_range(self.row, 0, self.row, 3, ours, self.plain)
        self.sheet.merge_range(self.row, 4, self.row, LAST, theirs, self.plain)
        self.row += 1

    def _across(self, text: str, style: Any, height: int | None = None) -> None:
        if height:
            self.sheet.set_row(self.row, height)
        self.sheet.merge_range(self.row, 0, self.row, LAST, text, style)
        self.row += 1


def _height(text: str, width: int) -> int:
    """In points: merged cells do not grow with their text, so what it will take is reckoned."""
    return 15 * sum(-(-len(line) // int(width * 0.9)) for line in text.split("\n")) + 2

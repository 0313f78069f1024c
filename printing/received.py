"""A statement that the counterparty sent, read from XLSX or CSV. What is not understood is refused, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from printing.amounts import Cell, day, units
from printing.cells import Rows, tables
from printing.columns import Columns, Role, halves
from schemas.errors import UnreadableFileError
from schemas.matching import Received, ReceivedLine

SIDES: tuple[Role, ...] = ("debit", "credit")
SUMMARIES = {
    "opening": (
        "сальдо начальное",
        "сальдо на начало",
        "сальдо початкове",
        "початкове сальдо",
        "opening balance",
    ),
    "closing": ("сальдо конечное", "сальдо на конец", "сальдо кінцеве", "кінцеве сальдо", "closing balance"),
    "balance": ("сальдо на", "balance as of"),  # the first is the opening, a later one the closing balance
    "turnovers": ("оборот", "итого", "всего", "разом", "усього", "turnover", "total"),
}
BEHIND_SIGN = re.compile(r"(?:№|\bno\.?|\bn)\s*([\w./-]*\d[\w./-]*)", re.IGNORECASE)
BEFORE_DAY = re.compile(r"([\w/-]*\d[\w/-]*)\s+(?:от|від|of|dated)\b", re.IGNORECASE)
NUMBER = re.compile(r"[^\W\d_]*[\w/-]*\d[\w/-]*")


@dataclass(slots=True)
class _Found:
    lines: list[ReceivedLine] = field(default_factory=list)
    opening: int | None = None
    closing: int | None = None


def read(content: bytes, currency: str, half: Literal["left", "right"] = "left") -> Received:
    """The statement in a file. Of two halves the left one is theirs; the right one, if they filled in our print.

    Errors: UnreadableFileError with row and column, counted as a spreadsheet does.
    """
    rows, found = _table(content, currency)
    if half == "right" and len(found) < 2:
        raise _no_table(" in the right half")
    return _read(rows, found[0 if half == "left" else 1], currency)


def _table(content: bytes, currency: str) -> tuple[Rows, list[Columns]]:
    """The one table with the columns of a statement; of several sheets the one that is called by its currency."""
    found = [(name, rows, columns) for name, rows in tables(content) if (columns := halves(rows))]
    if not found:
        raise _no_table()
    chosen = [table for table in found if table[0] == currency] or found
    if len({name for name, _, _ in chosen}) > 1:
        raise UnreadableFileError(
            "several sheets have a statement",
            hint="send one of them, or name the sheets by their currencies, like RUB",
        )
    return chosen[0][1:]


def _no_table(where: str = "") -> UnreadableFileError:
    return UnreadableFileError(
        f"no table with the columns of a statement was found{where}",
        hint="the headings of the columns are: date, document or number, debit, credit",
    )


def _read(rows: Rows, columns: Columns, currency: str) -> Received:
    found, end = _Found(), _end(rows, columns)
    for place, row in enumerate(rows[columns.body : end], columns.body + 1):
        _take(found, row, place, columns, currency)
    if not found.lines and found.opening is None and found.closing is None:
        raise UnreadableFileError(
            "the half of the statement is empty", hint="fill it in, or say which half is filled"
        )
    return Received(tuple(found.lines), found.opening, found.closing)


def _end(rows: Rows, columns: Columns) -> int:
    """Where the table ends: with its last balance, or a later line; below are conclusions and places to sign."""
    kinds = [(place, _summary(row, columns)) for place, row in enumerate(rows)]
    balances = [place for place, kind in kinds if kind in ("closing", "balance")]
    if len(balances) < 2 and not any(kind == "closing" for _, kind in kinds):
        return len(rows)
    lines = [place for place, row in enumerate(rows) if _is_dated(row, columns) and _is_filled(row, columns)]
    return max(*balances, *lines, columns.body) + 1


def _take(found: _Found, row: tuple[Cell, ...], place: int, columns: Columns, currency: str) -> None:
    summary = _summary(row, columns)
    if summary == "balance":
        summary = "closing" if found.lines or found.opening is not None else "opening"
    debit, credit = (_amount(row, place, columns, role, currency) for role in SIDES)
    nothing = debit is None and credit is None
    if summary == "turnovers":
        return
    if summary == "opening":
        if found.opening is None and not nothing:  # later ones are of single contracts
            found.opening = (credit or 0) - (debit or 0)
    elif summary == "closing":
        found.closing = found.closing if nothing else (credit or 0) - (debit or 0)
    elif nothing:
        if _is_dated(row, columns):
            raise _refused("a line has a date and no amount", place, columns.place("debit"))
    else:
        on = _day(row, place, columns)
        if on is None:
            raise _refused("a line has an amount and no date", place, columns.place("date"))
        found.lines.append(ReceivedLine(on, _number(row, columns), debit or 0, credit or 0, place))


def _amount(row: tuple[Cell, ...], place: int, columns: Columns, role: Role, currency: str) -> int | None:
    """None for nothing, and for words: beside a date, or with a digit in them, they were meant as an amount."""
    cell = columns.cell(row, role)
    try:
        return units(cell, currency)
    except ValueError as error:
        if not (_is_dated(row, columns) or any(x.isdigit() for x in str(cell))):
            return None
        what = f"the {role} cannot be read as an amount of {currency}"
        raise _refused(what, place, columns.place(role)) from error


def _is_filled(row: tuple[Cell, ...], columns: Columns) -> bool:
    return any(columns.cell(row, role) is not None for role in SIDES)


def _is_dated(row: tuple[Cell, ...], columns: Columns) -> bool:
    try:
        return day(columns.cell(row, "date")) is not None
    except ValueError:
        return False


def _day(row: tuple[Cell, ...], place: int, columns: Columns) -> date | None:
    try:
        return day(columns.cell(row, "date"))
    except ValueError as error:
        raise _refused("the date cannot be read", place, columns.place("date")) from error


def _summary(row: tuple[Cell, ...], columns: Columns) -> str | None:
    """What a row sums up. A balance may have its date; with a date, "total" is the name of somebody's document."""
    texts = [text.casefold() for text in _texts(row, columns)]
    for kind, words in SUMMARIES.items():
        if any(text.startswith(words) for text in texts):
            return None if kind == "turnovers" and _is_dated(row, columns) else kind
    return None


def _texts(row: tuple[Cell, ...], columns: Columns) -> Iterator[str]:
    roles: tuple[Role, ...] = ("date", "document", "number")
    cells = (columns.cell(row, role) for role in roles)
    yield from (cell.strip() for cell in cells if isinstance(cell, str))


def _number(row: tuple[Cell, ...], columns: Columns) -> str:
    """Of its own column, else from the words of the document; "" where there is none."""
    own = columns.cell(row, "number")
    if own is not None:
        return str(int(own) if isinstance(own, float) and own.is_integer() else own).strip()
    told = str(columns.cell(row, "document") or "")
    for pattern in (BEHIND_SIGN, BEFORE_DAY):
        if found := pattern.search(told):
            return found[1].rstrip(".,")
    found = NUMBER.search(told)
    return found[0] if found else ""


def _refused(what: str, row: int, column: str) -> UnreadableFileError:
    hint = "write amounts like 1234.56 and dates like 30.09.2026, then send the file again"
    return UnreadableFileError(what, hint=hint, row=row, column=column)

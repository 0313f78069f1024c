"""Where a table has its columns: found by their headings, in three languages, over up to three rows of merged cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

from printing.amounts import Cell
from printing.cells import Rows

Role = Literal["date", "number", "document", "debit", "credit"]
ROLES: tuple[Role, ...] = get_args(Role)
NAMES: dict[Role, tuple[str, ...]] = {
    "date": ("дата", "date"),
    "number": ("номер", "№", "no", "number", "n"),
    "document": (
        "документ",
        "document",
        "содержание",
        "зміст",
        "операция",
        "операція",
        "наименование",
        "description",
    ),
    "debit": ("дебет", "debit", "дт"),
    "credit": ("кредит", "credit", "кт"),
}
HEADINGS = 3  # rows that one heading may span
FIRST_ROWS = 200  # a heading is not further down


class Columns(NamedTuple):
    """Half-open spans of columns by role: what stands in a merged cell may stand in any of them."""

    body: int  # the first row under the headings
    spans: dict[Role, tuple[int, int]]

    def cell(self, row: Sequence[Cell], role: Role) -> Cell:
        """What stands under a heading; None for nothing."""
        if role not in self.spans:
            return None
        first, end = self.spans[role]
        return next((x for x in row[first:end] if x is not None and str(x).strip()), None)

    def place(self, role: Role) -> str:
        return letters(self.spans[role][0]) if role in self.spans else "?"


def halves(rows: Rows) -> list[Columns]:
    """The halves of the first table that has them, from the left; none where nothing looks like a statement."""
    for top in range(min(len(rows), FIRST_ROWS)):
        if not any(isinstance(cell, str) and _role(cell) for cell in rows[top]):
            continue
        for height in range(1, HEADINGS + 1):
            body = top + height
            if _is_count(rows[body : body + 1]):
                body += 1
            if found := _halves(rows[top : top + height], body):
                return found
    return []


def letters(column: int) -> str:
    """A, B, … AA, as a spreadsheet names columns counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _is_count(rows: Rows) -> bool:
    """Forms number their columns under the headings: 1, 2, 3."""
    told = [str(cell).strip() for row in rows for cell in row if cell is not None and str(cell).strip()]
    return len(told) > 2 and told == [str(number) for number in range(1, len(told) + 1)]


def _halves(headings: Rows, body: int) -> list[Columns]:
    roles = {
        column: role
        for row in headings
        for column, cell in enumerate(row)
        if isinstance(cell, str) and (role := _role(cell))
    }
    order = sorted(roles)
    for column, following in pairwise(order):
        if roles[column] == "number" and roles[following] == "date" and _is_sign(headings, column):
            del roles[column]  # № before the date counts the lines
    taken = {
        column
        for row in headings
        for column, cell in enumerate(row)
        if cell is not None and str(cell).strip()
    }
    halves: list[dict[Role, int]] = [{}]
    for column in sorted(roles):
        if roles[column] in halves[-1]:
            halves.append({})
        halves[-1][roles[column]] = column
    width = max((len(row) for row in headings), default=0)
    return [_columns(half, taken, width, body) for half in halves if _whole(half)]


def _whole(half: dict[Role, int]) -> bool:
    return {"date", "debit", "credit"} <= half.keys() and bool({"number", "document"} & half.keys())


def _columns(half: dict[Role, int], taken: set[int], width: int, body: int) -> Columns:
    return Columns(
        body,
        {
            role: (column, min((x for x in taken if x > column), default=width))
            for role, column in half.items()
        },
    )


def _is_sign(headings: Rows, column: int) -> bool:
    told = [str(row[column]).strip() for row in headings if column < len(row) and row[column] is not None]
    return all(text.casefold().rstrip(".") in ("", "№", "no", "n", "#") for text in told)


def _role(heading: str) -> Role | None:
    words = re.findall(r"№|[^\W\d_]+", heading.casefold())
    if not words or len(words) > 4 or words[:3] == ["№", "п", "п"]:
        return None
    return next((role for role in ROLES if words[0] in NAMES[role]), None)

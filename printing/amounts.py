"""Numbers and dates as people write them in spreadsheets. What can be read in two ways is not read at all."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from schemas.money import currencies, to_units

Cell = str | int | float | bool | datetime | date | None

BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
BEHIND = re.compile(r"(руб|р|грн|тенге|тг|евро|євро|eur|rub|uah|kzt|usd|₽|₴|€|\$)\.?$", re.IGNORECASE)
NOTHING = {"", "-", "–", "—", "х", "x"}
WHOLE = re.compile(r"\d+")
GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(\1\d{3})+")  # twice at least: 1.234.567
POINTED = re.compile(r"(\d+|\d{1,3}(,\d{3})+)\.(\d+)")
COMMAED = re.compile(r"(\d+|\d{1,3}(\.\d{3})+),(\d+)")
DAY = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:\s*г\.?|\s*р\.?)?(?:[ T]\d{1,2}:\d{2}(:\d{2})?)?"
)
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]\d{2}:\d{2}(:\d{2})?)?")


def units(cell: Cell, currency: str) -> int | None:
    """The amount in minor units; None for an empty cell. Errors: ValueError, also where digits would be lost."""
    if cell is None or (isinstance(cell, str) and BLANKS.sub("", cell).casefold() in NOTHING):
        return None
    exponent = currencies()[currency].exponent
    if isinstance(cell, (bool, date)):
        raise ValueError("not an amount")
    if isinstance(cell, int):
        return to_units(Decimal(cell), exponent)
    if isinstance(cell, float):  # a spreadsheet shows and compares 15 digits; the rest is noise of its sums
        return to_units(Decimal(f"{cell:.15g}"), exponent)
    return to_units(_decimal(cell, exponent), exponent)


def day(cell: Cell) -> date | None:
    """The day; None for an empty cell. Errors: ValueError, also for 04/05/2026, which is two days."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date) or cell is None:
        return cell
    text = str(cell).strip() if isinstance(cell, str) else "?"
    if text in NOTHING:
        return None
    if found := ISO.fullmatch(text):
        return date.fromisoformat(found[1])
    found = DAY.fullmatch(text)
    if not found:
        raise ValueError("not a date")
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if year < 100 else 0
    if found[2] == "/" and first <= 12 and second <= 12 and first != second:
        raise ValueError("a date with slashes that may be two days")
    if found[2] == "/" and second > 12:
        first, second = second, first
    return date(year, second, first)


def _decimal(text: str, exponent: int) -> Decimal:
    bare = BEHIND.sub("", BLANKS.sub("", text)).replace("−", "-")
    sign = 1
    if bare.startswith("(") and bare.endswith(")"):
        sign, bare = -1, bare[1:-1]
    elif bare.startswith("-") or bare.endswith("-"):
        sign, bare = -1, bare.removeprefix("-") if bare.startswith("-") else bare[:-1]
    return sign * Decimal(_plain(bare, exponent))


def _plain(bare: str, exponent: int) -> str:
    """Digits and a point, whichever separators were used. Three digits behind a lone one may be thousands."""
    if WHOLE.fullmatch(bare):
        return bare
    if GROUPED.fullmatch(bare):
        return re.sub("[.,]", "", bare)
    for pattern, thousands in ((POINTED, ","), (COMMAED, ".")):
        if found := pattern.fullmatch(bare):
            if len(found[3]) == 3 and exponent != 3 and not found[2]:
                raise ValueError("an amount that may be thousands or a fraction")
            return bare.replace(thousands, "").replace(",", ".")
    raise ValueError("not an amount")

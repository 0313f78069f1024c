"""The functions a filter may call, and those 1C refuses."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

REFUSED = frozenset(
    (
        *("length", "indexof", "replace", "tolower", "toupper", "trim", "contains"),
        *("years", "days", "hours", "seconds", "floor", "ceiling"),
    )
)


@dataclass(frozen=True, slots=True)
class Function:
    takes: tuple[tuple[str, ...], ...]  # the allowed argument lists, by kind of value
    gives: str
    call: Callable[..., Any]


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    """Positions count from one, as in 1C's query language."""
    first = int(start) - 1
    return text[first:] if length is None else text[first : first + int(length)]


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    """1C's ПОДОБНО: `%` any text, `_` one character, `[а-я]`, `[^а-я]`."""
    pieces = re.findall(r"\[\^?[^\]]+\]|%|_|.", template, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    made = (p if p.startswith("[") and len(p) > 1 else wild.get(p) or re.escape(p) for p in pieces)
    return re.compile("".join(made), re.DOTALL)


def _like(text: str, template: str) -> bool:
    return _pattern(template).fullmatch(text) is not None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _add_months(moment: datetime, months: int) -> datetime:
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def _dateadd(date: str, unit: str, amount: Decimal) -> str:
    if unit in _MONTHS:
        return _add_months(_moment(date), int(amount) * _MONTHS[unit]).isoformat()
    return (_moment(date) + timedelta(seconds=int(amount) * _SECONDS[unit])).isoformat()


def _datedifference(start: str, end: str, unit: str) -> Decimal:
    """Borders crossed between two moments, as РАЗНОСТЬДАТ counts them."""
    first, last = _moment(start), _moment(end)
    if unit in _MONTHS:
        size = _MONTHS[unit]
        months = [m.year * 12 + m.month - 1 for m in (first, last)]
        return Decimal(months[1] // size - months[0] // size)
    seconds = [int((m - datetime(1, 1, 1)).total_seconds()) // _SECONDS[unit] for m in (first, last)]
    return Decimal(seconds[1] - seconds[0])


def _part(start: int, end: int) -> Callable[[str], Decimal]:
    return lambda date: Decimal(date[start:end])


def _date_part(call: Callable[[str], Decimal]) -> Function:
    return Function((("date",),), "number", call)


def _test(call: Callable[[str, str], bool]) -> Function:
    return Function((("string", "string"),), "bool", call)


FUNCTIONS: Mapping[str, Function] = {
    "concat": Function((("string", "string"),), "string", lambda a, b: a + b),
    "endswith": _test(lambda text, end: text.endswith(end)),
    "startswith": _test(lambda text, start: text.startswith(start)),
    "substringof": _test(lambda part, text: part in text),
    "like": _test(_like),
    "substring": Function((("string", "number"), ("string", "number", "number")), "string", _substring),
    "dateadd": Function((("date", "string", "number"),), "date", _dateadd),
    "datedifference": Function((("date", "date", "string"),), "number", _datedifference),
    "year": _date_part(_part(0, 4)),
    "month": _date_part(_part(5, 7)),
    "day": _date_part(_part(8, 10)),
    "hour": _date_part(_part(11, 13)),
    "minute": _date_part(_part(14, 16)),
    "second": _date_part(_part(17, 19)),
    "quarter": _date_part(lambda date: Decimal((int(date[5:7]) + 2) // 3)),
    "dayofweek": _date_part(lambda date: Decimal(_moment(date).isoweekday())),
    "dayofyear": _date_part(lambda date: Decimal(_moment(date).timetuple().tm_yday)),
    "round": Function((("number",),), "number", lambda n: Decimal(n).quantize(Decimal(1), ROUND_HALF_UP)),
}

UNITS = frozenset(_MONTHS) | frozenset(_SECONDS)

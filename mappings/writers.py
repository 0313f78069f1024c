"""Field writers: how one accounting field is made from what was approved. Values: a declaration lists them.

`value` is a pure function of (facts, content), in a tabular part of (facts, content, line, place); None writes
nothing, so that the books may do without the field. Reference and moment have an empty value of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from mappings.values import EMPTY_DATE, EMPTY_GUID
from schemas.outgoing import WrittenType

Value = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Writer:
    """A `lasting` field is part of what was approved; others the people of the books go on with.

    One that is not `compared` has only to be there: a hub that learnt of the order anew may say it otherwise.
    `longest` is how many letters a text may have, `fixed` what every object has.
    """

    name: str
    type: WrittenType
    value: Value
    lasting: bool = True
    compared: bool = True
    longest: int = 0
    fixed: object = None

    def write(self, *made_of: Any) -> object:
        """The value as it travels, or None."""
        return travelling(self.type, self.value(*made_of))


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A tabular part; its lines are numbered 1..n."""

    name: str
    lines: Callable[[Any], Sequence[Any]]
    fields: tuple[Writer, ...]


def travelling(kind: WrittenType, value: Any) -> object:
    """Int64 travels as text, a day as its midnight."""
    if value is None:
        return None
    if kind == "integer":
        return str(value)
    if kind == "moment" and len(value) == len("2026-11-22"):
        return f"{value}T00:00:00"
    return value


def guid(name: str, value: Value, *, lasting: bool = True) -> Writer:
    """A reference that is always there; where it is None, nothing is written."""
    return Writer(name, "guid", value, lasting)


def optional_guid(name: str, value: Value) -> Writer:
    return Writer(name, "guid", lambda *made_of: value(*made_of) or EMPTY_GUID)


def text(name: str, value: Value, *, longest: int, lasting: bool = True) -> Writer:
    return Writer(name, "text", value, lasting, longest=longest)


def word(name: str, value: Value, *, lasting: bool = True) -> Writer:
    """A member of an enumeration."""
    return Writer(name, "text", value, lasting)


def same(name: str, type: WrittenType, value: object) -> Writer:
    """What every object has; its people may change it."""
    return Writer(name, type, lambda *_: value, lasting=False, fixed=value)


def flag(name: str, value: Value) -> Writer:
    return Writer(name, "flag", value)


def integer(name: str, value: Value, *, lasting: bool = True) -> Writer:
    return Writer(name, "integer", value, lasting)


def day(name: str, value: Value, *, lasting: bool = True) -> Writer:
    return Writer(name, "moment", lambda *made_of: value(*made_of) or EMPTY_DATE, lasting)


def told(writer: Writer) -> Writer:
    """For the people of the books to know, and no part of what was approved."""
    return replace(writer, lasting=False, compared=False)


def units(name: str, value: Value) -> Writer:
    """An amount in minor units of the facts' currency."""
    return Writer(name, "decimal", lambda facts, *more: _scaled(value(facts, *more), facts.exponent))


def micro(name: str, value: Value) -> Writer:
    """A quantity, price or rate in millionths."""
    return Writer(name, "decimal", lambda *made_of: _scaled(value(*made_of), 6))


def _scaled(units: int | None, exponent: int) -> Decimal | None:
    """Exact, and without zeros behind that say nothing."""
    if units is None:
        return None
    while exponent > 0 and units % 10 == 0:
        units, exponent = units // 10, exponent - 1
    return Decimal(units).scaleb(-exponent)

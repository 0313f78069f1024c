"""Texts and numbers of an order as they were sent: what an accounting document cannot hold is told, not cut."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

from api.orders.wanted import NewOrder, NewOrderLine, OrderTerms
from api.web import ids
from api.web.errors import ProblemError
from schemas.money import to_units
from schemas.order_limits import PERCENT_PLACES, PRICE_PLACES, QUANTITY_PLACES, WHOLE_DIGITS
from schemas.order_problems import Problem

_MICRO_PLACES = 6
_NO_CHARACTERS = ("\ufffe", "\uffff")
_OF_A_TEXT = ("\n", "\t")


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads one order of one base; collects what is wrong with how it is written."""

    source: str
    found: list[Problem] = field(default_factory=list)

    def wrong(self, place: str, detail: str) -> None:
        self.found.append(Problem(place, detail))

    def key(self, given: str | None, place: str) -> str | None:
        """The key behind an id of this base."""
        if given is None:
            return None
        try:
            source, guid = ids.parse(given)
        except ProblemError:
            self.wrong(place, "This is no id of this API. Send an id as an answer gave it.")
            return None
        if source != self.source:
            self.wrong(place, f"The id is of another base than {self.source}. Send an id of this one.")
            return None
        return guid

    def number(self, given: str, places: int, place: str) -> int:
        """In millionths, exactly."""
        value = Decimal(given)
        if value.adjusted() >= WHOLE_DIGITS:
            self.wrong(place, f"It has more than {WHOLE_DIGITS} digits before the point.")
            return 0
        micro = value.scaleb(_MICRO_PLACES)
        if micro != micro.to_integral_value() or int(micro) % 10 ** (_MICRO_PLACES - places):
            self.wrong(place, f"It has more than {places} digits after the point.")
            return 0
        return int(micro)

    def money(self, given: str, exponent: int, place: str) -> int | None:
        try:
            return to_units(Decimal(given), exponent)
        except ValueError:
            self.wrong(place, f"Give it with at most {exponent} digits after the point.")
            return None

    def text(self, given: str, place: str, *, lines: bool = False) -> str:
        """Without blanks around it."""
        plain = given.replace("\r\n", "\n").strip()
        if any(_is_control(one) and not (lines and one in _OF_A_TEXT) for one in plain):
            self.wrong(place, "It has control characters, which accounting documents do not keep.")
        return plain


def quantity(reading: Reading, line: NewOrderLine, place: str) -> int:
    return reading.number(line.quantity, QUANTITY_PLACES, f"{place}/quantity")


def price(reading: Reading, line: NewOrderLine, place: str) -> int:
    return reading.number(line.price, PRICE_PLACES, f"{place}/price")


def discount(reading: Reading, line: NewOrderLine, place: str) -> int:
    return reading.number(line.discount_percent, PERCENT_PLACES, f"{place}/discount_percent")


def reference(reading: Reading, data: NewOrder) -> str:
    """It is looked for in the books as it stands: what they would change about it is not taken."""
    if not data.reference.isprintable() or data.reference != data.reference.strip():
        reading.wrong(
            "reference", "Use printable characters, and no blanks before or after: it is looked for as it is."
        )
    return data.reference


def unreferred(data: OrderTerms) -> list[Problem]:
    """What is wrong whatever the ids mean."""
    reading = Reading("")
    if isinstance(data, NewOrder):
        reference(reading, data)
    reading.text(data.comment, "comment", lines=True)
    reading.text(data.delivery_address or "", "delivery_address")
    for number, line in enumerate(data.lines):
        for read in (quantity, price, discount):
            read(reading, line, f"lines/{number}")
    return reading.found


def _is_control(one: str) -> bool:
    return unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") or one in _NO_CHARACTERS

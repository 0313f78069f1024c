"""Exact amounts: integers of a currency's minor unit, never floats."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

MAX_UNITS = 2**63 - 1
MAX_DIGITS = 19  # more cannot fit: refused before an int of any length is built


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: `code` RUB, `numeric` 643, `exponent` digits of the minor unit."""

    code: str
    numeric: str
    exponent: int


@cache
def currencies() -> dict[str, Currency]:
    """Every active ISO 4217 currency, by alphabetic and by numeric code.

    Source: ISO 4217 list as shipped by the `iso4217` distribution, copied to `iso4217.csv`.
    """
    with files("schemas").joinpath("iso4217.csv").open(encoding="utf-8") as lines:
        known = [Currency(row["code"], row["numeric"], int(row["exponent"])) for row in csv.DictReader(lines)]
    return {key: currency for currency in known for key in (currency.code, currency.numeric)}


def to_units(amount: Decimal, exponent: int) -> int:
    """Give `amount` in units of 10**-exponent, exactly.

    Errors: ValueError where digits would be lost or the number does not fit 64 bits: nothing is rounded.
    """
    if not amount.is_finite() or amount.adjusted() + exponent > MAX_DIGITS:
        raise ValueError(f"{amount:.3E} does not fit 64 bits")
    scaled = amount.scaleb(exponent)
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"{amount} has more than {exponent} decimal places")
    if not -MAX_UNITS <= units <= MAX_UNITS:
        raise ValueError(f"{amount} does not fit 64 bits")
    return units


def from_units(units: int, exponent: int) -> Decimal:
    return Decimal(units).scaleb(-exponent)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, in minor units. Refuses to meet another currency."""

    units: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.units) is not int:  # nor a bool, which is one
            raise TypeError(f"Money takes integer minor units, not {type(self.units).__name__}")
        if self.currency not in currencies():
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.units + other.units, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.units - other.units, self.currency)

    def __str__(self) -> str:
        """The amount as a decimal string with the currency's own number of places, as JSON shows it."""
        exponent = currencies()[self.currency].exponent
        if not exponent:
            return str(self.units)
        whole, rest = divmod(abs(self.units), 10**exponent)
        return f"{'-' if self.units < 0 else ''}{whole}.{rest:0{exponent}}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} are never added together")

"""Money as whole hundredths, quantities as whole thousandths; Decimals only where they are written."""

from __future__ import annotations

from decimal import Decimal

_HUNDREDTH = Decimal("0.01")
_THOUSANDTH = Decimal("0.001")


def money(hundredths: int) -> Decimal:
    return hundredths * _HUNDREDTH


def quantity(thousandths: int) -> Decimal:
    return thousandths * _THOUSANDTH


def line_amount(price: int, thousandths: int) -> int:
    """Price times quantity, half a kopeck up."""
    return (price * thousandths + 500) // 1000


def vat_within(amount: int, rate: int) -> int:
    """The tax inside an amount that includes it."""
    return (amount * rate + (100 + rate) // 2) // (100 + rate)


def vat_on_top(amount: int, rate: int) -> int:
    return (amount * rate + 50) // 100


def rounded_up(amount: int, step: int) -> int:
    return -(-amount // step) * step

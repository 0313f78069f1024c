"""What an order says, exactly; and how its sums come about."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

MICRO = 1_000_000  # quantities and prices are in millionths; so are per cents
HUNDRED_PERCENT = 100 * MICRO


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """`quantity` in millionths of the unit, `price` in millionths of the currency's unit for one unit.

    `discount` and `vat_percent` are millionths of a per cent; `amount` and `vat` are minor units. `vat_percent` is
    None where the item is not taxed. `unit_id` is None for the item's own unit.
    """

    item_id: str
    characteristic_id: str = ""
    unit_id: str | None = None
    quantity: int
    price: int
    discount: int = 0
    amount: int
    vat_rate_id: str | None = None
    vat_percent: int | None = None
    vat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`amount` is what the counterparty pays: the sum of the lines, and their VAT where prices come without it.

    `counterparty_id` settles it; `branch_id` is the branch that ordered, where it is another. `contact_id` placed it,
    for `on_behalf_of` where he is not the one who wants the goods (FX-07).
    """

    counterparty_id: str
    organization_id: str
    contract_id: str
    branch_id: str | None = None
    contact_id: str | None = None
    on_behalf_of: str | None = None
    delivery_address: str = ""
    wished_on: str | None = None
    comment: str = ""
    currency: str
    prices_include_vat: bool = True
    lines: tuple[OrderLine, ...]
    amount: int

    def body(self) -> dict[str, Any]:
        """As it is kept: JSON with integers only."""
        return asdict(self) | {"lines": [asdict(line) for line in self.lines]}


def order(body: dict[str, Any]) -> Order:
    """What `Order.body` made."""
    return Order(**{**body, "lines": tuple(OrderLine(**line) for line in body["lines"])})


def priced(line: OrderLine, exponent: int, *, prices_include_vat: bool) -> OrderLine:
    """The line with its amount and VAT by the rule: price x quantity less the discount, rounded once, half away
    from zero, to the currency's minor unit; then the VAT of that amount, within it or on top, rounded likewise.
    """
    gross = line.price * line.quantity * (HUNDRED_PERCENT - line.discount) * 10**exponent
    amount = rounded(gross, MICRO * MICRO * HUNDRED_PERCENT)
    rate = line.vat_percent or 0
    base = HUNDRED_PERCENT + rate if prices_include_vat else HUNDRED_PERCENT
    return replace(line, amount=amount, vat=rounded(amount * rate, base))


def total(lines: tuple[OrderLine, ...], *, prices_include_vat: bool) -> int:
    """The sum of the lines; nothing is rounded again."""
    return sum(line.amount if prices_include_vat else line.amount + line.vat for line in lines)


def rounded(numerator: int, denominator: int) -> int:
    """A quotient of integers, half away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))

"""What things are sold for. What the company pays itself is not read."""

from __future__ import annotations

from typing import NamedTuple

from schemas.types import CurrencyCode, Guid, Micro, WallClock


class PriceKind(NamedTuple):
    """A kind of price: wholesale, dealer's. Only those `for_sale` concern customers.

    A folder of kinds has neither `currency` nor `for_sale`.
    """

    id: Guid
    version: str
    name: str
    currency: CurrencyCode | None
    includes_vat: bool
    for_sale: bool
    active: bool
    deletion_mark: bool


class Price(NamedTuple):
    """What an item costs now, by one kind of price; `price` in millionths of the currency's unit.

    `characteristic_id` and `unit_id` are "" where the price is of the item itself, in its own unit.
    """

    item_id: Guid
    price_kind_id: Guid
    characteristic_id: str
    unit_id: str
    price: Micro
    currency: CurrencyCode
    valid_from: WallClock

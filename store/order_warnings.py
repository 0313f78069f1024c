"""What somebody should look at before an order goes out: prices that no list has, more than is free (BC-07, FX-07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from schemas.money import from_units
from schemas.order_problems import Warned
from schemas.orders import HUNDRED_PERCENT, MICRO, Order, OrderLine, rounded
from store.order_facts import Facts

_PLACES = 6


def warnings(
    order: Order, facts: Facts, *, prices_as_of: datetime | None, stock_as_of: datetime | None
) -> list[Warned]:
    """By line; what the store knows no price of, and no stock, is not warned of by price."""
    wanted = _wanted(order, facts)
    return [
        one
        for place, line in enumerate(order.lines)
        for one in (
            *_priced(f"lines/{place}/price", line, order, facts, prices_as_of),
            *_there(f"lines/{place}/quantity", line, wanted, facts, stock_as_of),
        )
    ]


def _priced(
    place: str, line: OrderLine, order: Order, facts: Facts, as_of: datetime | None
) -> Iterator[Warned]:
    """Against every kind of price: which of them is the buyer's only the storefront knows."""
    item = facts.items.get(line.item_id)
    own = item.unit_id if item is not None else None
    unit = {"", own} if line.unit_id in (None, own) else {line.unit_id}
    listed = sorted(
        {
            row.price
            for row in facts.prices.get(line.item_id, ())
            if row.currency == order.currency
            and row.includes_vat == order.prices_include_vat
            and row.characteristic_id in ("", line.characteristic_id)
            and row.unit_id in unit
        }
    )
    if not listed:
        return
    net = rounded(line.price * (HUNDRED_PERCENT - line.discount), HUNDRED_PERCENT)
    if net < listed[0]:
        told = f"Less the discount it is {_text(net)}; the lowest price of the list is {_text(listed[0])}."
        yield Warned(place, told, "price_below_list", as_of)
    elif line.price not in listed:
        nearest = min(listed, key=lambda price: abs(price - line.price))
        yield Warned(place, f"The nearest price of the list is {_text(nearest)}.", "price_differs", as_of)


def _there(
    place: str, line: OrderLine, wanted: Mapping[tuple[str, str], int], facts: Facts, as_of: datetime | None
) -> Iterator[Warned]:
    key = (line.item_id, line.characteristic_id)
    if as_of is None or key not in wanted:
        return
    free = facts.free.get(key, 0)
    if wanted[key] > free:
        told = f"The order wants {_text(wanted[key])} in the item's own unit; {_text(free)} are free."
        yield Warned(place, told, "over_stock", as_of)


def _wanted(order: Order, facts: Facts) -> dict[tuple[str, str], int]:
    """What all lines want of an item, in its own unit; nothing of those whose units are not known."""
    found: dict[tuple[str, str], int] = {}
    for line in order.lines:
        item = facts.items.get(line.item_id)
        if item is None:
            continue
        factor = MICRO
        if line.unit_id not in (None, item.unit_id):
            unit, own = facts.units.get(line.unit_id or ""), facts.units.get(item.unit_id or "")
            if unit is None or own is None or not own.factor:
                continue
            factor = rounded(unit.factor * MICRO, own.factor)
        key = (line.item_id, line.characteristic_id)
        found[key] = found.get(key, 0) + rounded(line.quantity * factor, MICRO)
    return found


def _text(micro: int) -> str:
    return f"{from_units(micro, _PLACES).normalize():f}"

"""What of an order was shipped, and what of that is still owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.frame.visits import Visit
from desk.orders import contents
from printing import formats
from schemas import orders
from schemas.credit import Sum
from store import order_list, order_status, submissions
from store.engine import Tx
from store.submissions import Submission


@dataclass(frozen=True, slots=True)
class Shipped:
    """Quantities of an item in its own unit, as they are read."""

    name: str
    ordered: str
    shipped: str
    returned: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Progress:
    items: Sequence[Shipped]
    owed: Sequence[Sum]


def of(tx: Tx, visit: Visit, order: Submission) -> Progress | None:
    """None before anything of it was shipped."""
    found = order_status.of(tx, order)
    if found is None or not any(one.shipped for one in found.items):
        return None
    names = order_list.names(tx, order.source, [order], orders.order(submissions.body(tx, order)))
    items = [
        Shipped(
            contents.item_name(names, one.item_id),
            formats.exact(one.ordered, visit.language),
            formats.exact(one.shipped, visit.language),
            formats.exact(one.returned, visit.language) if one.returned else "",
            one.shipped >= one.ordered,
        )
        for one in found.items
    ]
    return Progress(items, [Sum(units=units, currency=currency) for currency, units in found.owed.items()])

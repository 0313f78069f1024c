"""How far the books are with an order, from the documents that refer to it; in whatever order these became known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.journal import CHARGES, RETURNS
from schemas.submissions import Status

INVOICE = "invoice"


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of goods that counts; `quantity` in millionths."""

    item_id: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that counts and belongs to the order. `goods` are the lines that are the order's own.

    `amount` is what it charges or takes back, `paid` what payments paid of it, in minor units of `currency`.
    """

    id: str
    kind: str
    base_id: str | None
    currency: str
    amount: int
    paid: int = 0
    goods: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What the books have of the order itself. `stands`: posted, neither marked for deletion nor gone.

    `closed`: nothing more will be shipped. `paid` is what payments paid of the order or its invoices, by currency;
    `prepaid` what they say they bring for them, in the order's currency.
    """

    stands: bool
    closed: bool
    amount: int
    goods: tuple[Goods, ...]
    paid: Mapping[str, int]
    prepaid: int = 0


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """Of one item, in millionths of its unit. `shipped` is what ever left; `returned` is a part of it."""

    item_id: str
    ordered: int
    shipped: int
    returned: int


@dataclass(frozen=True, slots=True)
class Progress:
    """`owed` is what is still unpaid of what was shipped, by currency, with no zeros."""

    status: Status
    items: tuple[ItemProgress, ...]
    owed: Mapping[str, int]
    prepaid: int


def progress(order: Ordered, papers: Iterable[Paper]) -> Progress:
    """Shapes: papers in any order, each at most once; those of other orders are not among them."""
    every = list(papers)
    notes = {one.id: one for one in every if one.kind in CHARGES}
    returns = [one for one in every if one.kind in RETURNS and one.base_id in notes]
    items = _items(order, notes.values(), returns)
    owed = _owed(order, notes, returns)
    invoiced = any(one.kind == INVOICE for one in every)
    return Progress(_status(order, items, owed, invoiced=invoiced), items, owed, order.prepaid)


def _items(order: Ordered, notes: Iterable[Paper], returns: Iterable[Paper]) -> tuple[ItemProgress, ...]:
    ordered, shipped, returned = (
        _sum([order.goods]),
        _sum(n.goods for n in notes),
        _sum(r.goods for r in returns),
    )
    names = sorted({*ordered, *shipped})
    return tuple(
        ItemProgress(name, ordered[name], shipped[name], min(returned[name], shipped[name])) for name in names
    )


def _sum(every: Iterable[tuple[Goods, ...]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for goods in every:
        for one in goods:
            found[one.item_id] += one.quantity
    return found


def _owed(order: Ordered, notes: Mapping[str, Paper], returns: Iterable[Paper]) -> dict[str, int]:
    """Each note owes by itself: what was paid too much of one pays none of the others. What was paid for the order
    itself is set against what is left.
    """
    left = {key: note.amount - note.paid for key, note in notes.items()}
    for one in returns:
        if one.base_id is not None and one.currency == notes[one.base_id].currency:
            left[one.base_id] -= one.amount
    owed: Counter[str] = Counter()
    for key, note in notes.items():
        owed[note.currency] += max(left[key], 0)
    return {
        currency: units - order.paid.get(currency, 0)
        for currency, units in sorted(owed.items())
        if units > order.paid.get(currency, 0)
    }


def _status(
    order: Ordered, items: Iterable[ItemProgress], owed: Mapping[str, int], *, invoiced: bool
) -> Status:
    """Goods that left count even where the order was withdrawn afterwards; a return does not undo a shipment."""
    every = list(items)
    if any(one.shipped > 0 for one in every):
        awaited = order.stands and not order.closed
        if awaited and any(one.shipped < one.ordered for one in every):
            return "shipped_in_part"
        return "shipped" if owed else "paid"
    if not order.stands or not any(one.ordered > 0 for one in every):
        return "cancelled"
    if 0 < order.amount <= order.prepaid:
        return "paid"
    return "invoiced" if invoiced else "confirmed"

"""What a payment paid (BS-07, KT-06): parts that sum exactly to it, with the rest that paid nothing yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.types import WallClock

AllocatedBy = Literal["register", "payment_document", "fifo"]


@dataclass(frozen=True, slots=True, order=True)
class Owed:
    """What a document charges, or a payment brings, in minor units of one currency."""

    at: WallClock
    id: str
    units: int


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a payment that paid a document."""

    payment_id: str
    document_id: str
    units: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one currency: units = allocated + unallocated + elsewhere.

    `elsewhere` is what the register does not keep as a customer's settlement, or keeps of counterparties that
    the reader does not see.
    """

    currency: str
    units: int
    allocated: int
    unallocated: int
    elsewhere: int = 0


def fifo(payments: Iterable[Owed], documents: Iterable[Owed]) -> list[Part]:
    """Let the oldest payment pay the oldest document first, whatever the order they come in.

    Shapes: one currency; what is not above zero neither pays nor is paid.
    """
    return paired(
        [(one.id, one.units) for one in sorted(payments)], [(one.id, one.units) for one in sorted(documents)]
    )


def paired(given: Iterable[tuple[str, int]], taken: Iterable[tuple[str, int]]) -> list[Part]:
    """Set what is given against what is taken, both in their order, until one side is used up."""
    parts: list[Part] = []
    waiting = [(key, units) for key, units in taken if units > 0]
    place, paid_of_it = 0, 0
    for payment_id, units in given:
        rest = units
        while rest > 0 and place < len(waiting):
            document_id, charged = waiting[place]
            paid = min(rest, charged - paid_of_it)
            parts.append(Part(payment_id, document_id, paid))
            rest, paid_of_it = rest - paid, paid_of_it + paid
            if paid_of_it == charged:
                place, paid_of_it = place + 1, 0
    return parts

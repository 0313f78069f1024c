"""What payments paid (BS-07, KT-06), as answers show it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from api.documents.document_rows import link
from api.money.answers import Amount, CurrencyCode, DocumentRef
from schemas.allocation import AllocatedBy, Sums
from schemas.money import Money
from schemas.settings import SourceSettings
from store import allocations, journal
from store.allocations import Allocated
from store.engine import Tx

By = Annotated[
    AllocatedBy,
    Meta(
        description="register: the accounting system's own; payment_document: as the payment says it is meant;"
        " fifo: neither tells, the oldest document of the contract is paid first."
    ),
]


class AllocationSums(Struct, frozen=True, kw_only=True):
    """Of one currency of settlement: amount = allocated + unallocated + elsewhere.

    `elsewhere` is what the accounting system does not keep as settlement of this buyer, or keeps of
    counterparties that the key does not see.
    """

    currency: CurrencyCode
    amount: Amount
    allocated: Amount
    unallocated: Amount
    elsewhere: Amount


class AllocationPart(Struct, frozen=True, kw_only=True):
    """A document that was paid; null if the key does not see it."""

    document: DocumentRef | None
    amount: Amount
    currency: CurrencyCode


class Allocation(Struct, frozen=True, kw_only=True):
    """What the payment paid: in each currency the parts sum exactly to `allocated`."""

    allocated_by: By
    sums: list[AllocationSums]
    parts: list[AllocationPart]


class PaidPart(Struct, frozen=True, kw_only=True):
    """A payment, and how much of it paid the document."""

    payment: DocumentRef
    amount: Amount
    currency: CurrencyCode
    allocated_by: By


def of(tx: Tx, source: SourceSettings, payments: Collection[str]) -> dict[str, Allocation]:
    """What these payments paid, by their references."""
    found = allocations.of(tx, source.id, payments)
    named = {part.document_id for one in found.values() for part in one.parts}
    links = journal.some(tx, source.id, named)
    return {key: _allocation(one, links, source) for key, one in found.items()}


def to(tx: Tx, source: SourceSettings, document_id: str) -> list[PaidPart]:
    """What paid a document, the oldest payment first."""
    found = allocations.to(tx, source.id, [document_id])
    links = journal.some(tx, source.id, {key for key, _, _ in found})
    parts = sorted(found, key=lambda part: (links[part[0]].dated_at, part[0]))
    return [
        PaidPart(
            payment=link(links[key], source),
            amount=str(Money(part.units, part.currency)),
            currency=part.currency,
            allocated_by=by,
        )
        for key, by, part in parts
    ]


def _allocation(one: Allocated, links: Mapping[str, Any], source: SourceSettings) -> Allocation:
    return Allocation(
        allocated_by=one.by,
        sums=[_sums(sums) for sums in one.sums],
        parts=[
            AllocationPart(
                document=link(links[part.document_id], source) if part.document_id in links else None,
                amount=str(Money(part.units, part.currency)),
                currency=part.currency,
            )
            for part in one.parts
        ],
    )


def _sums(sums: Sums) -> AllocationSums:
    amounts = {
        name: str(Money(units, sums.currency))
        for name, units in (
            ("amount", sums.units),
            ("allocated", sums.allocated),
            ("unallocated", sums.unallocated),
            ("elsewhere", sums.elsewhere),
        )
    }
    return AllocationSums(currency=sums.currency, **amounts)

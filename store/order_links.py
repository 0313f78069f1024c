"""Which documents of the books are orders of the portal (BS-02)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from store import submissions
from store.engine import Tx
from store.standing_documents import chunks
from store.tables_of_orders import SUBMISSION


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    number: int
    reference: str


def of(tx: Tx, source: str, refs: Collection[str]) -> dict[str, Link]:
    """By the reference of the accounting document; only orders that the reader may see."""
    found: dict[str, Link] = {}
    column = SUBMISSION.c
    for part in chunks(refs):
        wanted = select(column.ref_key, column.id, column.number, column.reference).where(
            column.source == source, column.kind == "order", column.ref_key.in_(part), *submissions.seen(tx)
        )
        for ref, *link in tx.connection.execute(wanted.order_by(column.number.desc())):
            found[ref] = Link(*link)
    return found

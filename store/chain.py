"""What a document was made from, and what was made from it: order, invoice, shipping note, payment (KT-01)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from schemas import TABLES
from store import journal, payment_rows
from store.engine import Tx
from store.record_tables import STORED
from store.standing_documents import DOCUMENT, chunks

MOST = 200
_STEPS = 4  # order, invoice, payment; order, shipping note, return note, its correction
_LINE = STORED[TABLES["document_line"]]


@dataclass(frozen=True, slots=True)
class Chain:
    """Documents that count and may be seen, the oldest first; not `complete` where there are too many."""

    made_from: list[Row[Any]]
    made: list[Row[Any]]
    complete: bool


def of(tx: Tx, source: str, document_id: str) -> Chain:
    up, all_up = _walked(tx, source, document_id, _above)
    down, all_down = _walked(tx, source, document_id, _below)
    return Chain(up, down, all_up and all_down)


def above(tx: Tx, source: str, ids: Collection[str]) -> set[str]:
    """These, and everything they were made from or belong to, in steps; whoever may see it."""
    found, last = set(ids), set(ids)
    for _ in range(_STEPS):
        last = _above(tx, source, last) - found
        if not last:
            break
        found |= last
    return found


def _walked(
    tx: Tx, source: str, start: str, step: Callable[[Tx, str, Collection[str]], set[str]]
) -> tuple[list[Row[Any]], bool]:
    """Everything that some steps lead to, and whether that is all of it."""
    found: dict[str, Row[Any]] = {}
    last: Collection[str] = [start]
    for _ in range(_STEPS):
        new = step(tx, source, last) - found.keys() - {start}
        if not new:
            return _by_date(found), True
        if len(found) + len(new) > MOST:
            new = set(sorted(new)[: MOST - len(found)])
            return _by_date(found | journal.some(tx, source, new)), False
        seen = journal.some(tx, source, new)
        found |= seen
        last = seen
    return _by_date(found), True


def _by_date(found: dict[str, Row[Any]]) -> list[Row[Any]]:
    return sorted(found.values(), key=lambda row: (row.dated_at, row.id))


def _above(tx: Tx, source: str, ids: Collection[str]) -> set[str]:
    """What these were made from, and the orders they or their lines belong to, and what payments are for."""
    found: set[str | None] = set()
    column, line = DOCUMENT.c, _LINE.c
    for part in chunks(ids):
        bases = select(column.base_id, column.order_id).where(column.source == source, column.id.in_(part))
        for row in tx.connection.execute(bases):
            found.update(row)
        of_lines = select(line.order_id).where(line.source == source, line.document_id.in_(part))
        found.update(tx.connection.execute(of_lines.distinct()).scalars())
    for lines in payment_rows.lines(tx, source, ids).values():
        found.update(one.base_id for one in lines)
    return {one for one in found if one is not None}


def _below(tx: Tx, source: str, ids: Collection[str]) -> set[str]:
    """What was made from these or belongs to them, and the payments that are for them."""
    found = payment_rows.naming(tx, source, ids)
    column = DOCUMENT.c
    for part in chunks(ids):
        for key in (column.base_id, column.order_id):
            made = select(column.id).where(column.source == source, key.in_(part))
            found.update(tx.connection.execute(made).scalars())
    return found

"""What belongs to orders in the books, for many orders at once: invoices, shipping notes, returns, payments."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from schemas import TABLES
from schemas.order_status import INVOICE, Goods, Ordered, Paper
from store import allocations, payment_rows
from store.engine import Tx
from store.record_tables import STORED
from store.standing_documents import DOCUMENT, chunks, counts, visible

CANCELLED, CLOSED = (
    "cancelled",
    "closed",
)  # an invoice that is none any more; an order that nothing more comes of
_LINE = STORED[TABLES["document_line"]]
_HEAD = (
    *(
        "id",
        "kind",
        "status",
        "base_id",
        "order_id",
        "currency",
        "amount",
        "posted",
        "deletion_mark",
        "gone_at",
    ),
    *("settlement_currency", "settlement_amount", "counterparty_id", "dated_at"),
)
_OF_LINE = ("document_id", "item_id", "quantity", "order_id", "cancelled")


@dataclass(frozen=True, slots=True)
class Papers:
    """By the reference of the order: its own document, where it was read, and what belongs to it and counts."""

    orders: Mapping[str, Ordered]
    papers: Mapping[str, tuple[Paper, ...]]


@dataclass(slots=True)
class Belonging:
    """Documents by id, and the orders that each is of: one shipping note may be of several."""

    heads: dict[str, Row[Any]] = field(default_factory=dict)
    of: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, head: Row[Any], orders: Iterable[str]) -> None:
        for order in orders:
            self.heads[head.id] = head
            self.of[head.id].add(order)


def read(tx: Tx, source: str, refs: Collection[str]) -> Papers:
    """Of orders by their references, as far as the reader sees their documents."""
    orders = {row.id: row for row in heads(tx, source, refs)}
    found = belonging(tx, source, list(orders.values()), refs)
    lines = _lines(tx, source, {*orders, *found.heads})
    paid = _paid(tx, source, {*refs, *found.heads})
    papers: defaultdict[str, list[Paper]] = defaultdict(list)
    for key, head in found.heads.items():
        for order in sorted(found.of[key]):
            papers[order].append(_paper(head, order, lines[key], paid[key]))
    invoices = {key: [one.id for one in mine if one.kind == INVOICE] for key, mine in papers.items()}
    brought = _brought(tx, source, {*orders, *(one for mine in invoices.values() for one in mine)})
    return Papers(
        {
            key: _ordered(head, lines[key], (key, *invoices.get(key, ())), paid, brought)
            for key, head in orders.items()
        },
        {key: tuple(mine) for key, mine in papers.items()},
    )


def heads(tx: Tx, source: str, ids: Collection[str]) -> list[Row[Any]]:
    """These documents, also those that do not count."""
    return _heads(tx, source, DOCUMENT.c.id, ids, standing=False)


def belonging(
    tx: Tx, source: str, orders: Sequence[Row[Any]], refs: Collection[str], *, standing: bool = True
) -> Belonging:
    """What names these orders, in its head or in its lines, and what was made from that.

    With `standing` only what counts, else also what no longer does. An order that was not read yet is looked for by
    the heads only.
    """
    found, column = Belonging(), DOCUMENT.c
    for key in (column.order_id, column.base_id):
        for head in _heads(tx, source, key, refs, standing=standing):
            found.add(head, {head.order_id, head.base_id}.intersection(refs))
    for head, order in _by_lines(tx, source, orders, standing=standing):
        found.add(head, [order])
    for head in _heads(tx, source, column.base_id, set(found.heads) - set(refs), standing=standing):
        found.add(head, set(found.of[head.base_id]))
    return found


def _heads(
    tx: Tx, source: str, key: ColumnElement[Any], ids: Collection[str], *, standing: bool
) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    counting = [counts(DOCUMENT)] if standing else []
    for part in chunks(ids):
        query = select(*(DOCUMENT.c[name] for name in _HEAD)).where(
            DOCUMENT.c.source == source, key.in_(part), *counting, *visible(tx, DOCUMENT)
        )
        rows += tx.connection.execute(query)
    return [row for row in rows if (row.kind, row.status) != (INVOICE, CANCELLED) or not standing]


def _by_lines(
    tx: Tx, source: str, orders: Sequence[Row[Any]], *, standing: bool
) -> Iterator[tuple[Any, str]]:
    """Shipping notes of several orders name them in their lines; looked for among those of whose the orders are."""
    if not orders:
        return
    known, column = {row.id for row in orders}, DOCUMENT.c
    first = min(row.dated_at for row in orders)[: len("2026-01-01")]
    counting = [counts(DOCUMENT)] if standing else []
    same = (_LINE.c.source == column.source, _LINE.c.document_id == column.id)
    for part in chunks({row.counterparty_id for row in orders if row.counterparty_id}):
        query = (
            select(*(column[name] for name in _HEAD), _LINE.c.order_id.label("line_order_id"))
            .distinct()
            .join(_LINE, same[0] & same[1])
            .where(column.source == source, column.counterparty_id.in_(part), column.dated_at >= first)
            .where(_LINE.c.order_id.is_not(None), *counting, *visible(tx, DOCUMENT))
        )
        for row in tx.connection.execute(query):
            if row.line_order_id in known:
                yield row, row.line_order_id


def _lines(tx: Tx, source: str, ids: Collection[str]) -> defaultdict[str, list[Row[Any]]]:
    """Those that count."""
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for part in chunks(ids):
        query = select(*(_LINE.c[name] for name in _OF_LINE)).where(
            _LINE.c.source == source, _LINE.c.document_id.in_(part), ~_LINE.c.cancelled
        )
        for row in tx.connection.execute(query):
            found[row.document_id].append(row)
    return found


def _paid(tx: Tx, source: str, ids: Collection[str]) -> defaultdict[str, Counter[str]]:
    """What payments paid of each, by currency."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, _, part in allocations.to(tx, source, ids):
        found[part.document_id][part.currency] += part.units
    return found


def _brought(tx: Tx, source: str, ids: Collection[str]) -> defaultdict[str, Counter[str]]:
    """What payments that count say they bring for each, by the currency of the payment and that of settlement."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    payments = payment_rows.payments(tx, source, payment_rows.naming(tx, source, ids))
    for key, lines in payment_rows.lines(tx, source, payments).items():
        own = payments[key].currency
        for line in lines:
            if line.base_id in ids:
                found[line.base_id][own] += line.amount
                if line.settlement_currency not in (None, own):
                    found[line.base_id][line.settlement_currency] += line.settlement_amount or 0
    return found


def _paper(head: Row[Any], order: str, lines: Iterable[Row[Any]], paid: Counter[str]) -> Paper:
    currency, units = allocations.in_settlement(head)
    mine = [line for line in lines if (line.order_id or head.order_id or order) == order]
    return Paper(
        id=head.id,
        kind=head.kind,
        base_id=head.base_id,
        currency=currency,
        amount=units,
        paid=paid[currency],
        goods=_goods(mine),
    )


def _ordered(
    head: Row[Any],
    lines: Iterable[Row[Any]],
    own: Sequence[str],
    paid: Mapping[str, Counter[str]],
    brought: Mapping[str, Counter[str]],
) -> Ordered:
    """`own` are the order and its invoices."""
    sums: Counter[str] = Counter()
    for key in own:
        sums.update(paid.get(key, {}))
    return Ordered(
        stands=head.posted and not head.deletion_mark and head.gone_at is None,
        closed=head.status == CLOSED,
        amount=head.amount,
        goods=_goods(lines),
        paid=dict(sums),
        prepaid=sum(brought[key][head.currency] for key in own if key in brought),
    )


def _goods(lines: Iterable[Row[Any]]) -> tuple[Goods, ...]:
    return tuple(Goods(line.item_id or "", line.quantity) for line in lines)

"""Requests for new legal entities and delivery points as the storefront lists them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from schemas.submissions import Kind, State
from store import submissions
from store.engine import Tx
from store.paging import Key, Order, Page, page
from store.tables_of_orders import SUBMISSION

KINDS: tuple[Kind, ...] = ("counterparty", "delivery_point")


def requests(
    tx: Tx,
    *,
    sources: Collection[str],
    kind: Kind | None,
    states: Collection[State] | None,
    counterparty_id: str | None,
    after: Key | None,
    limit: int,
) -> Page:
    """A page of what the reader may see, the newest first; `order_list.submission` makes one of a row."""
    column = SUBMISSION.c
    query = select(SUBMISSION).where(column.kind.in_([kind] if kind else KINDS), *submissions.seen(tx))
    if states:
        query = query.where(column.state.in_(sorted(states)))
    if counterparty_id is not None:
        query = query.where(column.counterparty_id == counterparty_id)
    order = Order(column.source, (), (column.number,), descending=True)
    return page(tx, query, order, sources=sources, after=after, limit=limit)

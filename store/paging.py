"""Pages of a list by the key of the last row: what is added or changed meanwhile moves no other row.

The order is by some leading columns, the source, the rest of the row's key. Each accounting base is read
along its own index, and the database puts these few rows together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    asc,
    desc,
    literal,
    literal_column,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
)

from store.engine import Tx
from store.types import Instant

Key = tuple[str | int | None, ...]
_PLACE = "key_"  # key_0 ...: the columns that place a row, beside those the list is about


@dataclass(frozen=True, slots=True)
class Order:
    """`lead` are columns that are never NULL; with `key` they tell the rows of one source apart.

    `sorts`: the query leaves few rows, to be sorted: SQLite, which keeps no statistics, would walk along the
    index of the order through all the others.
    """

    source: ColumnElement[str]
    key: tuple[ColumnElement[Any], ...]
    lead: tuple[ColumnElement[Any], ...] = ()
    descending: bool = False
    sorts: bool = False

    @property
    def placing(self) -> tuple[ColumnElement[Any], ...]:
        return (*self.lead, *self.key)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list; `next_key` is None on the last page."""

    rows: list[Row[Any]]
    next_key: Key | None


def page(
    tx: Tx,
    query: Select[Any],
    order: Order,
    *,
    sources: Collection[str],
    after: Key | None,
    limit: int,
    split: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Give the `limit` rows that come after the one with the key `after`, of these sources only.

    Shapes: `query` has neither order nor limit; a key is (leading columns, source, other columns). With `split`
    only rows that meet one of these conditions, of which none meets two: each is read along an index of its own.
    """
    if order.sorts and tx.dialect == "sqlite":
        order = _unindexed(order)
    parts = [
        part
        for rank, source in enumerate(sorted(sources))
        for own in (split or (true(),))
        if (part := _part(query.where(own), order, rank, source, after, limit + 1)) is not None
    ]
    if not parts:
        return Page([], None)
    both = union_all(*parts).subquery()
    lead = [both.c[f"{_PLACE}{place}"] for place in range(len(order.lead))]
    key = [both.c[f"{_PLACE}{place + len(lead)}"] for place in range(len(order.key))]
    direction = desc if order.descending else asc
    wanted = select(both).order_by(*(direction(one) for one in (*lead, both.c.key_source, *key)))
    rows = list(tx.connection.execute(wanted.limit(limit + 1)))
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], _key_of(rows[limit - 1], sorted(sources), order))


def _unindexed(order: Order) -> Order:
    """The same order over expressions that no index has."""
    lead, key = (
        tuple(type_coerce(one.concat(literal_column("''")), one.type) for one in columns)
        for columns in (order.lead, order.key)
    )
    return replace(order, lead=lead, key=key, sorts=False)


def _part(
    query: Select[Any], order: Order, rank: int, source: str, after: Key | None, most: int
) -> Select[Any] | None:
    """The rows of one source, along its index; None where all of them came before."""
    part = query.where(order.source == source)
    if after is not None:
        beyond = _beyond(order, source, after)
        if beyond is False:
            return None
        part = part if beyond is True else part.where(beyond)
    placed = [one.label(f"{_PLACE}{place}") for place, one in enumerate(order.placing)]
    part = part.add_columns(literal(rank).label(f"{_PLACE}source"), *placed)
    direction = desc if order.descending else asc
    within = part.order_by(*(direction(one) for one in order.placing)).limit(most).subquery()
    return select(within)


def _beyond(order: Order, source: str, after: Key) -> ColumnElement[bool] | bool:
    """What comes after the key in this source; sources that stand before its own begin a step later."""
    last_source = str(after[len(order.lead)])
    values = _literals(order, after)
    lead = values[: len(order.lead)]
    if source == last_source:
        ours, theirs = tuple_(*order.placing), tuple_(*values)
        return ours < theirs if order.descending else ours > theirs
    comes_later = (source > last_source) != order.descending
    if not lead:
        return comes_later
    ours, theirs = tuple_(*order.lead), tuple_(*lead)
    if order.descending:
        return ours <= theirs if comes_later else ours < theirs
    return ours >= theirs if comes_later else ours > theirs


def _literals(order: Order, after: Key) -> list[ColumnElement[Any]]:
    at = len(order.lead)
    given = (*after[:at], *after[at + 1 :])
    return [
        literal(_from_text(one, value), one.type) for one, value in zip(order.placing, given, strict=True)
    ]


def _from_text(column: ColumnElement[Any], value: str | int | None) -> Any:
    return datetime.fromisoformat(str(value)) if isinstance(column.type, Instant) else value


def _key_of(row: Row[Any], sources: Sequence[str], order: Order) -> Key:
    found: dict[str, Any] = dict(row._mapping)
    values = [found[f"{_PLACE}{place}"] for place in range(len(order.placing))]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    at = len(order.lead)
    return (*plain[:at], sources[found[f"{_PLACE}source"]], *plain[at:])

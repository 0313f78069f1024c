"""Stored rows in the order of the pages they came from, to be held against these pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, and_, case, select

from schemas.records import RecordTable
from store.engine import Tx
from store.record_tables import STORED


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row, and the record of the page it is from: `place` is -1 where the page says that the row is gone.

    `digest` names the declaration that read it.
    """

    page: int
    table: RecordTable
    values: tuple[Any, ...]
    place: int
    digest: str
    gone: bool

    @property
    def key(self) -> tuple[Any, ...]:
        return tuple(self.values[at] for at in key_places(self.table))


@cache
def key_places(table: RecordTable) -> tuple[int, ...]:
    """Where the parts of the key stand among the fields."""
    names = list(table.fields)
    return tuple(names.index(name) for name in table.key)


def rows(
    tx: Tx, source: str, entity: str, main: RecordTable, nested: Sequence[RecordTable]
) -> Iterator[tuple[int, list[StoredRow]]]:
    """Give each page that rows of `entity` came from, in order of landing, with these rows."""
    streams = [_stream(tx, main, _of_main(source, entity, main))]
    streams += [_stream(tx, table, _of_nested(source, entity, main, table)) for table in nested]
    page = attrgetter("page")
    for landing_id, found in groupby(merge(*streams, key=page), page):
        yield landing_id, list(found)


def _stream(tx: Tx, table: RecordTable, wanted: Select[Any]) -> Iterator[StoredRow]:
    for page, place, digest, gone, *values in tx.connection.execute(
        wanted, execution_options={"yield_per": 2_000}
    ):
        yield StoredRow(page, table, tuple(values), place, digest, gone)


def _of_main(source: str, entity: str, main: RecordTable) -> Select[Any]:
    column = STORED[main].c
    fields = (column[name] for name in main.fields)
    return (
        select(column.landing_id, column.place, column.mapping_digest, column.gone_at.is_not(None), *fields)
        .where(column.source == source, column.entity == entity)
        .order_by(column.landing_id)
    )


def _of_nested(source: str, entity: str, main: RecordTable, nested: RecordTable) -> Select[Any]:
    """A nested row keeps the page that brought it; a later page of its parent repeats it with the parent."""
    own, parent = STORED[nested].c, STORED[main].c
    of_parent = and_(
        parent.source == own.source, parent[main.key[0]] == own[str(nested.parent)], parent.entity == entity
    )
    repeated = and_(parent.landing_id > own.landing_id, parent.gone_at.is_(None))
    page = case((repeated, parent.landing_id), else_=own.landing_id)
    place = case((repeated, parent.place), else_=own.place)
    fields = (own[name] for name in nested.fields)
    return (
        select(page, place, parent.mapping_digest, parent.gone_at.is_not(None), *fields)
        .select_from(STORED[nested].join(STORED[main], of_parent))
        .where(own.source == source)
        .order_by(page)
    )

"""Whether two stores show the same: everything derived from the landing, row by row."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Text, select

from store.engine import Store, Tx
from store.record_tables import STORED
from store.tables import BALANCE_STATE, CONTRACT_BALANCE, OPEN_ITEM, REJECTED
from store.types import Json

# When a row was written, by which run, and from which of several pages that say the same, may differ. So may
# the words for why a row went: a census knows more of that than the landing.
VOLATILE = frozenset(
    {
        "landing_id",
        "place",
        "mapping_digest",
        "run_id",
        "changed_at",
        "refreshed_at",
        "as_of",
        "gone_reason",
        "first_seen_at",
        "last_seen_at",
        "resolved_at",
        "resolved_by",
        "resolution",
    }
)
PRESENCE = "gone_at"  # whether a row is gone counts, when it went does not
COMPARED: tuple[Table, ...] = (*STORED.values(), CONTRACT_BALANCE, OPEN_ITEM, BALANCE_STATE, REJECTED)

CHANGED, ADDED, REMOVED = "changed", "added", "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row in which the second store differs from the first; `fields` has (field, first, second).

    `what` is removed (only the first has it), added (only the second has it) or changed.
    """

    table: str
    key: tuple[Any, ...]
    what: str
    fields: tuple[tuple[str, Any, Any], ...] = ()

    def __str__(self) -> str:
        key = "/".join(map(str, self.key))
        told = "; ".join(f"{name}: {before!r} -> {after!r}" for name, before, after in self.fields)
        return f"{self.table} {key} {self.what}{f': {told}' if told else ''}"


def differences(
    first: Store,
    second: Store,
    *,
    tables: Collection[str] | None = None,
    source: str | None = None,
    living: bool = False,
) -> Iterator[Difference]:
    """Give every row that the stores do not agree on, of all tables that are derived or of those named.

    Reads each store once, in one state. With `living`, rows that are gone count as not there: a store that was
    filled yesterday knows of records that one filled today has never seen.
    """
    with first.reading() as one, second.reading() as other:
        for table in COMPARED:
            if tables is None or table.name in tables:
                yield from _table(one, other, table, source, living)


def _table(first: Tx, second: Tx, table: Table, source: str | None, living: bool) -> Iterator[Difference]:
    names = [column.name for column in _shown(table)]
    size = len(_key(table))
    left, right = (_rows(tx, table, source, living) for tx in (first, second))
    for key, before, after in _side_by_side(left, right, size):
        for one, other in zip(before, after, strict=False):
            told = zip(names[size:], one[size:], other[size:], strict=True)
            fields = tuple((name, was, now) for name, was, now in told if was != now)
            if fields:
                yield Difference(table.name, key, CHANGED, fields)
        for _ in before[len(after) :]:
            yield Difference(table.name, key, REMOVED)
        for _ in after[len(before) :]:
            yield Difference(table.name, key, ADDED)


_Rows = Iterator[tuple[Any, ...]]


def _side_by_side(first: _Rows, second: _Rows, size: int) -> Iterator[tuple[Any, list[Any], list[Any]]]:
    """Merge two readings in the order of their key; a table without a key may have equal rows."""
    by_key = itemgetter(slice(size))
    left, right = groupby(first, by_key), groupby(second, by_key)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and _order(one[0]) < _order(other[0])):
            yield one[0], list(one[1]), []  # type: ignore[index]
            one = next(left, None)
        elif one is None or _order(other[0]) < _order(one[0]):
            yield other[0], [], list(other[1])
            other = next(right, None)
        else:
            yield one[0], list(one[1]), list(other[1])
            one, other = next(left, None), next(right, None)


def _order(key: Sequence[Any]) -> tuple[tuple[bool, Any], ...]:
    return tuple((part is not None, part) for part in key)


def _key(table: Table) -> list[ColumnElement[Any]]:
    """What tells rows apart: the primary key, or all that is shown where there is none."""
    return list(table.primary_key) or [column for column in table.columns if column.name not in VOLATILE]


def _shown(table: Table) -> list[ColumnElement[Any]]:
    key = _key(table)
    rest = [column for column in table.columns if column.name not in VOLATILE and column not in set(key)]
    return [
        *key,
        *(column.is_not(None).label(column.name) if column.name == PRESENCE else column for column in rest),
    ]


def _rows(tx: Tx, table: Table, source: str | None, living: bool) -> _Rows:
    wanted: Select[Any] = select(*_shown(table)).order_by(*(_sorted(tx, column) for column in _key(table)))
    if source is not None:
        wanted = wanted.where(table.c.source == source)
    if living and PRESENCE in table.c:
        wanted = wanted.where(table.c[PRESENCE].is_(None))
    if table is REJECTED:
        wanted = wanted.where(table.c.resolved_at.is_(None))
    texts = [at for at, column in enumerate(_shown(table)) if isinstance(column.type, Json)]
    for row in tx.connection.execute(wanted, execution_options={"yield_per": 2_000}):
        values = list(row)
        for at in texts:
            values[at] = meaning(values[at])
        yield tuple(values)


def meaning(text: str | None) -> Any:
    """What a JSON text says, however it is spaced and ordered: PostgreSQL keeps the meaning, not the text."""
    return None if text is None else json.loads(text, parse_float=Decimal)


def _sorted(tx: Tx, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Both databases in the order of Python: by code points, what is absent first."""
    if tx.dialect != "postgresql":
        return column
    return (column.collate("C") if isinstance(column.type, Text) else column).nulls_first()

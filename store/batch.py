"""What mapping one landed unit gave, on its way into the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from schemas.records import RecordTable

Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Rejection:
    """One record that could not be mapped. `record_id` is its key, parts joined by "/"; "" where unreadable.

    For a record set whose lines are records, the first part of the key alone stands for all its lines.
    """

    record_id: str
    field: str
    paths: tuple[str, ...]
    reason: str
    hint: str
    landing_id: int
    place: int

    @property
    def stored_id(self) -> str:
        return self.record_id or f"page {self.landing_id} place {self.place}"


@dataclass(frozen=True, slots=True)
class Batch:
    """The mapped result of one unit.

    `rows` has every record type the entity writes, also where it is empty; a row is the record's fields,
    then `landing_id` and `place`. `read` counts the records of the main type, rejected ones included.
    """

    rows: Mapping[RecordTable, Rows]
    rejected: Sequence[Rejection]
    read: int


def newest(record: RecordTable, rows: Rows) -> Rows:
    """Leave one row per key, the one seen last in the unit."""
    key = itemgetter(*(_position(record, name) for name in record.key))
    if len({key(row) for row in rows}) == len(rows):
        return rows
    return list({key(row): row for row in sorted(rows, key=_seen)}.values())


def of_parents(record: RecordTable, rows: Rows, parent: RecordTable, parents: Rows) -> Rows:
    """Leave the nested rows that came with the version of the parent that was kept."""
    own, theirs = _position(record, str(record.parent)), _position(parent, parent.key[0])
    kept = {row[theirs]: _seen(row) for row in parents}
    return [row for row in rows if kept.get(row[own]) == _seen(row)]


@cache
def _position(record: RecordTable, field: str) -> int:
    return list(record.fields).index(field)


_seen = itemgetter(-2, -1)

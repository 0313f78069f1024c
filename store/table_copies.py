"""Rows of a table from one store into the same table of another, on whichever database each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select, text

from store import bulk
from store.engine import Tx
from store.types import Instant

BATCH = 5_000


def copy(
    source: Tx,
    target: Tx,
    table: Table,
    *where: ColumnElement[bool],
    instead: Mapping[str, Any] | None = None,
) -> int:
    """Append the rows of `table`, keys included; `instead` gives columns that get another value. Counts them."""
    instead = instead or {}
    names = [column.name for column in table.columns]
    fixed = [(at, instead[name]) for at, name in enumerate(names) if name in instead]
    copied = 0
    for rows in batches(source, select(table).where(*where)):
        changed = (_replaced(row, fixed) for row in rows)
        bulk.write(target, table, names, plain(target, table, names, changed))
        copied += len(rows)
    number_on(target, table)
    return copied


def batches(tx: Tx, wanted: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """Read without holding everything at once."""
    yield from tx.connection.execute(wanted, execution_options={"yield_per": BATCH}).partitions()


def plain(
    tx: Tx, table: Table, names: Sequence[str], rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """Rows as `bulk` takes them: instants in the form of the database they go to."""
    moments = [at for at, name in enumerate(names) if isinstance(table.c[name].type, Instant)]
    dialect, kind = tx.connection.dialect, Instant()
    for row in rows:
        if moments:
            row = list(row)
            for at in moments:
                row[at] = kind.process_bind_param(row[at], dialect)
        yield row


def number_on(tx: Tx, table: Table) -> None:
    """Let the next row that the database numbers itself follow the copied ones; SQLite does so unasked."""
    column = table.autoincrement_column
    if tx.dialect != "postgresql" or column is None:
        return
    last = tx.connection.execute(select(func.max(column))).scalar_one()
    if last is not None:
        sequence = text("SELECT setval(pg_get_serial_sequence(:name, :id), :last)")
        tx.connection.execute(sequence, {"name": f'"{table.name}"', "id": column.name, "last": last})


def _replaced(row: Sequence[Any], fixed: Sequence[tuple[int, Any]]) -> Sequence[Any]:
    if not fixed:
        return row
    values = list(row)
    for at, value in fixed:
        values[at] = value
    return values

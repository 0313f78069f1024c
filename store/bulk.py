"""Rows into a table as the tuples they are, by COPY on PostgreSQL and executemany on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, Table, Text, insert
from sqlalchemy.dialects import sqlite

from schemas.errors import StoreError
from store.engine import Tx
from store.types import Instant

Row = Sequence[Any]


def write(tx: Tx, table: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    """Append `rows`, whose values stand in the order of `names`.

    Errors: StoreError without the driver's text, which would quote the row.
    """
    driver: Any = tx.connection.connection.cursor()
    try:
        if tx.dialect == "sqlite":
            driver.executemany(_insert(table, tuple(names)), rows)
        else:
            _copy(driver, table, names, rows)
    except tx.connection.dialect.loaded_dbapi.Error as error:
        code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
        raise StoreError(
            f"The database refused rows of {table.name}",
            hint="Look at its log; if the disk is not full, this is a fault of the mapping: report it",
            code=code,
        ) from None
    finally:
        driver.close()


@cache
def _insert(table: Table, names: tuple[str, ...]) -> str:
    return str(insert(table).values(dict.fromkeys(names)).compile(dialect=sqlite.dialect()))


# Values of these types have a binary form that psycopg gives faster than text; dates and JSON stay text.
_BINARY = {Text: "text", BigInteger: "int8", Integer: "int4", Boolean: "bool", Instant: "timestamptz"}


def _copy(driver: Any, table: Table, names: Sequence[str], rows: Iterable[Row]) -> None:
    types = [_BINARY.get(type(table.c[name].type)) for name in names]
    form = "" if None in types else " (FORMAT binary)"
    columns = ", ".join(f'"{name}"' for name in names)
    with driver.copy(f'COPY "{table.name}" ({columns}) FROM STDIN{form}') as copy:
        if form:
            copy.set_types(types)
        write_row = copy.write_row
        for row in rows:
            write_row(row)

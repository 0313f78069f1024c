"""Rows of one unit, as tuples, into a temporary table beside the real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.schema import CreateTable

from schemas.records import RECORDS, RecordTable
from store import bulk
from store.engine import Tx
from store.record_tables import STORED
from store.types import WallClock

_STAGES = MetaData()


def _stage(record: RecordTable) -> Table:
    """The fields of `record`, `landing_id` and `place`: what a batch has of it."""
    real = STORED[record].columns
    names = (*record.fields, "landing_id", "place")
    return temporary(f"stage_{record.name}", [Column(name, real[name].type) for name in names])


def temporary(name: str, columns: list[Column[Any]]) -> Table:
    """A table that `fill` makes, empty again after each transaction."""
    return Table(name, _STAGES, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DELETE ROWS")


STAGES: dict[Any, Table] = {record: _stage(record) for record in RECORDS}
NEWER = temporary("stage_newer_scope", [Column("start", WallClock), Column("end", WallClock)])
NEWER_UNITS = temporary(
    "stage_newer_unit",
    [Column("unit_id", BigInteger), Column("start", WallClock), Column("end", WallClock)],
)
NEWER_KEYS = temporary("stage_newer_key", [Column("key", Text)])
REFUSED = temporary("stage_refused", [Column("record_id", Text)])
NAMED = temporary("stage_named", [Column("record_id", Text)])


def fill(tx: Tx, stage: Table, rows: Sequence[Sequence[Any]]) -> None:
    """Put exactly `rows` into `stage`."""
    tx.connection.execute(CreateTable(stage, if_not_exists=True))
    if tx.dialect == "sqlite" or stage.name in tx.staged:
        tx.connection.execute(stage.delete())
    tx.staged.add(stage.name)
    bulk.write(tx, stage, [column.name for column in stage.columns], rows)

"""When rows were changed, by which run: from one store to another, for rows that say the same in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, MetaData, Table, and_, func, or_, select, update
from sqlalchemy.schema import CreateIndex, CreateTable, DropTable

from store import bulk, table_copies
from store.engine import Tx
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE, REJECTED
from store.types import Json

_OF_ROWS = ("changed_at", "gone_at", "gone_reason", "run_id")
_OF_REJECTIONS = ("first_seen_at", "last_seen_at", "resolved_at", "resolved_by", "resolution")


def carry(source: Tx, target: Tx) -> None:
    """Give each row of `target` the moments of the same row in `source`.

    What a person settled among the rejected stays settled.
    """
    for record, table in STORED.items():
        moved = [name for name in _OF_ROWS if name in table.c]
        _carry(source, target, table, [*record.fields], moved)
    _carry(source, target, CONTRACT_BALANCE, ["debt"], ["changed_at"])
    _carry(source, target, REJECTED, ["landing_id", "place", "reason"], _OF_REJECTIONS)


def _carry(source: Tx, target: Tx, table: Table, same: Sequence[str], moved: Sequence[str]) -> None:
    keys = [column.name for column in table.primary_key]
    names = [column.name for column in table.columns if column.name in {*keys, *same, *moved}]
    stage = Table(
        f"carried_{table.name}",
        MetaData(),
        *(Column(name, table.c[name].type) for name in names),
        prefixes=["TEMPORARY"],
    )
    target.connection.execute(CreateTable(stage))
    for rows in table_copies.batches(source, select(*(table.c[name] for name in names))):
        bulk.write(target, stage, names, table_copies.plain(target, stage, names, rows))
    target.connection.execute(CreateIndex(Index(f"{stage.name}_by_key", *(stage.c[key] for key in keys))))
    alike = [_alike(target, table.c[name], stage.c[name]) for name in same if name not in keys]
    here = and_(*(table.c[key] == stage.c[key] for key in keys), *alike, *_same_state(table, stage))
    target.connection.execute(update(table).where(here).values({name: stage.c[name] for name in moved}))
    target.connection.execute(DropTable(stage))


def _alike(tx: Tx, one: Column[Any], other: Column[Any]) -> ColumnElement[bool]:
    """SQLite keeps the text of JSON, PostgreSQL its meaning: spaces do not count."""
    if isinstance(one.type, Json) and tx.dialect == "sqlite":
        return func.json(one).is_not_distinct_from(func.json(other))
    return one.is_not_distinct_from(other)


def _same_state(table: Table, stage: Table) -> list[ColumnElement[bool]]:
    """Gone in both or living in both; open in both, unless it was a person who settled it."""
    if "gone_at" in stage.c:
        return [table.c.gone_at.is_(None) == stage.c.gone_at.is_(None)]
    if "resolved_at" in stage.c:
        both = table.c.resolved_at.is_(None) == stage.c.resolved_at.is_(None)
        return [or_(both, stage.c.resolved_by.is_not(None))]
    return []

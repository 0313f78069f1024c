"""One table per record of `schemas.RECORDS`: its fields, the source, and where the row came from.

Beside the fields every row has `source` (the accounting base, first in the primary key) and its lineage:
`landing_id` and `place` (which page, which record in it), `mapping_digest` (which declaration), `run_id`,
`changed_at`, and `gone_at`: the moment a complete scope no longer had it, NULL while it lives. `entity` tells
which declaration brings it.

A nested row is found by its parent and deleted when its parent no longer has it. There are many of them, so
of its lineage it keeps only `landing_id`, `place` and `changed_at`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from schemas.records import RECORDS, RecordTable
from store.metadata import METADATA
from store.types import Instant, column_types

_INDEXES = {
    "contract": (("source", "counterparty_id"), ("source", "changed_at", "id")),
    "settlement_key": (("source", "counterparty_id"),),
    "counterparty": (("source", "partner_id"), ("source", "head_id"), ("source", "changed_at", "id")),
    "partner": (("source", "changed_at", "id"),),
    "contact": (("source", "partner_id"),),
    "item": (("source", "changed_at", "id"),),
    "price": (("source", "price_kind_id"),),
    "stock": (("source", "warehouse_id"),),
    "document": (
        ("source", "counterparty_id", "dated_at", "id"),
        ("source", "order_id"),
        ("source", "base_id"),
        ("source", "entity", "dated_at"),
        ("source", "dated_at", "id"),
        ("source", "changed_at", "id"),
        ("source", "contract_id", "dated_at", "id"),
        ("source", "kind", "dated_at", "id"),
        ("source", "number"),
    ),
    "allocation": (("source", "base_id"),),
    "settlement_entry": (("source", "settlement_key_id", "at"), ("source", "entity", "at"), ("source", "at")),
    "due_entry": (
        ("source", "settlement_key_id"),
        ("source", "entity", "at"),
        ("source", "at"),
        ("source", "settled_id"),
    ),
}


def _table(described: RecordTable) -> Table:
    fields = column_types(described)
    return Table(
        described.name,
        METADATA,
        Column("source", Text, nullable=False),
        *(Column(name, kind, nullable=null) for name, (kind, null) in fields.items()),
        Column("landing_id", BigInteger, nullable=False),
        Column("place", Integer, nullable=False),
        Column("changed_at", Instant, nullable=False),
        *([] if described.parent else _own_lineage()),
        PrimaryKeyConstraint("source", *described.key),
        *(Index(None, *columns) for columns in _INDEXES.get(described.name, ())),
    )


def _own_lineage() -> list[Column[Any]]:
    return [
        Column("entity", Text, nullable=False),
        Column("mapping_digest", Text, nullable=False),
        Column("run_id", Text, nullable=False),
        Column("gone_at", Instant),
        Column("gone_reason", Text),
    ]


STORED: dict[RecordTable, Table] = {described: _table(described) for described in RECORDS}

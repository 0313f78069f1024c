"""What there is to tell of documents, found where it differs from what was told: by one statement for any number.

The state of a document is made by the database, so that all of a source can be compared at once. One that is not
shown (never posted, unposted, marked for deletion, deleted) has the empty state, as has one nobody knows.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
)

from schemas import TABLES
from schemas.journal import Withdrawn, withdrawn
from schemas.records import RECORDS
from store import standing_documents
from store.engine import Tx
from store.record_tables import STORED
from store.tables import OPEN_ITEM
from store.tables_of_news import NEWS, TOLD
from store.told import State
from store.types import Instant, Json

TOPIC = "document"
_TABLE = STORED[TABLES["document"]]
_DOCUMENT = _TABLE.c
_LINES = tuple(STORED[record] for record in RECORDS if record.parent == "document_id")

# What the journal and the document's own page show of it; in the order of their names, as JSON is compared.
SHOWN = (
    "amount",
    "base_id",
    "base_kind",
    "contact_id",
    "contract_id",
    "counterparty_id",
    "currency",
    "dated_at",
    "due_on",
    "external_number",
    "external_on",
    "kind",
    "number",
    "order_id",
    "organization_id",
    "purpose",
    "settlement_amount",
    "settlement_currency",
    "status",
    "vat_amount",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A document whose `state` is not what was `told` in the event `version`; `hidden`: why it is not shown."""

    id: str
    state: State
    hidden: Withdrawn | None
    told: State
    version: int


def differing(
    tx: Tx, source: str, entities: Collection[str], ids: Collection[str] | None = None
) -> list[Difference]:
    """Of the documents that these declarations bring, all or some."""
    why = (_DOCUMENT.posted, _DOCUMENT.deletion_mark, _DOCUMENT.gone_at)
    wanted = _differing(
        tx,
        source,
        entities,
        _DOCUMENT.id,
        _state(tx.dialect),
        _told(),
        func.coalesce(TOLD.c.version, 0),
        *why,
    )
    if ids is not None:
        wanted = wanted.where(_DOCUMENT.id.in_(sorted(ids)))
    return [
        Difference(
            key,
            json.loads(now),
            withdrawn(posted=posted, deletion_mark=marked, is_gone=gone_at is not None),
            json.loads(before),
            version,
        )
        for key, now, before, version, posted, marked, gone_at in tx.connection.execute(wanted)
    ]


def mark(tx: Tx, source: str, entities: Collection[str]) -> None:
    """Mark all that differ."""
    rows = _differing(tx, source, entities, _DOCUMENT.source, literal("document"), _DOCUMENT.id)
    tx.connection.execute(insert(NEWS).from_select(["source", "kind", "record_id"], rows))


def begin(tx: Tx, source: str, entity: str) -> None:
    """Take what is shown now of a declaration's documents as told."""
    state = _state(tx.dialect)
    rows = select(
        _DOCUMENT.source, literal(TOPIC), _DOCUMENT.id, literal(0), state, literal(tx.now, Instant)
    ).where(_DOCUMENT.source == source, _DOCUMENT.entity == entity, standing_documents.counts(_TABLE))
    names = ["source", "topic", "subject_id", "version", "state", "told_at"]
    tx.connection.execute(insert(TOLD).from_select(names, rows))


def owners(tx: Tx, source: str, ids: Collection[str]) -> set[str]:
    """Whose debts may arise or be dated by these documents."""
    own = select(_DOCUMENT.counterparty_id).where(_DOCUMENT.source == source, _DOCUMENT.id.in_(sorted(ids)))
    item = OPEN_ITEM.c
    settled = select(item.counterparty_id).where(item.source == source, item.settled_id.in_(sorted(ids)))
    return set(filter(None, tx.connection.execute(own.union(settled)).scalars()))


def _differing(tx: Tx, source: str, entities: Collection[str], *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(_TABLE.outerjoin(TOLD, _is_told()))
        .where(_DOCUMENT.source == source, _DOCUMENT.entity.in_(sorted(entities)))
        .where(_state(tx.dialect) != _told())
    )


def _told() -> Any:
    return func.coalesce(TOLD.c.state, literal("{}", Json), type_=Json())


def _is_told() -> ColumnElement[bool]:
    told = TOLD.c
    return and_(told.source == _DOCUMENT.source, told.topic == TOPIC, told.subject_id == _DOCUMENT.id)


def _state(dialect: str) -> Any:
    build = func.jsonb_build_object if dialect == "postgresql" else func.json_object
    shown: list[Any] = []
    for name in SHOWN:
        shown += [literal_column(f"'{name}'"), _DOCUMENT[name]]
    shown += [literal_column("'with'"), _rows(dialect)]
    return case((standing_documents.counts(_TABLE), build(*shown, type_=Json())), else_=literal("{}", Json))


def _rows(dialect: str) -> Any:
    """What tells its lines, allocations and payment stages from any others: how many, the last changed when."""
    parts: list[Any] = []
    for table in _LINES:
        found: Any = func.max(table.c.changed_at, type_=Text())
        if dialect == "postgresql":
            utc = func.timezone("UTC", func.max(table.c.changed_at))
            found = func.to_char(utc, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"', type_=Text())
        mine = and_(table.c.source == _DOCUMENT.source, table.c.document_id == _DOCUMENT.id)
        said = cast(func.count(), Text) + literal("@") + func.coalesce(found, "")
        one: Select[Any] = select(said).select_from(table).where(mine).correlate(_TABLE)
        parts += [one.scalar_subquery(), literal(" ")]
    joined = parts[0]
    for part in parts[1:-1]:
        joined = joined + part
    return joined

"""The parts of one document: lines with the names of what is sold, and the stages of its payment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select

from schemas import TABLES
from store import records, tenancy
from store.engine import Tx
from store.record_tables import STORED
from store.standing_documents import DOCUMENT

_LINE, _STAGE = STORED[TABLES["document_line"]], STORED[TABLES["payment_stage"]]
_ITEM, _UNIT = STORED[TABLES["item"]], STORED[TABLES["unit"]]
_OF_LINE = ("line_no", "item_id", "quantity", "price", "amount", "vat", "cancelled")


@dataclass(frozen=True, slots=True)
class People:
    """Who placed the document and who looks after it; None where nobody is named, or may be seen."""

    contact_id: str | None
    contact: str | None
    manager: str | None
    delivery_address: str


def lines(tx: Tx, source: str, document_id: str) -> list[Row[Any]]:
    """In the document's own order; an item is counted in its own unit where the line names none."""
    line, item = _LINE.c, _ITEM.c
    is_item = and_(item.source == line.source, item.id == line.item_id)
    is_unit = and_(_UNIT.c.source == line.source, _UNIT.c.id == func.coalesce(line.unit_id, item.unit_id))
    names = (item.name.label("item_name"), item.article, _UNIT.c.name.label("unit_name"))
    query = select(*(line[name] for name in _OF_LINE), *names).select_from(
        _LINE.outerjoin(_ITEM, is_item).outerjoin(_UNIT, is_unit)
    )
    mine = query.where(line.source == source, line.document_id == document_id)
    return list(tx.connection.execute(mine.order_by(line.line_no)))


def stages(tx: Tx, source: str, document_id: str) -> list[Row[Any]]:
    stage = _STAGE.c
    names = ("kind", "pay_on", "percent", "amount")
    mine = select(*(stage[name] for name in names)).where(
        stage.source == source, stage.document_id == document_id
    )
    return list(tx.connection.execute(mine.order_by(stage.line_no)))


def people(tx: Tx, source: str, document_id: str) -> People:
    column = DOCUMENT.c
    wanted = select(column.contact_id, column.manager_id, column.delivery_address)
    row = tx.connection.execute(wanted.where(column.source == source, column.id == document_id)).one()
    contact = manager = None
    if row.contact_id is not None and tenancy.sees(tx, TABLES["contact"], source, row.contact_id):
        contact = records.get(tx, TABLES["contact"], source, (row.contact_id,))
    if row.manager_id is not None:
        manager = records.get(tx, TABLES["manager"], source, (row.manager_id,))
    return People(
        contact.id if contact else None,
        contact.name if contact else None,
        manager.name if manager else None,
        row.delivery_address,
    )

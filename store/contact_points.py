"""How to reach a counterparty: its own and its partner's points, people, places of delivery (CM-05 to CM-08, BC-02)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, or_, select

from schemas import TABLES
from store.engine import Tx
from store.record_tables import STORED

_POINT, _KIND = STORED[TABLES["contact_point"]], STORED[TABLES["contact_kind"]]
_CONTACT, _DELIVERY = STORED[TABLES["contact"]], STORED[TABLES["delivery_point"]]


def of(tx: Tx, source: str, owners: Collection[str]) -> list[Row[Any]]:
    """Phones, e-mails and addresses of these owners, each with what it is for."""
    point = _POINT.c
    is_kind = and_(_KIND.c.source == point.source, _KIND.c.id == point.kind_id)
    query = (
        select(point.owner_id, point.type, point.text, _KIND.c.code, _KIND.c.name)
        .select_from(_POINT.outerjoin(_KIND, is_kind))
        .where(point.source == source, point.owner_id.in_(sorted(owners)), point.text != "")
    )
    return list(tx.connection.execute(query.order_by(point.owner_id, point.line_no)))


def people(tx: Tx, source: str, partner_id: str, today: date) -> list[Row[Any]]:
    """Contacts who have not left; one person of a company sees himself only."""
    column = _CONTACT.c
    stays = or_(column.left_on.is_(None), column.left_on > today.isoformat())
    query = select(column.id, column.name, column.position).where(
        column.source == source,
        column.partner_id == partner_id,
        column.gone_at.is_(None),
        ~column.deletion_mark,
    )
    if tx.tenancy.contact_id is not None:
        query = query.where(column.id == tx.tenancy.contact_id)
    return list(tx.connection.execute(query.where(stays).order_by(column.name, column.id)))


def delivery(tx: Tx, source: str, partner_id: str) -> list[Row[Any]]:
    column = _DELIVERY.c
    query = select(column.line_no, column.address, column.city, column.region).where(
        column.source == source, column.partner_id == partner_id
    )
    return list(tx.connection.execute(query.order_by(column.line_no)))

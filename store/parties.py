"""Counterparties as the storefront lists them, limited to what a reader may see (CM-01, CM-03, BC-03)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from schemas import TABLES
from store import tenancy
from store.engine import Tx
from store.paging import Key, Order, Page, page
from store.record_tables import STORED

PARTY = STORED[TABLES["counterparty"]]
CONTRACT = STORED[TABLES["contract"]]
_PARTNER, _MANAGER = STORED[TABLES["partner"]], STORED[TABLES["manager"]]
_ORGANIZATION = STORED[TABLES["organization"]]
_HEAD = PARTY.alias("head")
_OWN = (
    *("source", "id", "name", "legal_name", "kind", "status", "head_id", "is_branch", "partner_id", "tax_id"),
    *(
        "tax_reason_code",
        "registry_code",
        "registration_number",
        "foreign_tax_number",
        "gone_at",
        "changed_at",
    ),
)
_OF_CONTRACT = (
    *("source", "id", "number", "name", "kind", "status", "currency", "signed_on", "valid_from", "valid_to"),
    *("settlement_order", "credit_limit", "payment_terms_days", "blocks_when_overdue", "organization_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """None filters nothing. `q` is looked for in names, codes and tax ids, in small or capital letters."""

    q: str | None = None
    kind: str | None = None
    status: str | None = None
    head_id: str | None = None
    updated_since: datetime | None = None


def counterparties(
    tx: Tx, filters: Filters, *, sources: Collection[str], after: Key | None, limit: int
) -> Page:
    """A page by id, or with `updated_since` by when they changed, with those that were deleted."""
    column = PARTY.c
    query = _rows(tx).where(*_wanted(tx, filters))
    if filters.updated_since is None:
        order = Order(column.source, (column.id,))
        query = query.where(column.gone_at.is_(None))
    else:
        order = Order(column.source, (column.id,), (column.changed_at,))
        if after is None:  # what comes after a key has changed since then anyway
            query = query.where(column.changed_at >= filters.updated_since)
    return page(tx, query, order, sources=sources, after=after, limit=limit)


def one(tx: Tx, source: str, counterparty_id: str) -> Row[Any] | None:
    query = _rows(tx).where(PARTY.c.source == source, PARTY.c.id == counterparty_id)
    return tx.connection.execute(query).one_or_none()


def some(tx: Tx, source: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """Those of these that the reader sees, by their ids."""
    query = _rows(tx).where(PARTY.c.source == source, PARTY.c.id.in_(sorted(ids)))
    return {row.id: row for row in tx.connection.execute(query)}


def branches(tx: Tx, source: str, counterparty_id: str) -> list[Row[Any]]:
    """Those right below it that the reader sees."""
    column = PARTY.c
    query = select(column.id, column.name, column.kind, column.status).where(
        column.source == source, column.head_id == counterparty_id, column.gone_at.is_(None)
    )
    seen = query.where(*tenancy.limits(tx, column.source, column.id))
    return list(tx.connection.execute(seen.order_by(column.id)))


def contracts(tx: Tx, source: str, counterparty_id: str, *, after: Key | None = None, limit: int) -> Page:
    """Contracts that are there, by id, with the names they refer to."""
    column = CONTRACT.c
    is_organization = and_(
        _ORGANIZATION.c.source == column.source, _ORGANIZATION.c.id == column.organization_id
    )
    is_manager = and_(_MANAGER.c.source == column.source, _MANAGER.c.id == column.manager_id)
    names = (_ORGANIZATION.c.name.label("organization_name"), _MANAGER.c.name.label("manager_name"))
    query = (
        select(*(column[name] for name in _OF_CONTRACT), *names)
        .select_from(CONTRACT.outerjoin(_ORGANIZATION, is_organization).outerjoin(_MANAGER, is_manager))
        .where(column.counterparty_id == counterparty_id, column.gone_at.is_(None), ~column.deletion_mark)
        .where(*tenancy.limits(tx, column.source, column.counterparty_id))
    )
    return page(tx, query, Order(column.source, (column.id,)), sources=[source], after=after, limit=limit)


def _rows(tx: Tx) -> Select[Any]:
    """Counterparties that the reader sees; the head office is named only if he sees it too."""
    column = PARTY.c
    is_partner = and_(_PARTNER.c.source == column.source, _PARTNER.c.id == column.partner_id)
    is_manager = and_(_MANAGER.c.source == column.source, _MANAGER.c.id == _PARTNER.c.manager_id)
    is_head = and_(
        _HEAD.c.source == column.source,
        _HEAD.c.id == column.head_id,
        *tenancy.limits(tx, _HEAD.c.source, _HEAD.c.id),
    )
    joined = PARTY.outerjoin(_PARTNER, is_partner).outerjoin(_MANAGER, is_manager).outerjoin(_HEAD, is_head)
    names = (
        _PARTNER.c.code,
        _MANAGER.c.name.label("manager_name"),
        _HEAD.c.id.label("seen_head_id"),
        _HEAD.c.name.label("head_name"),
    )
    query = select(*(column[name] for name in _OWN), *names).select_from(joined)
    return query.where(*tenancy.limits(tx, column.source, column.id))


def _wanted(tx: Tx, filters: Filters) -> list[ColumnElement[bool]]:
    column = PARTY.c
    same = {"kind": filters.kind, "status": filters.status, "head_id": filters.head_id}
    found = [column[name] == value for name, value in same.items() if value is not None]
    if filters.q:
        searched = (column.name, column.legal_name, column.tax_id, _PARTNER.c.code)
        text = filters.q.casefold() if tx.dialect == "sqlite" else filters.q.lower()
        found.append(or_(*(_folded(tx, one).contains(text, autoescape=True) for one in searched)))
    return found


def _folded(tx: Tx, text: ColumnElement[str]) -> ColumnElement[str]:
    """SQLite folds Latin letters only; PostgreSQL those of the database's own character type."""
    if tx.dialect == "postgresql":
        return func.lower(text)
    driver: Any = tx.connection.connection.driver_connection
    driver.create_function("saldo_casefold", 1, _casefold, deterministic=True)
    return func.saldo_casefold(text)


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()

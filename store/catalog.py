"""Items, prices and stock as the storefront lists them: what lives, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, case, select

from schemas import TABLES
from store.balance_sql import total
from store.engine import Tx
from store.paging import Key, Order, Page, page
from store.record_tables import STORED

_ITEM = STORED[TABLES["item"]]
_UNIT = STORED[TABLES["unit"]]
_RATE = STORED[TABLES["vat_rate"]]
_SORT = STORED[TABLES["characteristic"]]
_KIND = STORED[TABLES["price_kind"]]
_PRICE = STORED[TABLES["price"]]
_WAREHOUSE = STORED[TABLES["warehouse"]]
_STOCK = STORED[TABLES["stock"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilters:
    """None filters nothing. `text` is looked for in code, article and names.

    With `updated_since` rows come in the order in which they changed, and withdrawn ones, too.
    """

    text: str | None = None
    updated_since: datetime | None = None


def items(tx: Tx, filters: ItemFilters, *, sources: Collection[str], after: Key | None, limit: int) -> Page:
    """A page of items, each with its unit; `withdrawn` ones are marked for deletion or gone."""
    column = _ITEM.c
    query = _items().where(*_wanted(filters))
    lead = () if filters.updated_since is None else (column.changed_at,)
    return page(
        tx, query, Order(column.source, (column.id,), lead), sources=sources, after=after, limit=limit
    )


def item(tx: Tx, source: str, item_id: str) -> Row[Any] | None:
    """An item that was ever there, also a withdrawn one."""
    query = _items().where(_ITEM.c.source == source, _ITEM.c.id == item_id)
    return tx.connection.execute(query).one_or_none()


def price_kinds(tx: Tx, *, sources: Collection[str], after: Key | None, limit: int) -> Page:
    """A page of the kinds of price that things are sold for."""
    column = _KIND.c
    query = select(column.source, column.id, column.name, column.currency, column.includes_vat).where(
        on_sale()
    )
    return page(tx, query, Order(column.source, (column.id,)), sources=sources, after=after, limit=limit)


def prices(
    tx: Tx,
    *,
    item_id: str | None,
    price_kind_id: str | None,
    sources: Collection[str],
    after: Key | None,
    limit: int,
) -> Page:
    """A page of current prices. What the company pays itself is a price of another kind, and is not among them."""
    column, key = _PRICE.c, TABLES["price"].key
    own = (*key, "price", "currency", "valid_from")
    query = (
        select(
            column.source,
            *(column[name] for name in own),
            _KIND.c.includes_vat,
            _UNIT.c.name.label("unit_name"),
            _SORT.c.name.label("characteristic_name"),
        )
        .join(_KIND, and_(_KIND.c.source == column.source, _KIND.c.id == column.price_kind_id))
        .outerjoin(_UNIT, and_(_UNIT.c.source == column.source, _UNIT.c.id == column.unit_id))
        .outerjoin(_SORT, _is_of_sort(_PRICE))
        .where(column.gone_at.is_(None), on_sale())
        .where(*_same(column.item_id, item_id), *_same(column.price_kind_id, price_kind_id))
    )
    order = Order(column.source, tuple(column[name] for name in key))
    return page(tx, query, order, sources=sources, after=after, limit=limit)


def warehouses(tx: Tx, *, sources: Collection[str], after: Key | None, limit: int) -> Page:
    column = _WAREHOUSE.c
    query = select(column.source, column.id, column.name).where(
        column.gone_at.is_(None), ~column.deletion_mark
    )
    return page(tx, query, Order(column.source, (column.id,)), sources=sources, after=after, limit=limit)


def stock(
    tx: Tx,
    *,
    item_id: str | None,
    warehouse_id: str | None,
    sources: Collection[str],
    after: Key | None,
    limit: int,
) -> Page:
    """A page of what stands where: `on_hand`, and what of it is `reserved`.

    Reserved is what is called for to be shipped, and what is set apart for somebody's order.
    """
    column = _STOCK.c
    place = (column.item_id, column.warehouse_id, column.characteristic_id)
    reserved = case((column.purpose_id == "", column.to_ship), else_=column.on_hand)
    query = (
        select(
            column.source,
            *place,
            total(column.on_hand).label("on_hand"),
            total(reserved).label("reserved"),
            _SORT.c.name.label("characteristic_name"),
        )
        .outerjoin(_SORT, _is_of_sort(_STOCK))
        .where(column.gone_at.is_(None))
        .where(*_same(column.item_id, item_id), *_same(column.warehouse_id, warehouse_id))
        .group_by(column.source, *place, _SORT.c.name)
    )
    return page(tx, query, Order(column.source, place), sources=sources, after=after, limit=limit)


def _items() -> Select[Any]:
    column = _ITEM.c
    own = (
        "source",
        "id",
        "code",
        "article",
        "name",
        "full_name",
        "kind",
        "folder_id",
        "unit_id",
        "changed_at",
    )
    unit = and_(_UNIT.c.source == column.source, _UNIT.c.id == column.unit_id)
    rate = and_(_RATE.c.source == column.source, _RATE.c.id == column.vat_rate_id)
    return select(
        *(column[name] for name in own),
        (~lives()).label("withdrawn"),
        _UNIT.c.name.label("unit_name"),
        _RATE.c.percent.label("vat"),
    ).select_from(_ITEM.outerjoin(_UNIT, unit).outerjoin(_RATE, rate))


def _wanted(filters: ItemFilters) -> Iterator[ColumnElement[bool]]:
    if filters.updated_since is None:
        yield lives()
    else:
        yield _ITEM.c.changed_at >= filters.updated_since
    if filters.text is not None:
        yield _ITEM.c.search.contains(filters.text.casefold(), autoescape=True)


def lives() -> ColumnElement[bool]:
    return and_(_ITEM.c.gone_at.is_(None), ~_ITEM.c.deletion_mark)


def on_sale() -> ColumnElement[bool]:
    column = _KIND.c
    return and_(column.for_sale, column.active, ~column.deletion_mark, column.gone_at.is_(None))


def _is_of_sort(table: Table) -> ColumnElement[bool]:
    return and_(_SORT.c.source == table.c.source, _SORT.c.id == table.c.characteristic_id)


def _same(column: ColumnElement[str], value: str | None) -> list[ColumnElement[bool]]:
    return [] if value is None else [column == value]

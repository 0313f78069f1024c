"""What is in the warehouses now: GET /v1/warehouses and /v1/stock (FX-01, FX-18)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from api.catalog import catalog
from api.catalog.catalog import CharacteristicLink, DataBasis, ItemFilter, Quantity
from api.money.answers import Id
from api.web import callers, filters, ids, paging, refusals
from api.web.callers import Caller
from api.web.filters import Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from api.web.values import decimal
from store import catalog as stored

WarehouseFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only in the warehouse with this id.")
]


class Warehouse(Struct, frozen=True, kw_only=True):
    id: Id
    name: str


class Warehouses(Struct, frozen=True, kw_only=True):
    """Warehouses and shops."""

    items: list[Warehouse]
    next_cursor: NextCursor
    sources: list[DataBasis]


class Stock(Struct, frozen=True, kw_only=True):
    """What stands in a warehouse. `available` is `on_hand` less `reserved`.

    Reserved is what is called for to be shipped, and what is set apart for somebody's order; below zero more
    is promised than is there.
    """

    item_id: Id
    warehouse_id: Id
    characteristic: CharacteristicLink | None
    on_hand: Quantity
    reserved: Quantity
    available: Quantity


class StockList(Struct, frozen=True, kw_only=True):
    """What is in stock. An item that a warehouse has none of is not among them."""

    items: list[Stock]
    next_cursor: NextCursor
    sources: list[DataBasis]


@get(
    "/v1/warehouses",
    sync_to_thread=True,
    summary="Warehouses",
    operation_id="listWarehouses",
    tags=["catalog"],
    security=callers.needs("catalog:read"),
    responses=refusals.of("bad_cursor", "source_not_found"),
)
def warehouses(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Warehouses:
    """Where goods stand, without the folders."""
    narrowed, about = Narrowed.of(hub, caller, source), {"list": "warehouses", "source": source}
    after = paging.opened(cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = stored.warehouses(tx, sources=narrowed.ids, after=after, limit=limit)
        bases = catalog.bases(tx, hub, narrowed.sources, "stock", "warehouse")
    return Warehouses(
        items=[Warehouse(id=ids.external(row.source, row.id), name=row.name) for row in found.rows],
        next_cursor=paging.next_cursor(found.next_key, about),
        sources=bases,
    )


@get(
    "/v1/stock",
    sync_to_thread=True,
    summary="Stock",
    operation_id="listStock",
    tags=["catalog"],
    security=callers.needs("catalog:read"),
    responses=refusals.of("malformed_id", "bad_cursor", "source_not_found"),
)
def stock(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    item_id: ItemFilter = None,
    warehouse_id: WarehouseFilter = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> StockList:
    """What stood in each warehouse at the last reading, by item and characteristic."""
    narrowed = Narrowed.of(hub, caller, source)
    item, warehouse = narrowed.by(item_id), narrowed.by(warehouse_id)
    about = {"list": "stock", "source": source, "item": item_id, "warehouse": warehouse_id}
    after = paging.opened(cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = stored.stock(
            tx, item_id=item, warehouse_id=warehouse, sources=narrowed.ids, after=after, limit=limit
        )
        bases = catalog.bases(tx, hub, narrowed.sources, "stock", "stock")
    return StockList(
        items=[_stock(row) for row in found.rows],
        next_cursor=paging.next_cursor(found.next_key, about),
        sources=bases,
    )


def _stock(row: Any) -> Stock:
    return Stock(
        item_id=ids.external(row.source, row.item_id),
        warehouse_id=ids.external(row.source, row.warehouse_id),
        characteristic=catalog.characteristic(row.source, row.characteristic_id, row.characteristic_name),
        on_hand=decimal(row.on_hand),
        reserved=decimal(row.reserved),
        available=decimal(row.on_hand - row.reserved),
    )

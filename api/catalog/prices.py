"""What things are sold for now: GET /v1/price-kinds and /v1/prices."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.catalog import catalog
from api.catalog.catalog import CharacteristicLink, DataBasis, ItemFilter, UnitLink
from api.money.answers import CurrencyCode, Id
from api.web import callers, filters, ids, paging, refusals
from api.web.callers import Caller
from api.web.filters import Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from api.web.values import in_zone
from schemas.settings import SourceSettings
from store import catalog as stored

KindFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only by the kind of price with this id.")
]
PriceText = Annotated[
    str,
    Meta(
        description="Decimal text: the currency's own places, or more where the price has more.",
        pattern=r"^[0-9]+(\.[0-9]+)?$",
        examples=["249.90"],
    ),
]


class PriceKind(Struct, frozen=True, kw_only=True):
    """A kind of price that things are sold for: wholesale, dealer's."""

    id: Id
    name: str
    currency: CurrencyCode | None
    includes_vat: bool


class PriceKinds(Struct, frozen=True, kw_only=True):
    """Kinds of price. Which of them is a buyer's is for the storefront to know: the books are not read for it."""

    items: list[PriceKind]
    next_cursor: NextCursor
    sources: list[DataBasis]


class Price(Struct, frozen=True, kw_only=True):
    """What an item costs now by one kind of price, for one `unit` (null: the item's own)."""

    item_id: Id
    price_kind_id: Id
    characteristic: CharacteristicLink | None
    unit: UnitLink | None
    price: PriceText
    currency: CurrencyCode
    includes_vat: bool
    valid_from: Annotated[datetime, Meta(description="When this price was set.")]


class Prices(Struct, frozen=True, kw_only=True):
    """Current prices. A price that is withdrawn is no longer among them."""

    items: list[Price]
    next_cursor: NextCursor
    sources: list[DataBasis]


@get(
    "/v1/price-kinds",
    sync_to_thread=True,
    summary="Kinds of price",
    operation_id="listPriceKinds",
    tags=["catalog"],
    security=callers.needs("catalog:read"),
    responses=refusals.of("bad_cursor", "source_not_found"),
)
def price_kinds(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> PriceKinds:
    """Only those that things are sold for: what the company pays itself stays inside."""
    narrowed, about = Narrowed.of(hub, caller, source), {"list": "price-kinds", "source": source}
    after = paging.opened(cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = stored.price_kinds(tx, sources=narrowed.ids, after=after, limit=limit)
        bases = catalog.bases(tx, hub, narrowed.sources, "prices", "price_kind")
    return PriceKinds(
        items=[
            PriceKind(
                id=ids.external(row.source, row.id),
                name=row.name,
                currency=row.currency,
                includes_vat=row.includes_vat,
            )
            for row in found.rows
        ],
        next_cursor=paging.next_cursor(found.next_key, about),
        sources=bases,
    )


@get(
    "/v1/prices",
    sync_to_thread=True,
    summary="Prices",
    operation_id="listPrices",
    tags=["catalog"],
    security=callers.needs("catalog:read"),
    responses=refusals.of("malformed_id", "bad_cursor", "source_not_found"),
)
def prices(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    item_id: ItemFilter = None,
    price_kind_id: KindFilter = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Prices:
    """What is sold for how much as of the last reading, by every kind of price."""
    narrowed = Narrowed.of(hub, caller, source)
    item, kind = narrowed.by(item_id), narrowed.by(price_kind_id)
    about = {"list": "prices", "source": source, "item": item_id, "kind": price_kind_id}
    after = paging.opened(cursor, about)
    with hub.store.reading(caller.tenancy) as tx:
        found = stored.prices(
            tx, item_id=item, price_kind_id=kind, sources=narrowed.ids, after=after, limit=limit
        )
        bases = catalog.bases(tx, hub, narrowed.sources, "prices", "price")
    return Prices(
        items=[_price(row, hub.source(row.source)) for row in found.rows],
        next_cursor=paging.next_cursor(found.next_key, about),
        sources=bases,
    )


def _price(row: Any, source: SourceSettings) -> Price:
    return Price(
        item_id=ids.external(source.id, row.item_id),
        price_kind_id=ids.external(source.id, row.price_kind_id),
        characteristic=catalog.characteristic(source.id, row.characteristic_id, row.characteristic_name),
        unit=catalog.unit(source.id, row.unit_id, row.unit_name),
        price=catalog.price_text(row.price, row.currency),
        currency=row.currency,
        includes_vat=row.includes_vat,
        valid_from=in_zone(row.valid_from, source.time_zone),
    )

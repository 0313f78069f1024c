"""What is traded: GET /v1/items and /v1/items/{id}."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import UNSET, Meta, Struct, structs

from api.catalog import catalog
from api.catalog.catalog import DataBasis, UnitLink
from api.documents import journal
from api.documents.journal import NextUpdatedSince
from api.money.answers import Id
from api.web import callers, filters, ids, paging, refusals, sparse
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.filters import Narrowed
from api.web.hub import Hub
from api.web.paging import CursorParam, Limit, NextCursor
from api.web.sparse import Maybe
from api.web.values import Decimal, decimal
from schemas.settings import SourceSettings
from store import catalog as stored
from store.catalog import ItemFilters

ItemId = Annotated[str, PathParameter(description="The item's id as this API gave it.")]
Text = Annotated[
    str | None,
    QueryParameter(
        name="q",
        min_length=1,
        max_length=100,
        pattern=filters.NO_NUL,
        description="Only items with this text in their code, article or name, in small or capital letters.",
    ),
]


class ItemRow(Struct, frozen=True, kw_only=True):
    """A product or a service. Fields that `fields` left out are not there; otherwise all of them are.

    One that is `withdrawn` was marked for deletion, or is gone from the books.
    """

    id: Id
    code: Maybe[str] = UNSET
    article: Maybe[str] = UNSET
    name: Maybe[str] = UNSET
    full_name: Maybe[Annotated[str, Meta(description="As papers call it.")]] = UNSET
    kind: Maybe[Annotated[str, Meta(description="goods | service | work | returnable_container")]] = UNSET
    folder_id: Maybe[Annotated[str | None, Meta(description="Groups items; opaque.")]] = UNSET
    unit: Maybe[Annotated[UnitLink | None, Meta(description="What stock and most prices count in.")]] = UNSET
    vat_percent: Maybe[Annotated[Decimal | None, Meta(description="Null where it is not taxed.")]] = UNSET
    state: Maybe[Literal["active", "withdrawn"]] = UNSET
    updated_at: Maybe[datetime] = UNSET


class Items(Struct, frozen=True, kw_only=True):
    """Items, or with `updated_since` what changed of them, in that order."""

    items: list[ItemRow]
    next_cursor: NextCursor
    next_updated_since: NextUpdatedSince
    sources: list[DataBasis]


class Item(ItemRow, frozen=True, kw_only=True):
    """One item, with how recent that is."""

    source: DataBasis


@get(
    "/v1/items",
    sync_to_thread=True,
    summary="Items",
    operation_id="listItems",
    tags=["catalog"],
    security=callers.needs("catalog:read"),
    responses=refusals.of("bad_cursor", "source_not_found"),
)
def items(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: filters.Source = None,
    q: Text = None,
    updated_since: filters.UpdatedSince = None,
    fields: sparse.Fields = None,
    limit: Limit = paging.DEFAULT_LIMIT,
    cursor: CursorParam = None,
) -> Items:
    """Products and services, without the folders they stand in."""
    chosen, narrowed = sparse.chosen(fields, ItemRow), Narrowed.of(hub, caller, source)
    since = filters.moment(updated_since, "updated_since")
    about = {"list": "items", "source": source, "q": q, "since": str(since)}
    walk = journal.walk(hub, since, cursor, about)
    wanted = ItemFilters(text=q, updated_since=since)
    with hub.store.reading(caller.tenancy) as tx:
        found = stored.items(tx, wanted, sources=narrowed.ids, after=walk.after, limit=limit)
        bases = catalog.bases(tx, hub, narrowed.sources, "reference", "item")
    return Items(
        items=[sparse.row(ItemRow, _values(row, hub.source(row.source)), chosen) for row in found.rows],
        next_cursor=walk.cursor(found, about),
        next_updated_since=walk.next_since,
        sources=bases,
    )


@get(
    "/v1/items/{item_id:str}",
    sync_to_thread=True,
    summary="An item",
    operation_id="getItem",
    tags=["catalog"],
    security=callers.needs("catalog:read"),
    responses=refusals.of("malformed_id", "item_not_found", "source_not_found"),
)
def item(item_id: ItemId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]) -> Item:
    """Also one that is withdrawn: documents go on naming it."""
    source_id, guid = ids.parse(item_id)
    source = hub.source(source_id)
    if not caller.tenancy.reads(source_id):
        raise _not_found()
    with hub.store.reading(caller.tenancy) as tx:
        row = stored.item(tx, source_id, guid)
        (basis,) = catalog.bases(tx, hub, [source], "reference", "item")
    if row is None:
        raise _not_found()
    return Item(**_values(row, source), source=basis)


def _values(row: Any, source: SourceSettings) -> Mapping[str, Any]:
    own = row._mapping
    same = (field.name for field in structs.fields(ItemRow) if field.name in own)
    return {name: own[name] for name in same} | {
        "id": ids.external(source.id, row.id),
        "folder_id": ids.optional(source.id, row.folder_id or ""),
        "unit": catalog.unit(source.id, row.unit_id, row.unit_name),
        "vat_percent": None if row.vat is None else decimal(row.vat),
        "state": "withdrawn" if row.withdrawn else "active",
        "updated_at": row.changed_at.astimezone(source.time_zone),
    }


def _not_found() -> ProblemError:
    return ProblemError(
        "item_not_found",
        "The store has no item with this id.",
        hint="Check the id; a new item appears after the next sync of its source.",
    )

"""Which documents belong to orders that were placed over this API (BS-02)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.money.answers import Id
from api.web.ids import external
from store import order_links, submissions
from store.engine import Tx

PortalOrderFilter = Annotated[
    str | None,
    QueryParameter(
        max_length=200,
        description="Only what belongs to the order that this API gave this id when it was placed;"
        " the order's own document is among it.",
    ),
]
NOTHING = ""  # no document has this reference


class PortalOrder(Struct, frozen=True, kw_only=True):
    """An order that was placed over this API."""

    id: Id
    number: Annotated[int, Meta(description="The hub's own, for people to name it by.")]
    reference: Annotated[str, Meta(description="The storefront's own name of the order.")]


def of(tx: Tx, rows: Collection[Any]) -> dict[tuple[str, str], PortalOrder]:
    """By source and reference of the journal's rows: what is such an order, or belongs to one."""
    found: dict[tuple[str, str], PortalOrder] = {}
    for source in {row.source for row in rows}:
        mine = [row for row in rows if row.source == source]
        refs = {ref for row in mine for ref in (row.id, row.order_id) if ref is not None}
        links = order_links.of(tx, source, refs)
        for row in mine:
            link = links.get(row.id) or links.get(row.order_id)
            if link is not None:
                found[source, row.id] = PortalOrder(
                    id=external(source, link.id), number=link.number, reference=link.reference
                )
    return found


def ref_key(tx: Tx, order: str) -> str:
    """The accounting document that an order became; NOTHING while there is none, or the reader does not see it."""
    found = submissions.get(tx, order)
    return NOTHING if found is None or found.ref_key is None else found.ref_key

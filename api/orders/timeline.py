"""Everything that happened to an order: GET /v1/orders/{id}/timeline (FX-06)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from api.documents.document_rows import link
from api.money.answers import Amount, CurrencyCode, DocumentRef, Id
from api.orders import changes, explained, found
from api.orders.answers import OrderChange, OrderedItem
from api.orders.found import OrderId
from api.trust import families
from api.trust.standing import Agreement, Recency
from api.web import callers, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.ids import external
from api.web.values import Decimal, decimal
from schemas.journal import Withdrawn
from schemas.money import Money
from schemas.order_status import Progress
from schemas.settings import SourceSettings
from schemas.submissions import State, Status, Why
from store import order_differences, order_status, order_timeline
from store.engine import Tx
from store.order_timeline import Entry, What
from store.submissions import Submission


class CurrencyAmount(Struct, frozen=True, kw_only=True):
    amount: Amount
    currency: CurrencyCode


class OrderEvent(Struct, frozen=True, kw_only=True):
    """placed, changed: `version` of what is ordered. step: it came into `state`. document: something of the
    accounting system that belongs to it, at that document's own moment. edited: the supplier changed the order
    itself, in `changes`; withdrawn, restored: it no longer counts there, or does again.

    `withdrawn_reason` tells why the order or the document no longer counts. `paid` is what a payment paid of this
    order. `at` of what was edited or withdrawn is when the hub learned of it.
    """

    at: datetime
    what: What
    version: int | None
    state: State | None
    why: Why | None
    explained: str | None
    document: DocumentRef | None
    amount: Amount | None
    currency: CurrencyCode | None
    paid: list[CurrencyAmount]
    withdrawn_reason: Withdrawn | None
    changes: list[OrderChange]


class ItemProgress(Struct, frozen=True, kw_only=True):
    """In the item's own unit. `shipped` is what ever left, `returned` a part of it."""

    item: OrderedItem | None
    ordered: Decimal
    shipped: Decimal
    returned: Decimal


class OrderProgress(Struct, frozen=True, kw_only=True):
    """`unpaid`: of what was shipped, by currency; `prepaid`: what payments bring for the order before it is shipped."""

    items: list[ItemProgress]
    unpaid: list[CurrencyAmount]
    prepaid: Amount


class OrderTimeline(Struct, frozen=True, kw_only=True):
    """The oldest first. `progress` is null before the accounting system has the order, and for keys of one person."""

    id: Id
    reference: str
    state: State
    status: Status | None
    status_at: Annotated[
        datetime | None, Meta(description="When the status was last found to be another one.")
    ]
    progress: OrderProgress | None
    events: list[OrderEvent]
    as_of: datetime | None
    synced_at: datetime | None
    freshness: Recency
    agreement: Agreement
    time_zone: str


@get(
    "/v1/orders/{order_id:str}/timeline",
    sync_to_thread=True,
    summary="Everything that happened to an order",
    operation_id="getOrderTimeline",
    tags=["orders"],
    security=callers.needs("orders:read"),
    responses=refusals.of(*found.CODES),
)
def timeline(order_id: OrderId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]) -> OrderTimeline:
    """Its way to the accounting system, what belongs to it there, and what the supplier changed in it."""
    with hub.store.reading(caller.tenancy) as tx:
        source, row = found.row(tx, hub, order_id)
        zone = source.time_zone
        return OrderTimeline(
            id=external(source.id, row.id),
            reference=row.reference,
            state=row.state,
            status=row.status,
            status_at=row.status_at.astimezone(zone) if row.status_at else None,
            progress=_progress(tx, row, source, order_status.of(tx, row)),
            events=[_event(tx, row, source, one) for one in order_timeline.of(tx, row, zone)],
            **families.basis(tx, hub, source, "documents", counterparty_id=row.counterparty_id),
        )


def _event(tx: Tx, row: Submission, source: SourceSettings, entry: Entry) -> OrderEvent:
    step, document = entry.step, entry.document
    return OrderEvent(
        at=entry.at.astimezone(source.time_zone),
        what=entry.what,
        version=entry.version,
        state=step.after if step else None,
        why=step.why if step else None,
        explained=explained.sentence(step.why) if step else None,
        document=link(document, source) if document is not None else None,
        amount=str(Money(document.amount, document.currency)) if document is not None else None,
        currency=document.currency if document is not None else None,
        paid=_amounts(entry.paid or {}),
        withdrawn_reason=entry.reason,
        changes=changes.shown(tx, row, source, entry.differences),
    )


def _progress(tx: Tx, row: Submission, source: SourceSettings, of: Progress | None) -> OrderProgress | None:
    if of is None:
        return None
    items = order_differences.items(tx, source.id, {one.item_id for one in of.items if one.item_id})
    return OrderProgress(
        items=[
            ItemProgress(
                item=changes.item(one.item_id or None, items, source.id),
                ordered=decimal(one.ordered),
                shipped=decimal(one.shipped),
                returned=decimal(one.returned),
            )
            for one in of.items
        ],
        unpaid=_amounts(of.owed),
        prepaid=str(Money(of.prepaid, row.currency or "")),
    )


def _amounts(of: Mapping[str, int]) -> list[CurrencyAmount]:
    return [
        CurrencyAmount(amount=str(Money(units, currency)), currency=currency)
        for currency, units in sorted(of.items())
    ]

"""Documents: one journal for every kind (BS-03, BS-05)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from schemas.types import INTERNAL, CurrencyCode, Day, Guid, Micro, Units, WallClock


class Document(NamedTuple):
    """One document of any kind: order, invoice, shipping_note, return_note, tax_invoice, bank_receipt ...

    `base_id`/`base_kind` name the document it was made from; `order_id` the order it belongs to.
    `dated_at` is the document's own moment by the accounting system's clock. Only a `posted` document
    without `deletion_mark` counts.
    """

    id: Guid
    version: str
    kind: str
    number: str
    dated_at: WallClock
    posted: bool
    deletion_mark: bool
    organization_id: Guid | None
    partner_id: Guid | None
    counterparty_id: Guid | None
    contract_id: Guid | None
    currency: CurrencyCode
    amount: Units
    settlement_currency: CurrencyCode | None
    settlement_amount: Units | None
    vat_amount: Units | None
    status: str
    order_id: Guid | None
    base_id: Guid | None
    base_kind: str
    external_number: str  # the other side's number: client's order, bank's payment order
    external_on: Day | None
    due_on: Day | None  # delivery wished (order), shipped by
    purpose: str
    delivery_address: str
    manager_id: Guid | None
    contact_id: Guid | None
    internal_memo: Annotated[str, INTERNAL]


class DocumentLine(NamedTuple):
    """A line of goods. `amount` is the line total as the document keeps it; `vat` is the tax in or on it."""

    document_id: Guid
    line_no: int
    item_id: Guid | None
    quantity: Micro
    unit_id: Guid | None
    price: Micro
    amount: Units
    vat: Units
    order_id: Guid | None
    cancelled: bool


class Allocation(NamedTuple):
    """The part of a payment meant for one object of settlement (BS-07, KT-06)."""

    document_id: Guid
    line_no: int
    base_id: Guid | None
    base_kind: str
    settlement_object_id: Guid | None
    amount: Units
    settlement_amount: Units
    settlement_currency: CurrencyCode | None


class PaymentStage(NamedTuple):
    """A stage of a document's payment schedule (FX-15). `percent` in millionths of a per cent."""

    document_id: Guid
    line_no: int
    kind: str
    pay_on: Day | None
    percent: Micro
    amount: Units

"""Every record the site store keeps, in the order in which they refer to each other.

A record is a NamedTuple whose fields are the columns of its table; the store adds source and lineage
columns (`store/tables.py`). It goes to the database as the tuple it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_type_hints

from schemas.records.contract import Contract, SettlementKey, SettlementObject
from schemas.records.counterparty import Contact, ContactPoint, Counterparty, DeliveryPoint, Partner
from schemas.records.document import Allocation, Document, DocumentLine, PaymentStage
from schemas.records.item import Characteristic, Item, Unit, VatRate
from schemas.records.price import Price, PriceKind
from schemas.records.reference import ContactKind, CurrencyEntry, Manager, Organization, Property
from schemas.records.settlement import DueEntry, SettlementEntry
from schemas.records.stock import Stock, Warehouse
from schemas.types import INTERNAL


@dataclass(frozen=True, slots=True)
class RecordTable:
    """A record's table: `key` identifies a row inside one source.

    With `parent` (one of the key fields) its rows live and die with the record they belong to.
    """

    name: str
    record: type[tuple[object, ...]]
    key: tuple[str, ...] = ("id",)
    parent: str | None = None

    @property
    def fields(self) -> dict[str, object]:
        """Field name to annotation, resolved (`schemas/types.py`), in column order."""
        return get_type_hints(self.record)

    @property
    def internal(self) -> frozenset[str]:
        """Fields that stay inside: memos, and extension fields, of which nobody knows what is in them."""
        hints = get_type_hints(self.record, include_extras=True)
        return frozenset(
            name for name, hint in hints.items() if INTERNAL in getattr(hint, "__metadata__", ())
        )


RECORDS = (
    RecordTable("currency", CurrencyEntry),
    RecordTable("organization", Organization),
    RecordTable("manager", Manager),
    RecordTable("contact_kind", ContactKind),
    RecordTable("property", Property),
    RecordTable("partner", Partner),
    RecordTable("counterparty", Counterparty),
    RecordTable("contact", Contact),
    RecordTable("delivery_point", DeliveryPoint, ("partner_id", "line_no"), "partner_id"),
    RecordTable("contact_point", ContactPoint, ("owner_id", "line_no"), "owner_id"),
    RecordTable("contract", Contract),
    RecordTable("settlement_key", SettlementKey),
    RecordTable("settlement_object", SettlementObject),
    RecordTable("unit", Unit),
    RecordTable("vat_rate", VatRate),
    RecordTable("item", Item),
    RecordTable("characteristic", Characteristic),
    RecordTable("price_kind", PriceKind),
    RecordTable("price", Price, ("item_id", "price_kind_id", "characteristic_id", "unit_id")),
    RecordTable("warehouse", Warehouse),
    RecordTable("stock", Stock, ("item_id", "warehouse_id", "characteristic_id", "purpose_id")),
    RecordTable("document", Document),
    RecordTable("document_line", DocumentLine, ("document_id", "line_no"), "document_id"),
    RecordTable("allocation", Allocation, ("document_id", "line_no"), "document_id"),
    RecordTable("payment_stage", PaymentStage, ("document_id", "line_no"), "document_id"),
    RecordTable("settlement_entry", SettlementEntry, ("recorder_id", "line_no")),
    RecordTable("due_entry", DueEntry, ("recorder_id", "line_no")),
)

TABLES = {table.name: table for table in RECORDS}

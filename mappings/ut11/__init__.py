"""Declarations for УТ 11 (КА 2 and ERP 2 keep the same objects)."""

from __future__ import annotations

from mappings.ut11.contracts import CONTRACT, SETTLEMENT_KEY, SETTLEMENT_OBJECT
from mappings.ut11.items import CHARACTERISTIC, ITEM, UNIT, VAT_RATE
from mappings.ut11.orders import INVOICE, ORDER
from mappings.ut11.parties import CONTACT, COUNTERPARTY, PARTNER
from mappings.ut11.payments import BANK_RECEIPT, CASH_RECEIPT, OFFSET
from mappings.ut11.prices import PRICE, PRICE_KIND
from mappings.ut11.reference import CONTACT_KIND, CURRENCY, MANAGER, ORGANIZATION, PROPERTY
from mappings.ut11.settlements import DUE_ENTRY, SETTLEMENT_ENTRY
from mappings.ut11.shipments import RETURN_NOTE, SHIPPING_NOTE, TAX_INVOICE
from mappings.ut11.stock import STOCK, WAREHOUSE

UT11 = (
    CURRENCY,
    ORGANIZATION,
    MANAGER,
    CONTACT_KIND,
    PROPERTY,
    UNIT,
    VAT_RATE,
    ITEM,
    CHARACTERISTIC,
    PRICE_KIND,
    PRICE,
    WAREHOUSE,
    STOCK,
    PARTNER,
    COUNTERPARTY,
    CONTACT,
    CONTRACT,
    SETTLEMENT_KEY,
    SETTLEMENT_OBJECT,
    ORDER,
    INVOICE,
    SHIPPING_NOTE,
    RETURN_NOTE,
    TAX_INVOICE,
    BANK_RECEIPT,
    CASH_RECEIPT,
    OFFSET,
    SETTLEMENT_ENTRY,
    DUE_ENTRY,
)

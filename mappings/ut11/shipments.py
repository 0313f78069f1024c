"""Shipping notes, return notes and tax invoices."""

from __future__ import annotations

from mappings.readers import (
    any_kind,
    any_ref,
    choice,
    constant,
    day,
    money,
    optional_currency,
    optional_money,
    ref,
    text,
    typed_ref,
)
from mappings.ut11.documents import STAGES, document, goods
from mappings.ut11.kinds import KINDS

SETTLEMENT = {
    "settlement_currency": optional_currency("ВалютаВзаиморасчетов_Key"),
    "settlement_amount": optional_money("СуммаВзаиморасчетов", "ВалютаВзаиморасчетов_Key"),
}

SHIPPING_NOTE = document(
    "shipping_note",
    "Shipping notes (Реализация товаров и услуг)",
    "Document_РеализацияТоваровУслуг",
    {
        **SETTLEMENT,
        "status": choice(
            "Статус",
            {
                "КПредоплате": "awaiting_prepayment",
                "ВПути": "in_transit",
                "Отгружено": "shipped",
                "": "shipped",
            },
        ),
        "order_id": typed_ref("ЗаказКлиента", "Document_ЗаказКлиента"),
        "base_id": any_ref("ЗаказКлиента"),
        "base_kind": any_kind("ЗаказКлиента", KINDS),
        "delivery_address": text("АдресДоставки"),
    },
    rows=(goods("Товары", order_id=typed_ref("ЗаказКлиента", "Document_ЗаказКлиента")), STAGES),
    prints={"shipping_note": "РасходнаяНакладная", "torg12": "ТОРГ12"},
)

RETURN_NOTE = document(
    "return_note",
    "Return notes (Возврат товаров от клиента)",
    "Document_ВозвратТоваровОтКлиента",
    {
        **SETTLEMENT,
        "base_id": ref("ДокументРеализации_Key"),
        "base_kind": constant("shipping_note"),
    },
    rows=(goods("Товары"),),
    prints={"return_note": "ВозвратнаяНакладная"},
)

TAX_INVOICE = document(
    "tax_invoice",
    "Tax invoices (Счета-фактуры выданные)",
    "Document_СчетФактураВыданный",
    {
        "vat_amount": money("СуммаНДС", "Валюта_Key"),
        "base_id": any_ref("ДокументОснование"),
        "base_kind": any_kind("ДокументОснование", KINDS),
        "external_on": day("ДатаВыставления"),
    },
    prints={"tax_invoice": "СчетФактура"},
)

"""Kinds of price, and what is sold for how much now."""

from __future__ import annotations

from mappings.entity import Entity, table
from mappings.readers import (
    currency,
    flag,
    guid,
    is_word,
    key_part,
    moment,
    optional_currency,
    plain,
    quantity,
    text,
)

PRICE_KIND = Entity(
    name="price_kind",
    title="Kinds of price (Виды цен)",
    family="prices",
    source="Catalog_ВидыЦен",
    table=table("price_kind"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "currency": optional_currency("ВалютаЦены_Key"),
        "includes_vat": flag("ЦенаВключаетНДС"),
        "for_sale": flag("ИспользоватьПриПродаже"),
        "active": is_word("Статус", "Действует"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Description", "Ref_Key"),
    needs=("currency",),
    optional=True,
)

# A price of zero is how УТ withdraws one; the filter is of the slice's answer, so it does not bring back older ones.
PRICE = Entity(
    name="price",
    title="Current prices (Цены номенклатуры)",
    family="prices",
    source="InformationRegister_ЦеныНоменклатуры_RecordType/SliceLast",
    table=table("price"),
    fields={
        "item_id": guid("Номенклатура_Key"),
        "price_kind_id": guid("ВидЦены_Key"),
        "characteristic_id": key_part("Характеристика_Key"),
        "unit_id": key_part("Упаковка_Key"),
        "price": quantity("Цена"),
        "currency": currency("Валюта_Key"),
        "valid_from": moment("Period"),
    },
    condition="Цена gt 0",
    needs=("currency",),
    optional=True,
)

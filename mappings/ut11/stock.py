"""Warehouses, and what stands in them now."""

from __future__ import annotations

from mappings.entity import Entity, table
from mappings.readers import flag, guid, key_part, plain, text, total

WAREHOUSE = Entity(
    name="warehouse",
    title="Warehouses (Склады)",
    family="stock",
    source="Catalog_Склады",
    table=table("warehouse"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Description", "Ref_Key"),
    condition="IsFolder eq false",
    optional=True,
)

STOCK = Entity(
    name="stock",
    title="What is in the warehouses (Товары на складах)",
    family="stock",
    source="AccumulationRegister_ТоварыНаСкладах/Balance",
    table=table("stock"),
    fields={
        "item_id": guid("Номенклатура_Key"),
        "warehouse_id": guid("Склад_Key"),
        "characteristic_id": key_part("Характеристика_Key"),
        "purpose_id": key_part("Назначение_Key"),
        "on_hand": total("ВНаличииBalance"),
        "to_ship": total("КОтгрузкеBalance"),
    },
    optional=True,
)

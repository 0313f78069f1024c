"""What is traded, of what sort, and in which units."""

from __future__ import annotations

from mappings.entity import Entity, table
from mappings.readers import choice, flag, folded, guid, plain, quantity, ratio, ref, text

UNIT = Entity(
    name="unit",
    title="Units and packages (Упаковки, единицы измерения)",
    family="reference",
    source="Catalog_УпаковкиЕдиницыИзмерения",
    table=table("unit"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "code": text("Code"),
        "name": text("Description"),
        "factor": ratio("Числитель", "Знаменатель"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Code", "Ref_Key"),
)

VAT_RATE = Entity(
    name="vat_rate",
    title="Rates of VAT (Ставки НДС)",
    family="reference",
    source="Catalog_СтавкиНДС",
    table=table("vat_rate"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "percent": quantity("Ставка"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Description", "Ref_Key"),
    optional=True,
)

CHARACTERISTIC = Entity(
    name="characteristic",
    title="Sizes, colours (Характеристики номенклатуры)",
    family="reference",
    source="Catalog_ХарактеристикиНоменклатуры",
    table=table("characteristic"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Description", "Ref_Key"),
    optional=True,
)

ITEM = Entity(
    name="item",
    title="Items (Номенклатура)",
    family="reference",
    source="Catalog_Номенклатура",
    table=table("item"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "code": text("Code"),
        "article": text("Артикул"),
        "name": text("Description"),
        "full_name": text("НаименованиеПолное"),
        "kind": choice(
            "ТипНоменклатуры",
            {
                "Товар": "goods",
                "Услуга": "service",
                "Работа": "work",
                "МногооборотнаяТара": "returnable_container",
                "": "goods",
            },
        ),
        "folder_id": ref("Parent_Key"),
        "unit_id": ref("ЕдиницаИзмерения_Key"),
        "vat_rate_id": ref("СтавкаНДС_Key"),
        "search": folded("Code", "Артикул", "Description", "НаименованиеПолное"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Code", "Ref_Key"),
    condition="IsFolder eq false",
)

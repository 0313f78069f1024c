"""Currencies, own organisations, managers, and the names of kinds and extension fields."""

from __future__ import annotations

from mappings.entity import Entity, table
from mappings.readers import flag, guid, iso_currency, negated, plain, text

CURRENCY = Entity(
    name="currency",
    title="Currencies (Валюты)",
    family="reference",
    source="Catalog_Валюты",
    table=table("currency"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "code": iso_currency("Code"),
        "name": text("Description"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Code",),
)

ORGANIZATION = Entity(
    name="organization",
    title="Own legal entities (Организации)",
    family="reference",
    source="Catalog_Организации",
    table=table("organization"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "legal_name": text("НаименованиеПолное"),
        "tax_id": text("ИНН"),
        "tax_reason_code": text("КПП"),
        "registry_code": text("КодПоОКПО"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Code",),
)

MANAGER = Entity(
    name="manager",
    title="Managers (Пользователи)",
    family="reference",
    source="Catalog_Пользователи",
    table=table("manager"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "active": negated("Недействителен"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Description", "Ref_Key"),
)

CONTACT_KIND = Entity(
    name="contact_kind",
    title="Kinds of contact information (Виды контактной информации)",
    family="reference",
    source="Catalog_ВидыКонтактнойИнформации",
    table=table("contact_kind"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "code": text("PredefinedDataName"),
        "name": text("Description"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Description", "Ref_Key"),
    condition="IsFolder eq false",
)

PROPERTY = Entity(
    name="property",
    title="Extension fields (Дополнительные реквизиты и сведения)",
    family="reference",
    source="ChartOfCharacteristicTypes_ДополнительныеРеквизитыИСведения",
    table=table("property"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Имя"),
        "title": text("Заголовок"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Code", "Ref_Key"),
)

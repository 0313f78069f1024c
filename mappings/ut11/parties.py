"""Partners, counterparties, contacts, and how and where to reach them."""

from __future__ import annotations

from mappings.entity import Entity, Rows, table
from mappings.readers import (
    choice,
    day,
    extension,
    flag,
    guid,
    integer,
    kind_is,
    other_ref,
    parent_guid,
    plain,
    ref,
    switch,
    text,
)

CONTACT_POINTS = Rows(
    table("contact_point"),
    "КонтактнаяИнформация",
    {
        "owner_id": parent_guid(),
        "line_no": integer("LineNumber"),
        "type": choice(
            "Тип",
            {
                "Адрес": "address",
                "Телефон": "phone",
                "АдресЭлектроннойПочты": "email",
                "Факс": "fax",
                "Skype": "messenger",
                "ВебСтраница": "web",
                "Другое": "other",
                "": "other",
            },
        ),
        "kind_id": ref("Вид_Key"),
        "text": text("Представление"),
    },
)

DELIVERY_POINTS = Rows(
    table("delivery_point"),
    "КонтактнаяИнформация",
    {
        "partner_id": parent_guid(),
        "line_no": integer("LineNumber"),
        "kind_id": ref("Вид_Key"),
        "address": text("Представление"),
        "city": text("Город"),
        "region": text("Регион"),
    },
    where=kind_is("Вид_Key", "АдресДоставкиПартнера"),
)

PARTNER = Entity(
    name="partner",
    title="Partners and their delivery points (Партнеры)",
    family="parties",
    source="Catalog_Партнеры",
    table=table("partner"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "code": text("Code"),
        "name": text("Description"),
        "full_name": text("НаименованиеПолное"),
        "parent_id": ref("Parent_Key"),
        "manager_id": ref("ОсновнойМенеджер_Key"),
        "is_customer": flag("Клиент"),
        "registered_on": day("ДатаРегистрации"),
        "extension": extension("ДополнительныеРеквизиты"),
        "internal_memo": text("Комментарий"),
        "deletion_mark": flag("DeletionMark"),
    },
    rows=(CONTACT_POINTS, DELIVERY_POINTS),
    order_by=("Code", "Ref_Key"),
    needs=("contact_kind",),
)

COUNTERPARTY = Entity(
    name="counterparty",
    title="Counterparties: head offices and branches (Контрагенты)",
    family="parties",
    source="Catalog_Контрагенты",
    table=table("counterparty"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "name": text("Description"),
        "legal_name": text("НаименованиеПолное"),
        "kind": choice(
            "ЮрФизЛицо",
            {
                "ЮрЛицо": "company",
                "ЮрЛицоНеРезидент": "foreign_company",
                "ИндивидуальныйПредприниматель": "sole_proprietor",
                "ФизЛицо": "person",
                "": "company",
            },
        ),
        "status": switch("DeletionMark", on="closed", off="active"),
        "head_id": other_ref("ГоловнойКонтрагент_Key"),
        "is_branch": flag("ОбособленноеПодразделение"),
        "partner_id": ref("Партнер_Key"),
        "tax_id": text("ИНН"),
        "tax_reason_code": text("КПП"),
        "registry_code": text("КодПоОКПО"),
        "registration_number": text("РегистрационныйНомер"),
        "foreign_tax_number": text("НалоговыйНомер"),
        "extension": extension("ДополнительныеРеквизиты"),
        "internal_memo": text("ДополнительнаяИнформация"),
        "deletion_mark": flag("DeletionMark"),
    },
    rows=(CONTACT_POINTS,),
    order_by=("Description", "ИНН", "КПП", "Ref_Key"),
    needs=("contact_kind",),
)

CONTACT = Entity(
    name="contact",
    title="Contact persons (Контактные лица партнеров)",
    family="parties",
    source="Catalog_КонтактныеЛицаПартнеров",
    table=table("contact"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "partner_id": ref("Owner_Key"),
        "name": text("Description"),
        "position": text("ДолжностьПоВизитке"),
        "left_on": day("ДатаПрекращенияСвязи"),
        "deletion_mark": flag("DeletionMark"),
    },
    rows=(CONTACT_POINTS,),
    order_by=("Code", "Ref_Key"),
)

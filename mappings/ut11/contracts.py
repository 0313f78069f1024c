"""Contracts, and what the settlement registers point to in their place."""

from __future__ import annotations

from mappings.entity import Entity, table
from mappings.readers import (
    any_kind,
    any_ref,
    choice,
    currency,
    day,
    days,
    extension,
    flag,
    guid,
    limit,
    optional_moment,
    plain,
    ref,
    text,
)
from mappings.ut11.kinds import KINDS

CONTRACT = Entity(
    name="contract",
    title="Contracts: terms, limits, kinds (Договоры контрагентов)",
    family="parties",
    source="Catalog_ДоговорыКонтрагентов",
    table=table("contract"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "organization_id": ref("Организация_Key"),
        "partner_id": ref("Партнер_Key"),
        "counterparty_id": ref("Контрагент_Key"),
        "number": text("Номер"),
        "signed_on": day("Дата"),
        "name": text("Description"),
        "kind": choice(
            "ТипДоговора",
            {
                "СПокупателем": "sale",
                "СПоставщиком": "purchase",
                "СКомиссионером": "commission",
                "Прочее": "other",
            },
        ),
        "status": choice("Статус", {"НеСогласован": "draft", "Действует": "active", "Закрыт": "closed"}),
        "currency": currency("ВалютаВзаиморасчетов_Key"),
        "valid_from": day("ДатаНачалаДействия"),
        "valid_to": day("ДатаОкончанияДействия"),
        "settlement_order": choice(
            "ПорядокРасчетов",
            {
                "ПоДоговорамКонтрагентов": "by_contract",
                "ПоЗаказам": "by_order",
                "ПоНакладным": "by_shipping_note",
                "ПоЗаказамНакладным": "by_order_and_shipping_note",
                "": "by_contract",
            },
        ),
        "payment_terms_days": days("СрокОплаты", switch="УстановленСрокОплаты"),
        "credit_limit": limit(
            "ДопустимаяСуммаЗадолженности", "ОграничиватьСуммуЗадолженности", "ВалютаВзаиморасчетов_Key"
        ),
        "blocks_when_overdue": flag("ЗапрещаетсяПросроченнаяЗадолженность"),
        "manager_id": ref("Менеджер_Key"),
        "extension": extension("ДополнительныеРеквизиты"),
        "internal_memo": text("Комментарий"),
        "deletion_mark": flag("DeletionMark"),
    },
    order_by=("Code", "Ref_Key"),
    needs=("currency",),
)

SETTLEMENT_KEY = Entity(
    name="settlement_key",
    title="Settlement keys: organisation, counterparty, contract (Ключи аналитики учета по партнерам)",
    family="settlements",
    source="Catalog_КлючиАналитикиУчетаПоПартнерам",
    table=table("settlement_key"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "organization_id": ref("Организация_Key"),
        "partner_id": ref("Партнер_Key"),
        "counterparty_id": ref("Контрагент_Key"),
        "contract_id": ref("Договор_Key"),
    },
    order_by=("Description", "Ref_Key"),
)

SETTLEMENT_OBJECT = Entity(
    name="settlement_object",
    title="Objects of settlement: contract, order or shipping note (Объекты расчетов)",
    family="settlements",
    source="Catalog_ОбъектыРасчетов",
    table=table("settlement_object"),
    fields={
        "id": guid("Ref_Key"),
        "version": plain("DataVersion"),
        "object_id": any_ref("Объект"),
        "object_kind": any_kind("Объект", KINDS),
        "organization_id": ref("Организация_Key"),
        "counterparty_id": ref("Контрагент_Key"),
        "contract_id": ref("Договор_Key"),
        "number": text("Номер"),
        "dated_at": optional_moment("Дата"),
    },
    period="Дата",
    period_field="dated_at",
)

"""What every document of УТ 11 has in common; a kind adds what is its own.

A new kind is `document("receipt_note", "Document_...", {...})` in a module of this folder and its line
in `__init__.py`: it lands in the same journal (BS-05).
"""

from __future__ import annotations

from collections.abc import Mapping

from mappings.entity import Entity, Rows, table
from mappings.readers import (
    Reader,
    choice,
    constant,
    currency,
    day,
    flag,
    guid,
    integer,
    moment,
    money,
    parent_guid,
    plain,
    quantity,
    ref,
    text,
)
from schemas.print_forms import PrintForm

HEAD: Mapping[str, Reader] = {
    "id": guid("Ref_Key"),
    "version": plain("DataVersion"),
    "number": text("Number"),
    "dated_at": moment("Date"),
    "posted": flag("Posted"),
    "deletion_mark": flag("DeletionMark"),
    "organization_id": ref("Организация_Key"),
    "partner_id": ref("Партнер_Key"),
    "counterparty_id": guid("Контрагент_Key"),
    "contract_id": ref("Договор_Key"),
    "currency": currency("Валюта_Key"),
    "amount": money("СуммаДокумента", "Валюта_Key"),
    "manager_id": ref("Менеджер_Key"),
    "internal_memo": text("Комментарий"),
}

NOT_KEPT: Mapping[str, Reader] = {
    "settlement_currency": constant(None),
    "settlement_amount": constant(None),
    "vat_amount": constant(None),
    "status": constant(""),
    "order_id": constant(None),
    "base_id": constant(None),
    "base_kind": constant(""),
    "external_number": constant(""),
    "external_on": constant(None),
    "due_on": constant(None),
    "purpose": constant(""),
    "delivery_address": constant(""),
    "contact_id": constant(None),
}


def goods(part: str, **own: Reader) -> Rows:
    """Lines of goods; `own` replaces what this kind keeps in another way."""
    fields = {
        "document_id": parent_guid(),
        "line_no": integer("LineNumber"),
        "item_id": ref("Номенклатура_Key"),
        "quantity": quantity("Количество"),
        "unit_id": ref("Упаковка_Key"),
        "price": quantity("Цена"),
        "amount": money("Сумма", "Валюта_Key", of_parent=True),
        "vat": money("СуммаНДС", "Валюта_Key", of_parent=True),
        "order_id": constant(None),
        "cancelled": constant(False),
    }
    return Rows(table("document_line"), part, {**fields, **own})


STAGES = Rows(
    table("payment_stage"),
    "ЭтапыГрафикаОплаты",
    {
        "document_id": parent_guid(),
        "line_no": integer("LineNumber"),
        "kind": choice(
            "ВариантОплаты",
            {
                "АвансДоОбеспечения": "advance",
                "ПредоплатаДоОтгрузки": "prepayment",
                "КредитПослеОтгрузки": "credit",
                "КредитСдвиг": "credit",
                "": "credit",
            },
        ),
        "pay_on": day("ДатаПлатежа"),
        "percent": quantity("ПроцентПлатежа"),
        "amount": money("СуммаПлатежа", "Валюта_Key", of_parent=True),
    },
)


def document(
    kind: str,
    title: str,
    source: str,
    own: Mapping[str, Reader],
    rows: tuple[Rows, ...] = (),
    prints: Mapping[PrintForm, str] = {},
) -> Entity:
    """Declare a kind of document. `prints` are the forms of `onec/`: `СальдоПечать.Формы()`."""
    return Entity(
        name=kind,
        title=title,
        family="documents",
        source=source,
        table=table("document"),
        fields={**HEAD, **NOT_KEPT, "kind": constant(kind), **own},
        rows=rows,
        period="Date",
        period_field="dated_at",
        needs=("currency",),
        prints=prints,
    )

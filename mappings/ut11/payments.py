"""Money received at the bank and at the cash desk, and offsets."""

from __future__ import annotations

from mappings.entity import Rows, table
from mappings.readers import (
    any_kind,
    any_ref,
    day,
    integer,
    money,
    optional_currency,
    optional_money,
    parent_guid,
    ref,
    switch,
    text,
)
from mappings.ut11.documents import document
from mappings.ut11.kinds import KINDS

ALLOCATIONS = Rows(
    table("allocation"),
    "РасшифровкаПлатежа",
    {
        "document_id": parent_guid(),
        "line_no": integer("LineNumber"),
        "base_id": any_ref("ОснованиеПлатежа"),
        "base_kind": any_kind("ОснованиеПлатежа", KINDS),
        "settlement_object_id": ref("ОбъектРасчетов_Key"),
        "amount": money("Сумма", "Валюта_Key", of_parent=True),
        "settlement_amount": optional_money("СуммаВзаиморасчетов", "ВалютаВзаиморасчетов_Key"),
        "settlement_currency": optional_currency("ВалютаВзаиморасчетов_Key"),
    },
)

BANK_RECEIPT = document(
    "bank_receipt",
    "Bank receipts (Поступление безналичных денежных средств)",
    "Document_ПоступлениеБезналичныхДенежныхСредств",
    {
        "status": switch("ПроведеноБанком", on="cleared", off="expected"),
        "external_number": text("НомерВходящегоДокумента"),
        "external_on": day("ДатаВходящегоДокумента"),
        "due_on": day("ДатаПроведенияБанком"),
        "purpose": text("НазначениеПлатежа"),
    },
    rows=(ALLOCATIONS,),
)

CASH_RECEIPT = document(
    "cash_receipt",
    "Cash receipts (Приходные кассовые ордера)",
    "Document_ПриходныйКассовыйОрдер",
    {"purpose": text("Основание")},
    rows=(ALLOCATIONS,),
)

OFFSET = document(
    "offset",
    "Offsets of debts (Взаимозачеты задолженности)",
    "Document_ВзаимозачетЗадолженности",
    {"base_id": ref("ДоговорКредитор_Key")},
)

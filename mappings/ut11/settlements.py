"""Movements of the settlement registers: what the balance is made of."""

from __future__ import annotations

from mappings.entity import Entity, table
from mappings.readers import (
    any_kind,
    any_ref,
    currency,
    day,
    flag,
    guid,
    integer,
    moment,
    ref,
    signed_money,
)
from mappings.totals import Totals
from mappings.ut11.kinds import KINDS

KEY, CURRENCY = "АналитикаУчетаПоПартнерам_Key", "Валюта_Key"

MOVEMENT = {
    "recorder_id": guid("Recorder"),
    "line_no": integer("LineNumber"),
    "recorder_kind": any_kind("Recorder", KINDS),
    "at": moment("Period"),
    "active": flag("Active"),
    "settlement_key_id": guid(KEY),
    "settlement_object_id": ref("ОбъектРасчетов_Key"),
    "currency": currency(CURRENCY),
}

SETTLEMENT_ENTRY = Entity(
    name="settlement_entry",
    title="Settlement movements (Расчеты с клиентами)",
    family="settlements",
    source="AccumulationRegister_РасчетыСКлиентами_RecordType",
    table=table("settlement_entry"),
    fields={**MOVEMENT, "amount": signed_money("Сумма", CURRENCY)},
    period="Period",
    period_field="at",
    needs=("currency",),
    totals=Totals("AccumulationRegister_РасчетыСКлиентами", KEY, CURRENCY, {"amount": "Сумма"}),
)

DUE_ENTRY = Entity(
    name="due_entry",
    title="Settlement movements by due date (Расчеты с клиентами по срокам)",
    family="settlements",
    source="AccumulationRegister_РасчетыСКлиентамиПоСрокам_RecordType",
    table=table("due_entry"),
    fields={
        **MOVEMENT,
        "settled_id": any_ref("РасчетныйДокумент"),
        "settled_kind": any_kind("РасчетныйДокумент", KINDS),
        "arose_on": day("ДатаВозникновения"),
        "due_on": day("ДатаПлановогоПогашения"),
        "debt": signed_money("Долг", CURRENCY),
        "advance": signed_money("Предоплата", CURRENCY),
    },
    period="Period",
    period_field="at",
    needs=("currency",),
    totals=Totals(
        "AccumulationRegister_РасчетыСКлиентамиПоСрокам",
        KEY,
        CURRENCY,
        {"debt": "Долг", "advance": "Предоплата"},
    ),
)

"""Orders and invoices for payment."""

from __future__ import annotations

from mappings.readers import any_kind, any_ref, choice, day, flag, ref, switch, text, typed_ref
from mappings.ut11.documents import STAGES, document, goods
from mappings.ut11.kinds import KINDS

ORDER = document(
    "order",
    "Orders (Заказы клиентов)",
    "Document_ЗаказКлиента",
    {
        "status": choice(
            "Статус",
            {
                "НеСогласован": "draft",
                "КОбеспечению": "in_supply",
                "КВыполнению": "in_supply",
                "КОтгрузке": "to_ship",
                "Закрыт": "closed",
            },
        ),
        "external_number": text("НомерПоДаннымКлиента"),
        "external_on": day("ДатаПоДаннымКлиента"),
        "due_on": day("ДатаОтгрузки"),
        "delivery_address": text("АдресДоставки"),
        "contact_id": ref("КонтактноеЛицо_Key"),
    },
    rows=(goods("Товары", cancelled=flag("Отменено")), STAGES),
)

INVOICE = document(
    "invoice",
    "Invoices for payment (Счета на оплату клиентам)",
    "Document_СчетНаОплатуКлиенту",
    {
        "status": switch("Аннулирован", on="cancelled", off="issued"),
        "order_id": typed_ref("ДокументОснование", "Document_ЗаказКлиента"),
        "base_id": any_ref("ДокументОснование"),
        "base_kind": any_kind("ДокументОснование", KINDS),
        "purpose": text("НазначениеПлатежа"),
    },
    rows=(STAGES,),
    prints={"invoice": "СчетНаОплату"},
)

"""The site's words for what a composite reference of УТ 11 points to."""

from __future__ import annotations

KINDS = {
    "Catalog_ДоговорыКонтрагентов": "contract",
    "Document_ЗаказКлиента": "order",
    "Document_СчетНаОплатуКлиенту": "invoice",
    "Document_РеализацияТоваровУслуг": "shipping_note",
    "Document_ВозвратТоваровОтКлиента": "return_note",
    "Document_СчетФактураВыданный": "tax_invoice",
    "Document_ПоступлениеБезналичныхДенежныхСредств": "bank_receipt",
    "Document_ПриходныйКассовыйОрдер": "cash_receipt",
    "Document_ВзаимозачетЗадолженности": "offset",
}

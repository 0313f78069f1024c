"""A compiled declaration maps whole pages and refuses single records."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from mappings.compiled import compile_entity
from mappings.entity import Entity
from mappings.ut11 import CONTRACT, DUE_ENTRY, PRICE, PRICE_KIND, RETURN_NOTE, STOCK
from mappings.values import EMPTY_DATE, EMPTY_GUID, Context
from schemas.errors import ConfigurationError
from schemas.records.document import Document, DocumentLine

RUB = "5f6aa2f1-0000-4000-8000-000000000643"
CONTEXT = Context({RUB: ("RUB", 2)})


def key(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def note(number: int, **changed: Any) -> SimpleNamespace:
    line = SimpleNamespace(
        LineNumber=1, Номенклатура_Key=key(7), Количество=Decimal("2.5"), Упаковка_Key=EMPTY_GUID,
        Цена=Decimal("10.10"), Сумма=Decimal("25.25"), СуммаНДС=Decimal("4.21"),
    )  # fmt: skip
    row = {
        "Ref_Key": key(number), "DataVersion": "AAA=", "Number": "УТ00-000001 ",
        "Date": "2026-03-31T23:59:59", "Posted": True, "DeletionMark": False, "Организация_Key": key(1),
        "Партнер_Key": key(2),
        "Контрагент_Key": key(3), "Договор_Key": key(4), "Валюта_Key": RUB,
        "СуммаДокумента": Decimal("25.25"), "Менеджер_Key": EMPTY_GUID, "Комментарий": "",
        "ВалютаВзаиморасчетов_Key": EMPTY_GUID,
        "СуммаВзаиморасчетов": Decimal(0), "ДокументРеализации_Key": key(5), "Товары": [line],
    }  # fmt: skip
    return SimpleNamespace(**(row | changed))


def test_a_document_and_its_lines_become_records_with_their_place() -> None:
    mapped = compile_entity(RETURN_NOTE, CONTEXT).map_page([(0, note(10)), (4, note(11))], 77)
    *fields, landing_id, place = mapped.rows["document"][1]
    document = Document(*fields)
    assert (landing_id, place) == (77, 4)
    assert (document.id, document.kind, document.number) == (key(11), "return_note", "УТ00-000001")
    assert (document.amount, document.currency, document.manager_id) == (2525, "RUB", None)
    assert (document.base_id, document.base_kind) == (key(5), "shipping_note")
    line = DocumentLine(*mapped.rows["document_line"][0][:-2])
    assert (line.document_id, line.quantity, line.amount, line.vat) == (key(10), 2_500_000, 2525, 421)


def test_a_record_that_cannot_be_mapped_leaves_nothing_behind_and_names_its_field() -> None:
    rows = [(0, note(10)), (1, note(11, Контрагент_Key=EMPTY_GUID)), (2, note(12))]
    mapped = compile_entity(RETURN_NOTE, CONTEXT).map_page(rows, 1)
    assert [row[0] for row in mapped.rows["document"]] == [key(10), key(12)]
    assert [row[0] for row in mapped.rows["document_line"]] == [key(10), key(12)]
    (refusal,) = mapped.refused
    assert (refusal.record_id, refusal.place) == (key(11), 1)
    assert (refusal.field, refusal.paths) == ("return_note.counterparty_id", ("Контрагент_Key",))
    assert refusal.hint


def test_a_line_that_cannot_be_mapped_refuses_its_document() -> None:
    bad = note(10)
    bad.Товары[0].Сумма = Decimal("0.001")
    mapped = compile_entity(RETURN_NOTE, CONTEXT).map_page([(0, bad)], 1)
    assert mapped.rows == {"document": [], "document_line": []}
    assert mapped.refused[0].field == "document_line.amount"


def test_a_year_0209_is_refused_with_its_field() -> None:
    mapped = compile_entity(RETURN_NOTE, CONTEXT).map_page([(0, note(10, Date="0209-01-01T00:00:00"))], 1)
    assert mapped.refused[0].field == "return_note.dated_at"


def test_an_installation_reads_its_own_field_names() -> None:
    renamed = CONTRACT.renamed({"Catalog_ДоговорыКонтрагентов.СрокОплаты": "ДнівВідтермінування"})
    names = {wire.name for wire in renamed.source_set.row.fields}
    assert "ДнівВідтермінування" in names
    assert "СрокОплаты" not in names
    assert renamed.digest != CONTRACT.digest


def test_an_installation_without_a_field_gives_its_absence() -> None:
    renamed = CONTRACT.renamed({"Catalog_ДоговорыКонтрагентов.СрокОплаты": ""})
    reader = renamed.fields["payment_terms_days"]
    assert reader.reads == ()
    assert reader.convert is not None
    assert reader.convert() is None


def test_a_field_nobody_can_do_without_cannot_be_absent() -> None:
    with pytest.raises(ConfigurationError, match="currency"):
        CONTRACT.renamed({"Catalog_ДоговорыКонтрагентов.ВалютаВзаиморасчетов_Key": ""})


def test_a_renaming_of_a_field_nobody_reads_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="Опечатка"):
        CONTRACT.renamed({"Catalog_ДоговорыКонтрагентов.Опечатка": "X"})


def test_a_field_of_a_line_can_be_renamed() -> None:
    renamed = RETURN_NOTE.renamed({"Document_ВозвратТоваровОтКлиента.Товары.Цена": "ЦенаСоСкидкой"})
    assert "Товары/ЦенаСоСкидкой" in {path for _, _, paths in renamed.paths() for path in paths}


def test_an_optional_set_may_be_another_one_here_or_none() -> None:
    newer = "InformationRegister_ЦеныНоменклатуры25_RecordType/SliceLast"
    renamed = PRICE.renamed({PRICE.source: newer, f"{PRICE.source}.Упаковка_Key": "УпаковкаЦО_Key"})
    assert renamed.source_set.name == newer
    assert renamed.source_set.key[-1] == "УпаковкаЦО_Key"
    assert PRICE.renamed({PRICE.source: ""}).source == ""


@pytest.mark.parametrize(
    ("entity", "name"), [(CONTRACT, ""), (CONTRACT, "Catalog_Другие"), (PRICE, "InformationRegister_Цены")]
)
def test_a_set_that_is_needed_or_is_read_otherwise_cannot_be_another_one(entity: Entity, name: str) -> None:
    with pytest.raises(ConfigurationError, match="in place of"):
        entity.renamed({entity.source: name})


def test_a_price_is_exact_and_what_it_is_not_of_is_empty() -> None:
    row = SimpleNamespace(
        Номенклатура_Key=key(1), ВидЦены_Key=key(2), Характеристика_Key=EMPTY_GUID, Упаковка_Key=EMPTY_GUID,
        Цена=Decimal("1.234567"), Валюта_Key=RUB, Period="2026-11-20T00:00:00",
    )  # fmt: skip
    mapped = compile_entity(PRICE, CONTEXT).map_page([(0, row)], 9)
    assert mapped.rows["price"] == [(key(1), key(2), "", "", 1234567, "RUB", "2026-11-20T00:00:00", 9, 0)]
    row.Валюта_Key = key(99)
    (refusal,) = compile_entity(PRICE, CONTEXT).map_page([(0, row)], 9).refused
    assert (refusal.record_id, refusal.field) == (key(1), "price.currency")


def test_a_balance_without_a_figure_has_none_of_it() -> None:
    row = SimpleNamespace(
        Номенклатура_Key=key(1), Склад_Key=key(2), Характеристика_Key=key(3), Назначение_Key=EMPTY_GUID,
        ВНаличииBalance=Decimal("12.5"), КОтгрузкеBalance=None,
    )  # fmt: skip
    mapped = compile_entity(STOCK, CONTEXT).map_page([(0, row)], 9)
    assert mapped.rows["stock"] == [(key(1), key(2), key(3), "", 12_500_000, 0, 9, 0)]


def test_a_folder_of_price_kinds_is_not_for_sale() -> None:
    row = SimpleNamespace(
        Ref_Key=key(1), DataVersion="1", Description="Служебные", ВалютаЦены_Key=None, ЦенаВключаетНДС=None,
        ИспользоватьПриПродаже=None, Статус=None, DeletionMark=False,
    )  # fmt: skip
    (found,) = compile_entity(PRICE_KIND, CONTEXT).map_page([(0, row)], 9).rows["price_kind"]
    named = dict(zip(PRICE_KIND.table.fields, found, strict=False))
    assert (named["currency"], named["for_sale"], named["active"]) == (None, False, False)


def test_a_movement_without_a_due_date_has_none() -> None:
    row = SimpleNamespace(
        Recorder=key(1), Recorder_Type="StandardODATA.Document_РеализацияТоваровУслуг", LineNumber=1,
        Period="2026-01-05T10:00:00", Active=True, RecordType="Expense", АналитикаУчетаПоПартнерам_Key=key(2),
        ОбъектРасчетов_Key=EMPTY_GUID, Валюта_Key=RUB, РасчетныйДокумент=key(1),
        РасчетныйДокумент_Type="StandardODATA.Document_РеализацияТоваровУслуг",
        ДатаВозникновения="2026-01-05T00:00:00",
        ДатаПлановогоПогашения=EMPTY_DATE, Долг=Decimal("12.34"), Предоплата=Decimal(0),
    )  # fmt: skip
    (entry,) = compile_entity(DUE_ENTRY, CONTEXT).map_page([(0, row)], 9).rows["due_entry"]
    named = dict(zip(DUE_ENTRY.table.fields, entry, strict=False))
    assert (named["due_on"], named["debt"], named["advance"]) == (None, -1234, 0)
    assert (named["settled_kind"], named["arose_on"]) == ("shipping_note", "2026-01-05")

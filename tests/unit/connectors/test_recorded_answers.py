"""Answers that real 1C servers wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.decode import decoder_for, decoder_of
from connectors.decode_atom import AtomDecoder
from connectors.dialects import ONEC
from schemas.source import SourceSet, WireField, WireRow, WireType

CORPUS = Path("../shared/corpus/onec/odata")
pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real 1C answers is not here")


def row(part: str = "", lines: dict[str, WireType] | None = None, /, **types: WireType) -> WireRow:
    parts = ((part, row(**lines)),) if lines else ()
    return WireRow(tuple(WireField(name, kind) for name, kind in types.items()), parts)


RECEIPTS = row(
    "Товары",
    {"LineNumber": "integer", "Количество": "decimal", "ШтрихКод": "text"},
    Ref_Key="text", Date="text", Posted="flag", НомерКонтракта="text",
)  # fmt: skip
UNITS = row(Ref_Key="text", Коэффициент="integer", Вес="decimal")
ITEMS_AND_FOLDERS = WireRow(
    (
        WireField("Ref_Key", "text"),
        WireField("Артикул", "text", nullable=True),
        WireField("Весовой", "flag", nullable=True),
    )
)
SHIPPING_NOTES = row(
    "Товары",
    {"Сумма": "decimal", "Субконто": "text", "Субконто_Type": "text"},
    Ref_Key="text", СуммаДокумента="decimal", КратностьВзаиморасчетов="integer",
)  # fmt: skip
ORDERS = row(
    "Товары",
    {"LineNumber": "integer", "Сумма": "decimal"},
    Ref_Key="text", Date="text", Комментарий="text", СуммаДокумента="decimal", Posted="flag",
)  # fmt: skip
RECORD_SETS = row("RecordSet", {"Period": "text", "Заказано": "decimal"}, Recorder="text")


@pytest.mark.parametrize(
    ("file", "declared"),
    [
        ("custom_2016/01_*.json", RECEIPTS),
        ("custom_2016/05_*.json", UNITS),
        ("custom_2016/06_*.json", ITEMS_AND_FOLDERS),
        ("bp30/*.json", SHIPPING_NOTES),
    ],
)
def test_json_answers_are_read_whole(file: str, declared: WireRow) -> None:
    text = next(CORPUS.glob(file)).read_bytes()
    decoded = decoder_for(declared, ONEC).rows(text)
    assert decoded.rejected == []
    assert len(decoded.rows) == text.count(b'"DataVersion"') > 0
    assert all(record.Ref_Key for record in decoded.rows)


def test_feeds_are_read_set_by_set() -> None:
    text = next(CORPUS.glob("ut_demo_8.5/msg003*")).read_bytes()
    decoded = AtomDecoder(ORDERS, "Document_ЗаказКлиента").rows(text)
    assert decoded.rejected == []
    assert [len(record.Товары) for record in decoded.rows] == [2, 9, 3]
    assert all(sum(line.Сумма for line in record.Товары) == record.СуммаДокумента for record in decoded.rows)
    sets = AtomDecoder(RECORD_SETS, "AccumulationRegister_ЗаказыКлиентов").rows(text)
    assert [len(record.RecordSet) for record in sets.rows] == [18, 2, 6]


def test_recorded_record_sets_are_movements_with_their_recorder() -> None:
    text = next(CORPUS.glob("ut_demo_8.5/msg003*")).read_bytes()
    movements = SourceSet(
        "AccumulationRegister_ЗаказыКлиентов_RecordType",
        row(
            Recorder="text", Recorder_Type="text", Period="text", LineNumber="integer", Active="flag",
            RecordType="text", Заказано="decimal",
        ),
        "Period",
    )  # fmt: skip
    decoded = decoder_of(movements, ONEC, "application/atom+xml;type=feed;charset=utf-8").rows(text)
    assert (len(decoded.rows), decoded.rejected, list(decoded.places)) == (26, [], list(range(26)))
    assert {record.Recorder_Type for record in decoded.rows} == {"StandardODATA.Document_ЗаказКлиента"}
    assert [record.LineNumber for record in decoded.rows[:18]] == list(range(1, 19))
    assert {record.RecordType for record in decoded.rows} <= {"Receipt", "Expense"}


@pytest.mark.parametrize("file", ["msg002_nomenklatura.xml", "msg004_kontragenti.xml"])
def test_feeds_of_one_set_need_no_name(file: str) -> None:
    text = (CORPUS / "ut_demo_8.5" / file).read_bytes()
    decoded = AtomDecoder(row(Ref_Key="text", Description="text", DeletionMark="flag")).rows(text)
    assert (len(decoded.rows), decoded.rejected) == (5, [])

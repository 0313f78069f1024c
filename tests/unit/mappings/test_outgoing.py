from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mappings.outgoing import OUTGOING, outgoing, written
from mappings.stored import equal, marker
from mappings.values import EMPTY_GUID
from schemas.errors import ConfigurationError
from schemas.outgoing import Difference, Row, Sought
from tests.unit.mappings.orders_to_write import (
    BOX,
    BRANCH,
    CONTACT,
    CONTRACT,
    ID,
    ITEM,
    ORGANIZATION,
    OTHER,
    PARTNER,
    PARTY,
    PIECE,
    RATE,
    RUBLE,
    facts,
    line,
    order,
    settings,
)

OUT = outgoing(settings(), "order")
REAL_METADATA = Path(__file__).parents[4] / "shared/corpus/onec/odata/ut_demo_8.5/msg001_metadata.xml"


def lines(row: Row) -> list[dict[str, Any]]:
    return row["Товары"]  # type: ignore[return-value]


def test_an_order_becomes_a_document_with_every_field_of_its_own() -> None:
    row = OUT.build(facts(), order(comment="Не звонить", wished_on="2026-12-01", contact_id=CONTACT))
    assert row == {
        "Организация_Key": ORGANIZATION, "Партнер_Key": PARTNER, "Контрагент_Key": PARTY,
        "Договор_Key": CONTRACT, "Валюта_Key": RUBLE, "СуммаДокумента": Decimal("301.5"),
        "ЦенаВключаетНДС": True, "Статус": "КОбеспечению", "ХозяйственнаяОперация": "РеализацияКлиенту",
        "ПорядокРасчетов": "ПоЗаказам", "ДатаОтгрузки": "2026-12-01T00:00:00", "НомерПоДаннымКлиента": "П-1",
        "ДатаПоДаннымКлиента": "2026-11-22T00:00:00", "АдресДоставки": "", "КонтактноеЛицо_Key": CONTACT,
        "Комментарий": f"Не звонить\n[saldo {ID}]", "МаксимальныйКодСтроки": "1",
        "Товары": [
            {
                "LineNumber": "1", "Номенклатура_Key": ITEM, "КоличествоУпаковок": Decimal("3"),
                "Количество": Decimal("3"), "Цена": Decimal("100.5"), "Сумма": Decimal("301.5"),
                "СтавкаНДС_Key": RATE, "СуммаНДС": Decimal("50.25"), "СуммаСНДС": Decimal("301.5"),
                "КодСтроки": "1", "ДатаОтгрузки": "2026-12-01T00:00:00",
            }
        ],
    }  # fmt: skip


def test_whoever_the_goods_are_for_is_the_contact_and_a_branch_the_consignee() -> None:
    row = OUT.build(facts(), order(contact_id=CONTACT, on_behalf_of=OTHER, branch_id=BRANCH))
    assert (row["КонтактноеЛицо_Key"], row["Грузополучатель_Key"]) == (OTHER, BRANCH)
    assert "Грузополучатель_Key" not in OUT.build(facts(), order(branch_id=PARTY))
    assert OUT.build(facts(), order())["КонтактноеЛицо_Key"] == EMPTY_GUID


def test_a_package_is_counted_in_the_items_own_unit_too() -> None:
    (boxes,) = lines(OUT.build(facts(), order(line(unit_id=BOX, quantity=2_500_000))))
    assert boxes["Упаковка_Key"] == BOX
    assert (boxes["КоличествоУпаковок"], boxes["Количество"]) == (Decimal("2.5"), Decimal("30"))
    (pieces,) = lines(OUT.build(facts(), order(line(unit_id=PIECE))))
    assert "Упаковка_Key" not in pieces
    (third,) = lines(OUT.build(facts(factors={BOX: 333_333}), order(line(unit_id=BOX, quantity=1_000_000))))
    assert third["Количество"] == Decimal("0.333")


def test_a_discount_adds_up_to_the_approved_amount() -> None:
    (row,) = lines(OUT.build(facts(), order(line(price=33_330_000, discount=7_500_000))))
    assert row["ПроцентРучнойСкидки"] == Decimal("7.5")
    assert row["Цена"] * row["КоличествоУпаковок"] - row["СуммаРучнойСкидки"] == row["Сумма"]
    (uneven,) = lines(OUT.build(facts(), order(line(discount=7_512_300))))
    assert "ПроцентРучнойСкидки" not in uneven  # УТ would round it to two digits
    assert uneven["СуммаРучнойСкидки"] > 0


def test_prices_without_vat_have_it_on_top_of_every_line() -> None:
    row = OUT.build(facts(), order(line(), line(price=10_030_000), prices_include_vat=False))
    assert sum(one["СуммаСНДС"] for one in lines(row)) == row["СуммаДокумента"]
    assert [one["СуммаСНДС"] - one["Сумма"] for one in lines(row)] == [one["СуммаНДС"] for one in lines(row)]


def test_constants_of_the_installation_are_written_and_come_before_ours() -> None:
    constants = {"Склад_Key": OTHER, "Статус": "КОтгрузке", "Согласован": "true", "Товары.Склад_Key": OTHER}
    here = outgoing(settings(constants=constants), "order")
    row = here.build(facts(), order(line(), line()))
    assert (row["Склад_Key"], row["Статус"], row["Согласован"]) == (OTHER, "КОтгрузке", True)
    assert [one["Склад_Key"] for one in lines(row)] == [OTHER, OTHER]
    assert here.differences(row, row | {"Склад_Key": PARTY}) == (Difference("Склад_Key", OTHER, PARTY),)
    with pytest.raises(ConfigurationError, match="Услуги"):
        outgoing(settings(constants={"Услуги.Склад_Key": OTHER}), "order")
    for name in ("Ref_Key", "Комментарий", "НомерПоДаннымКлиента", "Контрагент_Key"):
        with pytest.raises(ConfigurationError, match=name):
            outgoing(settings(constants={name: OTHER}), "order")


def test_names_of_the_installation_hold_for_writing() -> None:
    start = "Document_ЗаказКлиента"
    names = {
        f"{start}.НомерПоДаннымКлиента": "НомерПортала", f"{start}.Товары.Цена": "ЦенаСайта",
        f"{start}.Менеджер_Key": "", f"{start}.ПорядокРасчетов": "", "Catalog_Склады.Ref_Key": "x",
    }  # fmt: skip
    here = outgoing(settings(names), "order")
    row = here.build(facts(manager_id=OTHER), order())
    assert row["НомерПортала"] == "П-1"
    assert {"НомерПоДаннымКлиента", "ПорядокРасчетов", "Менеджер_Key"}.isdisjoint(row)
    assert "ЦенаСайта" in lines(row)[0]
    assert here.looked_for(row)[0] == Sought("НомерПортала", "text", "П-1")
    with pytest.raises(ConfigurationError, match="Комментарий"):
        outgoing(settings({f"{start}.Комментарий": ""}), "order")


def test_a_mapping_that_writes_nothing_says_so() -> None:
    with pytest.raises(ConfigurationError, match="delivery_point"):
        outgoing(replace(settings(), mapping="other"), "delivery_point")


def test_when_the_hub_took_it_is_told_and_not_compared_but_not_ignored_either() -> None:
    """A hub restored from a backup takes the same order on another day."""
    sent = OUT.build(facts(manager_id=OTHER), order())
    again = OUT.build(facts(placed_on="2026-11-24", manager_id=PARTY), order())
    assert OUT.differences(again, stored(sent)) == ()
    row = stored(sent)
    del row["ДатаПоДаннымКлиента"]
    assert [one.field for one in OUT.differences(sent, row)] == ["ДатаПоДаннымКлиента"]


def test_it_is_looked_for_by_whose_it_is_and_its_reference() -> None:
    assert OUT.looked_for(OUT.build(facts(), order())) == (
        Sought("НомерПоДаннымКлиента", "text", "П-1"),
        Sought("Контрагент_Key", "guid", PARTY),
    )


def test_it_is_known_again_by_the_last_marker_or_by_its_key() -> None:
    other = OTHER.replace("0000-4", "0000-5")
    forged = OUT.build(facts(), order(comment=f"мой {marker(other)}"))
    assert OUT.is_ours(forged, ID)
    assert not OUT.is_ours(forged, other)
    assert OUT.is_ours(forged | {"Комментарий": f"{forged['Комментарий']}\nсобран"}, ID)
    assert OUT.is_ours({"Ref_Key": ID.upper(), "Комментарий": None}, ID)
    assert not OUT.is_ours({"Ref_Key": OTHER, "Комментарий": ""}, ID)


def test_the_same_said_in_other_letters_is_no_difference() -> None:
    sent = OUT.build(facts(), order(comment="раз\nдва"))
    row = stored(sent) | {
        "Контрагент_Key": PARTY.upper(), "СуммаДокумента": "301.500", "НомерПоДаннымКлиента": "П-1      ",
        "МаксимальныйКодСтроки": 1, "Комментарий": f"раз\r\nдва\r\n{marker(ID)}", "DataVersion": "AAAA",
        "Склад_Key": OTHER,
    }  # fmt: skip
    assert OUT.differences(sent, row) == ()


def stored(sent: Row) -> Row:
    return {**sent, "Товары": [dict(one) for one in lines(sent)]}


def test_what_was_ignored_cut_added_or_lost_is_a_difference() -> None:
    sent = OUT.build(facts(), order(line(), line(price=1_000_000), comment="длинный"))
    row = stored(sent)
    del row["АдресДоставки"]
    row["Комментарий"] = "длин"
    row["Партнер_Key"] = None
    lines(row)[0]["Сумма"] = Decimal("301.49")
    row["Товары"] = [lines(row)[0], {"LineNumber": "3"}]
    assert OUT.differences(sent, row) == (
        Difference("Партнер_Key", PARTNER, "None"),
        Difference("АдресДоставки", "", None),
        Difference("Комментарий", f"длинный\n{marker(ID)}", "длин"),
        Difference("Товары/1/Сумма", "301.5", "301.49"),
        Difference("Товары/2", "a line", None),
        Difference("Товары/3", None, "a line"),
    )
    assert OUT.differences(sent, {**stored(sent), "Товары": None}) == (Difference("Товары", "2", None),)


def test_what_people_go_on_with_does_not_count_later_and_what_was_approved_does() -> None:
    sent = OUT.build(facts(), order())
    row = stored(sent) | {
        "Статус": "Закрыт",
        "ДатаПоДаннымКлиента": "2026-11-23T00:00:00",
        "АдресДоставки": "Склад",
        "Комментарий": f"{sent['Комментарий']} собран",
    }
    assert {one.field for one in OUT.differences(sent, row)} == {
        "Статус", "АдресДоставки", "Комментарий",
    }  # fmt: skip
    assert [one.field for one in OUT.differences(sent, row, later=True)] == ["АдресДоставки"]


@pytest.mark.parametrize(
    ("kind", "sent", "there", "same"),
    [
        ("decimal", Decimal("1.10"), "1.1", True),
        ("decimal", Decimal("1"), True, False),
        ("decimal", Decimal("1"), "один", False),
        ("decimal", Decimal("0"), None, True),
        ("integer", "1", 1, True),
        ("integer", "1", "", False),
        ("flag", True, "true", True),
        ("flag", False, None, True),
        ("text", "а", "а ", True),
        ("text", "а", " а", False),
        ("moment", "2026-11-22T00:00:00", "2026-11-22T00:00:01", False),
        ("guid", EMPTY_GUID, None, True),
    ],
)
def test_values_are_compared_as_what_they_are(kind: Any, sent: object, there: object, same: bool) -> None:
    assert equal(kind, sent, there) is same


def test_what_the_document_says_of_itself_is_read() -> None:
    row: Row = {
        "Number": "УТ00-000001 ",
        "Date": "2026-11-22T10:00:00",
        "Posted": True,
        "DeletionMark": False,
    }
    assert (OUT.number_of(row), OUT.moment_of(row)) == ("УТ00-000001", "2026-11-22T10:00:00")
    assert (OUT.is_posted(row), OUT.is_marked(row)) == (True, False)
    assert OUT.moment_of({"Date": "0001-01-01T00:00:00"}) is None


def test_every_field_that_is_written_is_in_the_real_configuration() -> None:
    if not REAL_METADATA.exists():
        pytest.skip("the recorded $metadata is not part of the repository")
    text = REAL_METADATA.read_text()
    recorded = [one for one in OUTGOING["ut11"] if f'EntityType Name="{one.entity_set}"' in text]
    assert {one.kind for one in recorded} >= {"order", "counterparty"}  # partners were not published there
    for one in recorded:
        for path in one.paths():
            part, _, field = path.rpartition("/")
            name = (
                f'ComplexType Name="{one.entity_set}_{part}_RowType"'
                if part
                else f'EntityType Name="{one.entity_set}"'
            )
            block = text[text.index(name) : text.index("Type>", text.index(name))]
            assert re.search(rf'Property Name="{field}"', block), path
    assert "Document_ЗаказКлиента.Товары.Цена" in set(written("ut11"))

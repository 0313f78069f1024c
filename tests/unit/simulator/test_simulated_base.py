"""The infobase: what is written is read back exactly, and later writes win."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest

from simulator.base import Base
from simulator.configuration import TRADE

PARTNERS = "Catalog_Партнеры"
SHIPMENT = "Document_РеализацияТоваровУслуг"
SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"
RATES = "InformationRegister_КурсыВалют"
ZERO = "00000000-0000-0000-0000-000000000000"


def guid(number: int) -> str:
    return str(uuid.UUID(int=number))


@pytest.fixture
def base() -> Iterator[Base]:
    with closing(Base(TRADE)) as made:
        yield made


def amounts(base: Base) -> list[Decimal]:
    return [record["Сумма"] for record in base.iterate(SETTLEMENTS)]


def test_absent_properties_have_the_empty_value_of_their_type(base: Base) -> None:
    base.write(SHIPMENT, [{"Ref_Key": guid(1)}])
    read = base.read(SHIPMENT, guid(1))
    assert read is not None
    assert (read["Number"], read["Date"], read["Posted"]) == ("", "0001-01-01T00:00:00", False)
    assert (read["Контрагент_Key"], read["СуммаДокумента"], read["Товары"]) == (ZERO, 0, [])
    assert (read["ЗаказКлиента"], read["ЗаказКлиента_Type"]) == ("", "StandardODATA.Undefined")
    assert read["ДоверенностьНомер"] == " " * 15


def test_amounts_of_any_length_are_exact(base: Base) -> None:
    amount = Decimal("12345678901234567890123456789012.345678")
    base.write(SHIPMENT, [{"Ref_Key": guid(1), "СуммаДокумента": amount}])
    assert (base.read(SHIPMENT, guid(1)) or {})["СуммаДокумента"] == amount


@pytest.mark.parametrize("text", ["0", "-0.05", "0.1", "-12.3", "1234567890.123456", "-0.000001", "100"])
def test_a_registers_amount_survives_its_integers(base: Base, text: str) -> None:
    base.write_records(SETTLEMENTS, guid(1), SHIPMENT, [{"Сумма": Decimal(text)}])
    assert amounts(base) == [Decimal(text)]


def test_a_register_refuses_what_it_cannot_keep_exactly(base: Base) -> None:
    with pytest.raises(ValueError, match="6 decimal places"):
        base.write_records(SETTLEMENTS, guid(1), SHIPMENT, [{"Сумма": Decimal("0.0000001")}])


def test_a_misspelt_property_is_refused_and_nothing_is_written(base: Base) -> None:
    with pytest.raises(ValueError, match="Контрагент_Кеу"):
        base.write(SHIPMENT, [{"Ref_Key": guid(1)}, {"Ref_Key": guid(2), "Контрагент_Кеу": guid(3)}])
    assert base.count(SHIPMENT) == 0


def test_rows_are_numbered_and_belong_to_their_object(base: Base) -> None:
    base.write(SHIPMENT, [{"Ref_Key": guid(1), "Товары": [{"Цена": 1}, {"Цена": 2}]}])
    rows = (base.read(SHIPMENT, guid(1)) or {})["Товары"]
    assert [(row["Ref_Key"], row["LineNumber"], row["Цена"]) for row in rows] == [
        (guid(1), 1, 1),
        (guid(1), 2, 2),
    ]


def test_a_group_has_null_where_items_have_a_value(base: Base) -> None:
    base.write("Catalog_Номенклатура", [{"Ref_Key": guid(1), "IsFolder": True}, {"Ref_Key": guid(2)}])
    group, item = base.iterate("Catalog_Номенклатура")
    assert (group["Артикул"], group["СрокГодности"], item["Артикул"], item["СрокГодности"]) == (
        None,
        None,
        "",
        0,
    )


@pytest.mark.parametrize("read_first", [True, False])
def test_writing_again_replaces_and_changes_the_version(base: Base, read_first: bool) -> None:
    base.write(PARTNERS, [{"Ref_Key": guid(1), "Description": "a"}, {"Ref_Key": guid(2)}])
    before = base.read(PARTNERS, guid(1)) if read_first else None
    base.write(PARTNERS, [{"Ref_Key": guid(1), "Description": "a"}])
    after = base.read(PARTNERS, guid(1))
    assert base.count(PARTNERS) == 2
    assert after is not None
    assert len(base64.b64decode(after["DataVersion"])) == 8
    assert before is None or before["DataVersion"] != after["DataVersion"]


@pytest.mark.parametrize("read_first", [True, False])
def test_a_record_set_is_replaced_as_a_whole(base: Base, read_first: bool) -> None:
    base.write_record_sets(
        SETTLEMENTS, [(guid(n), SHIPMENT, [{"Сумма": n}, {"Сумма": 10 * n}]) for n in (1, 2)]
    )
    if read_first:
        assert sum(amounts(base)) == 33
    base.write_records(SETTLEMENTS, guid(1), SHIPMENT, [{"Сумма": 5}])
    assert sorted(amounts(base)) == [2, 5, 20]
    base.write_records(SETTLEMENTS, guid(2), SHIPMENT, [])
    assert amounts(base) == [5]


def test_rows_of_an_independent_register_are_replaced_by_their_key(base: Base) -> None:
    row = {"Period": "2026-01-01T00:00:00", "Валюта_Key": guid(1)}
    base.write_rows(RATES, [{**row, "Курс": 1}, {**row, "Курс": 2}])
    base.write_rows(RATES, [{**row, "Курс": Decimal("3.5")}])
    assert [one["Курс"] for one in base.iterate(RATES)] == [Decimal("3.5")]


def test_an_object_goes_with_its_movements(base: Base) -> None:
    base.write(SHIPMENT, [{"Ref_Key": guid(1)}, {"Ref_Key": guid(2)}])
    base.write_record_sets(SETTLEMENTS, [(guid(n), SHIPMENT, [{"Сумма": n}]) for n in (1, 2)])
    base.delete(SHIPMENT, guid(1))
    assert base.read(SHIPMENT, guid(1)) is None
    assert (base.count(SHIPMENT), amounts(base)) == (1, [2])


def test_a_type_that_is_not_published_is_kept_as_unavailable(base: Base) -> None:
    reference = {"ЗаказКлиента": guid(5), "ЗаказКлиента_Type": "Document_РасходныйОрдерНаТовары"}
    base.write(SHIPMENT, [{"Ref_Key": guid(1), **reference}])
    type_name = (base.read(SHIPMENT, guid(1)) or {})["ЗаказКлиента_Type"]
    assert type_name.startswith("UnavailableEntities.UnavailableEntity_")


def test_a_file_is_opened_again_as_it_was(tmp_path: Path) -> None:
    path = str(tmp_path / "base.sqlite")
    with closing(Base(TRADE, path)) as base:
        base.write(PARTNERS, [{"Ref_Key": guid(1), "Description": "a"}])
        base.meta["seed"] = "7"
        version = (base.read(PARTNERS, guid(1)) or {})["DataVersion"]
    with closing(Base(TRADE, path)) as base:
        assert base.meta["seed"] == "7"
        base.write(PARTNERS, [{"Ref_Key": guid(1), "Description": "b"}])
        again = base.read(PARTNERS, guid(1)) or {}
        assert again["Description"] == "b"
        assert again["DataVersion"] != version


def test_a_base_without_a_path_leaves_nothing_behind() -> None:
    base = Base(TRADE)
    folder = Path(base.database.path).parent
    assert folder.exists()
    base.close()
    assert not folder.exists()


def test_threads_see_each_others_writes(base: Base) -> None:
    base.write(PARTNERS, [{"Ref_Key": guid(1)}])
    counts: list[int] = []

    def work(number: int) -> None:
        base.write(PARTNERS, [{"Ref_Key": guid(number)}])
        counts.append(base.count(PARTNERS))

    threads = [Thread(target=work, args=(number,)) for number in range(2, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert base.count(PARTNERS) == max(counts) == 9

"""Sets and single entities in JSON: levels, `$select`, `$expand`, `$orderby`, pages and counts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.contract.simulator.small_base import (
    GOODS,
    GROUP,
    OTHER_PARTY,
    PARTY,
    RUB,
    SETTLEMENTS,
    SHIPMENT,
    Client,
    guid,
)

ZERO = "00000000-0000-0000-0000-000000000000"


def test_the_service_document_lists_what_is_published(client: Client) -> None:
    answer = client.get("")
    names = [one["name"] for one in answer.value]
    assert answer.data["odata.metadata"] == client.server.url
    assert {SHIPMENT, f"{SHIPMENT}_Товары", SETTLEMENTS, f"{SETTLEMENTS}_RecordType"} <= set(names)
    assert "Document_РасходныйОрдерНаТовары" not in names
    assert f"{SETTLEMENTS}_Balance" not in names


def test_values_are_written_as_1c_writes_them(client: Client) -> None:
    text = client.get(SHIPMENT, filter="Number eq 'ТД00-000001'").text
    assert '"СуммаДокумента": 22730.17,' in text
    assert '"Количество": 2,' in text
    assert '"LineNumber": "1",' in text  # Int64 is a string
    assert '"ДатаПереходаПраваСобственности": "0001-01-01T00:00:00",' in text
    assert f'"Склад_Key": "{ZERO}",' in text
    assert '"ДоверенностьНомер": "               ",' in text  # fixed length, padded
    assert '"ЗаказКлиента_Type": "StandardODATA.Document_ЗаказКлиента",' in text
    assert '"ДопоставкаПоРеализации_Type": "UnavailableEntities.UnavailableEntity_' in text
    assert f'"Контрагент@navigationLinkUrl": "{SHIPMENT}(guid\'{guid(101)}\')/Контрагент"' in text
    assert "Склад@navigationLinkUrl" not in text  # empty
    assert "ДопоставкаПоРеализации@navigationLinkUrl" not in text  # not published


def test_a_group_has_no_value_where_items_have_one(client: Client) -> None:
    group, item = client.get("Catalog_Номенклатура", orderby="IsFolder desc").value
    assert (group["Ref_Key"], group["Артикул"], group["СтавкаНДС_Key"]) == (GROUP, None, None)
    assert (item["Ref_Key"], item["Артикул"], item["СтавкаНДС_Key"]) == (GOODS, "12-5", ZERO)


def test_no_metadata_leaves_the_data_alone(client: Client) -> None:
    answer = client.get(SHIPMENT, format="application/json;odata=nometadata", top="2")
    assert answer.data.keys() == {"value"}
    assert not any("@" in name or name.startswith("odata.") for row in answer.value for name in row)


def test_full_metadata_tells_types_and_addresses(client: Client) -> None:
    row = client.get(SHIPMENT, format="application/json;odata=fullmetadata", top="1").value[0]
    address = f"{SHIPMENT}(guid'{row['Ref_Key']}')"
    assert row["odata.type"] == f"StandardODATA.{SHIPMENT}"
    assert row["odata.id"] == f"{client.server.url}/{address}"
    assert row["Date@odata.type"] == "Edm.DateTime"
    assert row["Товары@odata.type"] == f"Collection(StandardODATA.{SHIPMENT}_Товары_RowType)"


def test_an_accept_header_asks_for_json_too(client: Client) -> None:
    answer = client.get("Catalog_Валюты", format="", headers={"Accept": "application/json;odata=nometadata"})
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert answer.data.keys() == {"value"}


def test_an_unknown_format_is_code_3(client: Client) -> None:
    assert client.get("Catalog_Валюты", format="application/json;odata=verbose").error[:2] == (415, "3")


class TestSelect:
    def test_fields_come_alone(self, client: Client) -> None:
        row = client.get(SHIPMENT, select="Number, Контрагент_Key", top="1").value[0]
        assert list(row) == ["Number", "Контрагент_Key"]

    def test_a_field_of_a_part_comes_alone(self, client: Client) -> None:
        rows = client.get(SHIPMENT, select="Number,Товары/Цена,Товары/Сумма", orderby="Number", top="3").value
        cells = {"Цена": Decimal("50.05"), "Сумма": Decimal("100.1")}
        assert [row["Товары"] for row in rows] == [[], [cells], [cells, cells]]

    def test_two_stars_leave_the_parts_out(self, client: Client) -> None:
        every = client.get(SHIPMENT, select="*", top="1").value[0]
        plain = client.get(SHIPMENT, select="**", top="1").value[0]
        assert set(every) - set(plain) == {"Товары", "ЭтапыГрафикаОплаты"}

    def test_records_of_a_set_are_cut_too(self, client: Client) -> None:
        one = client.get(SETTLEMENTS, select="RecordSet/Сумма", filter="RecordSet/any()", top="1").value[0]
        assert one == {"RecordSet": [{"Сумма": Decimal("22729.17")}]}

    @pytest.mark.parametrize("path", ["Нет", "Товары/Нет", "Number/Нет", "Нет____Presentation"])
    def test_an_unknown_field_is_code_6(self, client: Client, path: str) -> None:
        status, code, message = client.get(SHIPMENT, select=path).error
        assert (status, code) == (400, "6")
        assert message == f"Сегмент пути {path.rpartition('/')[2]} не найден!"

    def test_presentations_come_only_when_named(self, client: Client) -> None:
        number = "Number eq 'ТД00-000001'"
        named = client.get(SHIPMENT, select="Presentation,Контрагент____Presentation", filter=number).value[0]
        assert named == {
            "Контрагент____Presentation": "АВИКА",
            "Presentation": "Реализация товаров услуг ТД00-000001 от 02.01.2026 10:00:00",
        }
        every = client.get(SHIPMENT, select="*____Presentation", filter=number).value[0]
        assert every["ЗаказКлиента____Presentation"] == "Заказ клиента 7 от 31.12.2025 0:00:00"
        assert not any("Presentation" in name for name in client.get(SHIPMENT, select="*", top="1").value[0])


class TestExpand:
    def test_a_reference_becomes_its_object(self, client: Client) -> None:
        row = client.get(SHIPMENT, expand="Контрагент", orderby="Number", top="1").value[0]
        assert row["Контрагент"]["ИНН"] == "7700000002"
        assert "Контрагент@navigationLinkUrl" not in row

    def test_it_goes_deeper(self, client: Client) -> None:
        row = client.get(
            SHIPMENT, expand="Контрагент/ГоловнойКонтрагент", orderby="Number desc", top="1"
        ).value[0]
        assert row["Контрагент"]["ГоловнойКонтрагент"]["Ref_Key"] == PARTY

    def test_a_selection_must_name_what_is_expanded(self, client: Client) -> None:
        named = client.get(
            SHIPMENT, select="Number,Контрагент/Description", expand="Контрагент", top="1"
        ).value[0]
        assert named["Контрагент"].keys() == {"Description"}
        dropped = client.get(SHIPMENT, select="Number", expand="Контрагент", top="1").value[0]
        assert dropped.keys() == {"Number"}

    def test_a_composite_is_expanded_by_its_type(self, client: Client) -> None:
        row = client.get(SHIPMENT, expand="ЗаказКлиента/Document_ЗаказКлиента/Валюта", top="1").value[0]
        assert row["ЗаказКлиента"] == guid(900)
        assert row["ЗаказКлиента_Expanded"]["Number"] == "7"
        assert row["ЗаказКлиента_Expanded"]["Валюта"] is None

    def test_a_part_is_not_a_reference(self, client: Client) -> None:
        assert client.get(SHIPMENT, expand="Товары").error[:2] == (400, "6")

    def test_five_levels_are_too_many(self, client: Client) -> None:
        path = "/".join(["ГоловнойКонтрагент"] * 5)
        assert client.get("Catalog_Контрагенты", expand=path).error[:2] == (400, "14")


class TestOrder:
    def test_it_follows_references(self, client: Client) -> None:
        rows = client.get(SHIPMENT, orderby="Контрагент/ИНН desc,Number").value
        keys = [(row["Контрагент_Key"] != OTHER_PARTY, row["Number"]) for row in rows]
        assert keys == sorted(keys)

    def test_numbers_are_not_sorted_as_text(self, client: Client) -> None:
        rows = client.get(SHIPMENT, orderby="СуммаДокумента desc", top="3").value
        assert [row["СуммаДокумента"] for row in rows] == [Decimal(f"{n}.17") for n in (22788, 22787, 22786)]

    def test_it_takes_functions_too(self, client: Client) -> None:
        rows = client.get(SHIPMENT, orderby="substring(Number, 11, 1) desc, СуммаДокумента", top="7").value
        assert [row["Number"][5:] for row in rows] == [f"{n:06}" for n in (9, 19, 29, 39, 49, 59, 8)]

    def test_ties_come_in_another_order_each_time(self, client: Client) -> None:
        orders = {
            tuple(r["Number"] for r in client.get(SHIPMENT, orderby="Валюта_Key").value) for _ in range(5)
        }
        assert len(orders) > 1

    def test_a_reference_sorts_by_what_it_shows(self, client: Client) -> None:
        rows = client.get("Catalog_Контрагенты", orderby="Ref_Key desc").value
        assert [row["Description"] for row in rows] == ['ООО "Альтаир" & Ко', "АВИКА"]

    def test_rows_of_a_part_keep_one_order_by_object_and_line(self, client: Client) -> None:
        pages = [
            client.get(f"{SHIPMENT}_Товары", orderby="Ref_Key,LineNumber", top="7", skip=str(skip)).value
            for skip in range(0, 63, 7)
        ]
        keys = [(row["Ref_Key"], row["LineNumber"]) for page in pages for row in page]
        assert len(keys) == len(set(keys)) == 60

    def test_record_sets_ignore_it(self, client: Client) -> None:
        down, up = (client.get(SETTLEMENTS, orderby=f"Recorder {way}").value for way in ("desc", "asc"))
        assert down == up

    @pytest.mark.parametrize(("option", "code"), [("Number up", "14"), ("Товары", "14"), ("Нет", "6")])
    def test_what_cannot_be_sorted_is_refused(self, client: Client, option: str, code: str) -> None:
        assert client.get(SHIPMENT, orderby=option).error[:2] == (400, code)


class TestPages:
    def test_skip_and_top_walk_through_everything(self, client: Client) -> None:
        pages = [client.get(SHIPMENT, orderby="Number", top="25", skip=str(s)).value for s in (0, 25, 50, 75)]
        assert [len(page) for page in pages] == [25, 25, 10, 0]
        assert [row["Number"][5:] for page in pages for row in page] == [f"{n:06}" for n in range(60)]

    def test_without_top_everything_comes_at_once(self, client: Client) -> None:
        assert len(client.get(SHIPMENT).value) == 60

    def test_the_count_comes_with_an_empty_page(self, client: Client) -> None:
        answer = client.get(SHIPMENT, top="0", inlinecount="allpages", filter="Posted eq true")
        assert answer.data["odata.count"] == "48"
        assert answer.value == []

    def test_the_bare_count_begins_with_a_bom(self, client: Client) -> None:
        answer = client.get(f"{SHIPMENT}/$count", filter="Контрагент/ИНН eq '7700000001'")
        assert answer.body == b"\xef\xbb\xbf30"
        assert answer.headers["Content-Type"] == "text/plain;charset=utf-8"

    @pytest.mark.parametrize("options", [{"top": "-1"}, {"skip": "x"}, {"inlinecount": "some"}])
    def test_nonsense_is_refused(self, client: Client, options: dict[str, str]) -> None:
        assert client.get(SHIPMENT, **options).error[:2] == (400, "14")


class TestSingleEntities:
    def test_one_is_found_by_its_key(self, client: Client) -> None:
        data = client.get(f"Catalog_Контрагенты(guid'{PARTY}')").data
        assert data["odata.metadata"].endswith("$metadata#Catalog_Контрагенты/@Element")
        assert data["ИНН"] == "7700000001"

    def test_its_properties_come_in_no_order(self, client: Client) -> None:
        orders = {tuple(client.get(f"Catalog_Контрагенты(guid'{PARTY}')").data) for _ in range(3)}
        assert len(orders) > 1

    def test_what_hangs_below_is_reached(self, client: Client) -> None:
        one = f"{SHIPMENT}(guid'{guid(101)}')"
        assert client.get(f"{one}/Контрагент").data["ИНН"] == "7700000001"
        assert client.get(f"{one}/ЗаказКлиента").data["Number"] == "7"
        assert client.get(f"{one}/Number").data["value"] == "ТД00-000001"
        assert len(client.get(f"{one}/Товары").value) == 1

    def test_registers_have_keys_of_several_parts(self, client: Client) -> None:
        recorder = f"Recorder='{guid(101)}', Recorder_Type='StandardODATA.{SHIPMENT}'"
        one = client.get(f"{SETTLEMENTS}({recorder})").data
        assert one["RecordSet"][0]["Валюта_Key"] == RUB
        assert (
            client.get(f"{SETTLEMENTS}_RecordType({recorder},LineNumber=1)").data["RecordType"] == "Receipt"
        )
        assert (
            client.get(f"{SHIPMENT}_Товары(Ref_Key=guid'{guid(102)}',LineNumber=2)").data["LineNumber"] == "2"
        )

    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            (f"Catalog_Контрагенты(guid'{guid(999)}')", 404, "9"),
            ("Catalog_Контрагенты(guid'not-a-guid')", 400, "1"),
            ("Catalog_Контрагенты('text')", 400, "4"),
            (f"{SETTLEMENTS}(Recorder='{guid(101)}')", 400, "7"),
            (f"{SETTLEMENTS}_RecordType(guid'{guid(101)}')", 400, "7"),
            (f"Catalog_Контрагенты(Ref_Key=guid'{PARTY}',Нет=1)", 400, "6"),
            (f"Catalog_Контрагенты(guid'{PARTY}')/Нет", 400, "6"),
            (f"{SHIPMENT}(guid'{guid(101)}')/Склад", 404, "9"),
            ("Catalog_Нет", 404, "8"),
            (f"{SETTLEMENTS}_Balance", 404, "8"),
            ("Document_РасходныйОрдерНаТовары", 404, "8"),
            ("Catalog_Контрагенты/Нет", 400, "6"),
        ],
    )
    def test_wrong_addresses_are_told_apart(self, client: Client, path: str, status: int, code: str) -> None:
        assert client.get(path).error[:2] == (status, code)

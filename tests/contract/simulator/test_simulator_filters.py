"""`$filter` over HTTP: what is answered, and what is refused with which code."""

from __future__ import annotations

import pytest

from tests.contract.simulator.small_base import GOODS, OTHER_PARTY, PARTY, SETTLEMENTS, SHIPMENT, Client, guid

EVERY = 60


def numbers(client: Client, condition: str) -> list[int]:
    return sorted(int(row["Number"][5:]) for row in client.get(SHIPMENT, filter=condition).value)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Date ge datetime'2026-01-28T00:00:00'", [27, 55]),
        ("Date ge datetime'2026-01-28'", [27, 55]),
        ("datetime'2026-01-28T10:00:00' le Date", [27, 55]),
        ("Number eq 'ТД00-000007'", [7]),
        (f"Ref_Key eq guid'{guid(103)}' or Ref_Key eq guid'{guid(104)}'", [3, 4]),
        ("СуммаДокумента eq 22732.17", [3]),
        ("СуммаДокумента add 10 mul 2 eq 22752.17", [3]),
        ("-СуммаДокумента gt -22731", [0, 1]),
        ("round(СуммаДокумента) eq 22729", [0]),
        ("(СуммаДокумента sub 22729.17) div 2 lt 1", [0, 1]),
        (f"Контрагент_Key eq guid'{PARTY}' and day(Date) eq 2", [1, 29, 57]),
        ("Контрагент/ИНН eq '7700000001' and day(Date) eq 2", [1, 29, 57]),
        ("startswith(Number, 'ТД00-00000') and endswith(Number, '5') eq true", [5]),
        ("substringof('0011', Number)", [11]),
        ("like(Number, '%-_____[01]') and СуммаДокумента lt 22731", [0, 1]),
        ("substring(Number, 11, 1) eq '9' and СуммаДокумента lt 22739", [9]),
        ("concat(Number, 'x') eq 'ТД00-000002x'", [2]),
        ("dateadd(Date, 'month', 1) eq datetime'2026-02-03T10:00:00'", [2, 30, 58]),
        ("datedifference(datetime'2026-01-01T00:00:00', Date, 'day') eq 27", [27, 55]),
        ("dayofweek(Date) eq 7 and dayofyear(Date) eq 4 and quarter(Date) eq 1", [3, 31, 59]),
        ("hour(Date) eq 10 and year(Date) eq 2026 and day(Date) eq 1", [0, 28, 56]),
        ("minute(Date) eq 0 and second(Date) eq 0 and month(Date) eq 1 and day(Date) eq 28", [27, 55]),
        ("not (СуммаДокумента gt 22730)", [0]),
        ("Posted eq false and СуммаДокумента le 22734.17", [0, 5]),
        ("Товары/any(d: d/Сумма gt 100) and СуммаДокумента le 22731.17", [1, 2]),
        ("not Товары/any() and СуммаДокумента le 22732.17", [0, 3]),
        ("Товары/all(d: d/Цена lt 1) and СуммаДокумента le 22732.17", [0, 3]),
        ("Товары/any(d: d/Номенклатура/Артикул eq '12-5') and СуммаДокумента le 22730.17", [1]),
    ],
)
def test_a_condition_chooses_exactly_its_documents(
    client: Client, condition: str, expected: list[int]
) -> None:
    assert numbers(client, condition) == expected


def test_order_comparisons_bind_tighter_than_equality(client: Client) -> None:
    assert len(numbers(client, "СуммаДокумента gt 22730 eq true")) == EVERY - 1
    assert len(numbers(client, "true eq СуммаДокумента le 22729.17 or Number eq 'ТД00-000009'")) == 2


class TestComposites:
    def test_equality_with_a_bare_guid_finds_nothing_and_says_nothing(self, client: Client) -> None:
        assert client.get(SHIPMENT, filter=f"ЗаказКлиента eq guid'{guid(900)}'").value == []

    def test_a_cast_guid_finds_them(self, client: Client) -> None:
        condition = f"ЗаказКлиента eq cast(guid'{guid(900)}','Document_ЗаказКлиента')"
        assert len(numbers(client, condition)) == EVERY

    def test_the_type_is_tested_by_isof(self, client: Client) -> None:
        assert len(numbers(client, "isof(ЗаказКлиента,'Document_ЗаказКлиента')")) == EVERY
        assert numbers(client, f"isof(ЗаказКлиента,'{SHIPMENT}')") == []

    def test_an_attribute_stands_behind_a_cast(self, client: Client) -> None:
        condition = "cast(ЗаказКлиента,'Document_ЗаказКлиента')/Number eq '7' and Number eq 'ТД00-000001'"
        assert numbers(client, condition) == [1]


class TestRegisters:
    def test_a_period_is_reached_only_through_a_lambda(self, client: Client) -> None:
        period = "r/Period ge datetime'2026-01-28T00:00:00' and r/Period lt datetime'2026-01-29T00:00:00'"
        sets = client.get(SETTLEMENTS, filter=f"RecordSet/any(r: {period})").value
        assert {s["Recorder"] for s in sets} == {guid(127), guid(155)}
        assert client.get(SETTLEMENTS, filter="Period ge datetime'2026-01-28T00:00:00'").error[:2] == (
            400,
            "6",
        )

    def test_two_lambdas_joined_by_and_fail(self, client: Client) -> None:
        one = "RecordSet/any(r: r/Period ge datetime'2026-01-28T00:00:00')"
        assert client.get(SETTLEMENTS, filter=f"{one} and {one}").error[:2] == (500, "-1")

    def test_a_recorder_is_compared_by_cast_only(self, client: Client) -> None:
        assert client.get(SETTLEMENTS, filter=f"Recorder eq guid'{guid(101)}'").error[:2] == (500, "-1")
        assert client.get(SETTLEMENTS, filter=f"Recorder eq '{guid(101)}'").value == []
        cast = f"Recorder eq cast(guid'{guid(101)}','{SHIPMENT}')"
        assert len(client.get(SETTLEMENTS, filter=cast).value) == 1
        assert len(client.get(f"{SETTLEMENTS}_RecordType", filter=cast).value) == 1

    def test_the_dispatching_type_of_a_recorder_is_no_field(self, client: Client) -> None:
        condition = "startswith(Recorder_Type, 'StandardODATA')"
        assert client.get(f"{SETTLEMENTS}_RecordType", filter=condition).error[:2] == (500, "-1")

    def test_single_records_are_filtered_like_objects(self, client: Client) -> None:
        condition = "Period le datetime'2026-01-01T23:59:59' and Active eq true and Сумма gt 22729.17"
        assert len(client.get(f"{SETTLEMENTS}_RecordType", filter=condition).value) == 2


@pytest.mark.parametrize(
    "function",
    [
        *("length(Number) eq 1", "indexof(Number, 'a') eq 1", "replace(Number, 'a', 'b') eq 'c'"),
        *("tolower(Number) eq 'a'", "toupper(Number) eq 'A'", "trim(Number) eq 'a'", "years(Date) eq 1"),
        *("floor(СуммаДокумента) eq 1", "ceiling(СуммаДокумента) eq 1", "contains(Number, 'a')"),
        *("substringof(1, Number)", "year(Number) eq 1", "round(1, 2) eq 1"),
    ],
)
def test_unsupported_functions_and_arguments_are_code_21(client: Client, function: str) -> None:
    assert client.get(SHIPMENT, filter=function).error[:2] == (400, "21")


@pytest.mark.parametrize(
    "text",
    [
        *("Number eq", "Number = '1'", "(Number eq '1'", "Number eq 'a", "Number"),
        *(
            "СуммаДокумента gt 1E+20",
            "Number eq '1' and",
            "Товары/any(d d/Цена gt 1)",
            "unknown(Number) eq 1",
        ),
        *("cast(ЗаказКлиента,'Document_Нет')/Number eq '1'", "Товары/Цена eq 1", "Товары/all()"),
    ],
)
def test_what_cannot_be_parsed_is_code_14(client: Client, text: str) -> None:
    assert client.get(SHIPMENT, filter=text).error[:2] == (400, "14")


def test_a_year_needs_four_digits(client: Client) -> None:
    answer = client.get(SHIPMENT, filter="Date gt datetime'1-01-01T00:00:00'")
    assert answer.error[:2] == (400, "1")


@pytest.mark.parametrize(
    "condition",
    [f"Ref_Key gt guid'{PARTY}'", "Number eq 1", f"Контрагент_Key eq '{OTHER_PARTY}'", "Posted lt true"],
)
def test_values_that_cannot_be_compared_fail_in_the_database(client: Client, condition: str) -> None:
    status, code, message = client.get(SHIPMENT, filter=condition).error
    assert (status, code) == (500, "-1")
    assert message.startswith("{(3, 23)}: Неверные параметры в операции сравнения.")


def test_a_field_that_does_not_exist_is_named(client: Client) -> None:
    assert client.get(SHIPMENT, filter="Нет eq 1").error == (400, "6", "Сегмент пути Нет не найден!")


def test_a_batch_of_references_is_found_and_an_endless_one_fails_cleanly(client: Client) -> None:
    def batch(size: int) -> str:
        return " or ".join(f"Ref_Key eq guid'{guid(100 + n)}'" for n in range(size))

    assert numbers(client, batch(40)) == list(range(40))
    assert client.get(SHIPMENT, filter=batch(900)).error[:2] == (500, "-1")


def test_there_is_no_null_literal(client: Client) -> None:
    assert client.get(SHIPMENT, filter="Number eq null").error[:2] == (400, "6")


def test_a_plus_is_not_a_space(client: Client) -> None:
    answer = client.raw(
        f"Catalog_{'%D0%92%D0%B0%D0%BB%D1%8E%D1%82%D1%8B'}?$format=json&$filter=Code+eq+'643'"
    )
    status, code, message = answer.error
    assert (status, code) == (500, "-1")
    assert 'Операция не разрешена в предложении "ГДЕ"' in message


def test_rows_of_a_tabular_part_are_filtered_and_counted(client: Client) -> None:
    rows = client.get(f"{SHIPMENT}_Товары", filter=f"Ref_Key eq guid'{guid(102)}'", inlinecount="allpages")
    assert [row["LineNumber"] for row in rows.value] == ["1", "2"]
    assert rows.data["odata.count"] == "2"
    assert client.get(
        f"{SHIPMENT}_Товары", filter=f"Номенклатура_Key eq guid'{GOODS}' and LineNumber gt 1"
    ).value

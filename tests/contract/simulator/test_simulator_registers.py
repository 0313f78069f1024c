"""Virtual tables and slices over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from urllib.parse import quote

import pytest

from tests.contract.simulator.small_base import (
    CONTRACT_KEY,
    GOODS,
    RUB,
    SALES,
    SETTLEMENTS,
    SHIPMENT,
    USD,
    Client,
    guid,
)

RATES = "InformationRegister_КурсыВалют"
DAY = "datetime'2026-01-02T00:00:00'"
END_OF_DAY = "datetime'2026-01-02T23:59:59'"
OF_THE_DAY = Decimal("22730.17") + Decimal("22758.17") + Decimal("22786.17")  # shipments 1, 29 and 57
OF_THE_DAY_BEFORE = Decimal("22729.17") + Decimal("22757.17") + Decimal("22785.17")


def test_the_balance_is_the_exact_sum_of_movements(client: Client) -> None:
    (row,) = client.get(f"{SETTLEMENTS}/Balance()").value
    assert row["СуммаBalance"] == sum(Decimal("22729.17") + n for n in range(60))
    assert row["КОплатеBalance"] == 0
    assert row["АналитикаУчетаПоПартнерам_Key"] == CONTRACT_KEY


def test_a_period_means_the_beginning_of_its_second(client: Client) -> None:
    at = client.get(f"{SETTLEMENTS}/Balance(Period=datetime'2026-01-02T10:00:00')").value[0]
    end = client.get(f"{SETTLEMENTS}/Balance(Period={END_OF_DAY})").value[0]
    assert (at["СуммаBalance"], end["СуммаBalance"]) == (OF_THE_DAY_BEFORE, OF_THE_DAY_BEFORE + OF_THE_DAY)


def test_nothing_was_owed_before_the_first_movement(client: Client) -> None:
    assert client.get(f"{SETTLEMENTS}/Balance(Period=datetime'2025-01-01T00:00:00')").value == []


def test_turnovers_include_both_ends(client: Client) -> None:
    (row,) = client.get(f"{SETTLEMENTS}/Turnovers(StartPeriod={DAY},EndPeriod={END_OF_DAY})").value
    assert (row["СуммаTurnover"], row["СуммаReceipt"], row["СуммаExpense"]) == (OF_THE_DAY, OF_THE_DAY, 0)


def test_opening_balance_and_movements_make_the_closing_balance(client: Client) -> None:
    path = f"{SETTLEMENTS}/BalanceAndTurnovers(StartPeriod={DAY},EndPeriod={END_OF_DAY},Dimensions='Валюта')"
    (row,) = client.get(path).value
    assert row["СуммаOpeningBalance"] == OF_THE_DAY_BEFORE
    assert row["СуммаOpeningBalance"] + row["СуммаTurnover"] == row["СуммаClosingBalance"]
    assert "ОбъектРасчетов_Key" not in row


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (f"Валюта_Key eq guid'{RUB}'", 1),
        (f"Валюта_Key eq guid'{USD}'", 0),
        ("Валюта/Code eq '643'", 1),
        ("Валюта/Code eq '840'", 0),
    ],
)
def test_a_condition_stands_in_brackets_or_among_the_options(
    client: Client, condition: str, rows: int
) -> None:
    doubled = condition.replace("'", "''")
    assert len(client.get(f"{SETTLEMENTS}/Balance(Condition='{doubled}')").value) == rows
    option = f"{quote(SETTLEMENTS)}/Balance?$format=json&Condition={quote(condition)}"
    assert len(client.raw(option).value) == rows


def test_results_are_filtered_selected_and_expanded(client: Client) -> None:
    (row,) = client.get(
        f"{SETTLEMENTS}/Balance",
        filter="СуммаBalance gt 1000 and Валюта/Code eq '643'",
        select="Валюта_Key,СуммаBalance,Валюта/Code",
        expand="Валюта",
        orderby="СуммаBalance desc",
        top="5",
    ).value
    assert row["Валюта"] == {"Code": "643"}
    assert row.keys() == {"Валюта_Key", "СуммаBalance", "Валюта"}


def test_a_movement_that_is_reversed_leaves_no_row(serve: Callable[..., Client]) -> None:
    client = serve()
    base = client.server.base
    record = {"Period": "2026-02-01T00:00:00", "Валюта_Key": USD, "Сумма": Decimal("0.1")}
    records = [{**record, "RecordType": kind} for kind in ("Receipt", "Expense")]
    base.write_records(SETTLEMENTS, guid(159), SHIPMENT, records)
    condition = f"Condition='Валюта_Key eq guid''{USD}'''"
    assert client.get(f"{SETTLEMENTS}/Balance({condition})").value == []
    (turnover,) = client.get(f"{SETTLEMENTS}/Turnovers({condition})").value
    assert (turnover["СуммаTurnover"], turnover["СуммаReceipt"]) == (0, Decimal("0.1"))


def test_a_record_that_is_not_active_does_not_count(serve: Callable[..., Client]) -> None:
    client = serve()
    record = {
        "Period": "2026-02-01T00:00:00",
        "Валюта_Key": USD,
        "Сумма": 5,
        "RecordType": "Receipt",
        "Active": False,
    }
    client.server.base.write_records(SETTLEMENTS, guid(159), SHIPMENT, [record])
    assert client.get(f"{SETTLEMENTS}/Balance(Condition='Валюта_Key eq guid''{USD}''')").value == []


def test_a_turnover_register_has_turnovers_only(client: Client) -> None:
    (row,) = client.get(f"{SALES}/Turnovers").value
    assert (row["Номенклатура_Key"], row["КоличествоTurnover"]) == (GOODS, 2)
    assert client.get(f"{SALES}/Balance").error == (400, "6", "Метод не найден")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"{SETTLEMENTS}/Balance(StartPeriod={DAY})", "21"),
        (f"{SETTLEMENTS}/Balance(Period='2026')", "21"),
        (f"{SETTLEMENTS}/Balance(Period=datetime'26-01-01')", "1"),
        (f"{SETTLEMENTS}/Balance(Dimensions='Нет')", "6"),
        (f"{SETTLEMENTS}/Balance(Condition='Сумма gt 1')", "6"),
        (f"{SETTLEMENTS}_RecordType/Balance()", "6"),
        (f"{SHIPMENT}/Balance()", "6"),
        (f"{SETTLEMENTS}/Balance()/Turnovers()", "6"),
    ],
)
def test_wrong_calls_are_refused(client: Client, path: str, code: str) -> None:
    assert client.get(path).error[:2] == (400, code)


class TestSlices:
    def test_the_last_is_at_or_before_the_moment(self, client: Client) -> None:
        (row,) = client.get(f"{RATES}/SliceLast(Period={DAY})").value
        assert (row["Period"], row["Курс"]) == ("2026-01-02T00:00:00", Decimal("92.1234"))

    def test_without_a_moment_it_is_the_very_last(self, client: Client) -> None:
        assert client.get(f"{RATES}/SliceLast").value[0]["Period"] == "2026-01-03T00:00:00"

    def test_the_first_is_at_or_after_it(self, client: Client) -> None:
        assert client.get(f"{RATES}/SliceFirst(Period={DAY})").value[0]["Period"] == "2026-01-02T00:00:00"

    def test_a_condition_reaches_through_references(self, client: Client) -> None:
        assert client.get(f"{RATES}/SliceLast(Condition='Валюта/Code eq ''643''')").value == []
        assert len(client.get(f"{RATES}/SliceLast(Condition='Валюта/Code eq ''840''')").value) == 1

    def test_it_can_be_counted(self, client: Client) -> None:
        assert client.get(f"{RATES}/SliceLast()/$count").text == "1"

    def test_one_row_has_its_key(self, client: Client) -> None:
        row = client.get(f"{RATES}(Period={DAY},Валюта_Key=guid'{USD}')").data
        assert row["Курс"] == Decimal("92.1234")
        assert row["Валюта@navigationLinkUrl"].startswith(f"{RATES}(Period={DAY}, Валюта_Key=guid'")


def test_a_register_too_large_to_read_without_a_filter_fails(serve: Callable[..., Client]) -> None:
    client = serve(record_set_limit=10)
    status, code, message = client.get(SETTLEMENTS, top="1").error
    assert (status, code) == (500, "-1")
    assert message.startswith("Недостаточно памяти")
    assert client.get(SETTLEMENTS, top="1", filter="RecordSet/any()").status == 200

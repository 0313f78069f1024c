"""How a declaration says what its register answers for totals, and how a movement is read for them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from mappings.totals import figure, line_reader, line_row
from mappings.ut11.settlements import DUE_ENTRY, SETTLEMENT_ENTRY
from mappings.values import Context
from simulator.configuration import TRADE
from simulator.edm import Edm
from simulator.virtual_types import result_type

CONTEXT = Context({"rub": ("RUB", 2), "jpy": ("JPY", 0)})
MOVEMENTS = [pytest.param(entity, id=entity.name) for entity in (SETTLEMENT_ENTRY, DUE_ENTRY)]


def movement(**fields: Any) -> SimpleNamespace:
    told = {
        "Recorder": "d-1",
        "Recorder_Type": "StandardODATA.Document_РеализацияТоваровУслуг",
        "LineNumber": 2,
        "Period": "2026-03-05T10:00:00",
        "Active": True,
        "RecordType": "Receipt",
        "АналитикаУчетаПоПартнерам_Key": "key-1",
        "Валюта_Key": "rub",
        "Сумма": Decimal("10.50"),
    }
    return SimpleNamespace(**told | fields)


def read(row: SimpleNamespace) -> Any:
    totals = SETTLEMENT_ENTRY.totals
    assert totals is not None
    return line_reader(SETTLEMENT_ENTRY, totals, CONTEXT, str)(row)


@pytest.mark.parametrize("entity", MOVEMENTS)
def test_the_registers_balance_has_every_column_that_is_compared(entity: Any) -> None:
    record = Edm(TRADE).published(entity.source)
    columns = {one.name for one in result_type(record, "Balance").properties}
    assert entity.totals.needs().keys() <= columns
    assert entity.source == f"{entity.totals.register}_RecordType"
    assert {wire.name for wire in line_row(entity, entity.totals).fields} <= {
        one.name for one in record.properties
    }


def test_a_receipt_adds_and_an_expense_takes_away() -> None:
    assert read(movement()).amounts == (1050,)
    assert read(movement(RecordType="Expense")).amounts == (-1050,)
    assert read(movement()).recorder_kind == "shipping_note"
    with pytest.raises(ValueError, match="neither"):
        read(movement(RecordType=""))


def test_a_movement_that_is_switched_off_says_so() -> None:
    assert not read(movement(Active=False)).active


def test_an_amount_is_whole_in_the_unit_of_its_currency_or_refused() -> None:
    assert figure(CONTEXT, Decimal("7"), "jpy") == ("JPY", 7)
    with pytest.raises(ValueError, match="decimal places"):
        figure(CONTEXT, Decimal("7.5"), "jpy")


def test_a_currency_that_the_hub_does_not_know_is_named_by_its_key() -> None:
    assert figure(CONTEXT, Decimal("7.5"), "unknown") == ("unknown", 750)


def test_a_renamed_resource_is_asked_for_by_its_name_here() -> None:
    source = SETTLEMENT_ENTRY.source
    renamed = SETTLEMENT_ENTRY.renamed({f"{source}.Сумма": "СуммаВзаиморасчетов"})
    assert renamed.totals is not None
    assert renamed.totals.resources == {"amount": "СуммаВзаиморасчетов"}
    assert "СуммаВзаиморасчетовBalance" in renamed.totals.needs()
    assert SETTLEMENT_ENTRY.renamed({}).totals is SETTLEMENT_ENTRY.totals


def test_totals_of_a_field_that_the_record_lacks_are_refused() -> None:
    assert SETTLEMENT_ENTRY.totals is not None
    with pytest.raises(TypeError, match="turnover"):
        replace(SETTLEMENT_ENTRY, totals=replace(SETTLEMENT_ENTRY.totals, resources={"turnover": "Сумма"}))

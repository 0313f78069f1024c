"""Virtual tables are read in one answer, and are the whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from connectors.odata import ODataClient
from mappings.ut11.prices import PRICE
from mappings.ut11.stock import STOCK
from schemas.errors import SourceContractError, SourceRefusedError
from schemas.source import RawUnit, Scope, SourceSet
from tests.unit.connectors.fake_base import FakeBase, Reply, odata_error, page, settings

NOW = datetime(2026, 11, 22, 12, 0, 0)
PLACE = {
    "Номенклатура_Key": "item", "Склад_Key": "north", "Характеристика_Key": "", "Назначение_Key": "",
    "ВНаличииBalance": 5, "КОтгрузкеBalance": 0,
}  # fmt: skip


def read(base: FakeBase, wanted: SourceSet, **period: Any) -> list[RawUnit]:
    own = settings(select="mapped")
    with ODataClient(own, session_factory=base.session, now=lambda: NOW) as client:
        return list(client.read(wanted, **period))


def answering(reply: Reply) -> FakeBase:
    return FakeBase(lambda _: reply)


def test_a_balance_is_asked_for_once_and_summed_by_the_key() -> None:
    base = answering(page([PLACE, {**PLACE, "Склад_Key": "south"}]))
    (unit,) = read(base, STOCK.source_set)
    assert unit.scope == Scope()
    assert len(unit.pages) == 1
    (asked,) = base.asked
    dimensions = "Номенклатура,Склад,Характеристика,Назначение"
    assert asked.path == f"AccumulationRegister_ТоварыНаСкладах/Balance(Dimensions='{dimensions}')"
    assert asked.query["$select"].split(",") == list(PLACE)
    assert "$top" not in asked.query


def test_a_slice_is_asked_for_at_the_bases_own_time_and_filtered_when_it_is_cut() -> None:
    base = answering(page([]))
    (unit,) = read(base, PRICE.source_set)
    assert unit.pages
    (asked,) = base.asked
    assert asked.path == (
        "InformationRegister_ЦеныНоменклатуры_RecordType/SliceLast(Period=datetime'2026-11-22T12:00:00')"
    )
    assert asked.query["$filter"] == "Цена gt 0"
    assert "Condition" not in asked.target


def test_rows_that_the_key_does_not_tell_apart_are_no_table_to_be_kept() -> None:
    with pytest.raises(SourceContractError, match="not told apart by Номенклатура_Key") as error:
        read(answering(page([PLACE, PLACE])), STOCK.source_set)
    assert error.value.received


@pytest.mark.parametrize(
    ("reply", "reason"), [(odata_error(404, "8"), "unpublished"), (odata_error(401, "20"), "no_right")]
)
def test_a_table_that_is_not_there_for_this_user_says_so(reply: Reply, reason: str) -> None:
    with pytest.raises(SourceRefusedError) as error:
        read(answering(reply), STOCK.source_set)
    assert error.value.context["reason"] == reason


def test_a_table_of_now_has_no_periods() -> None:
    with pytest.raises(ValueError, match="as a whole"):
        read(answering(page([])), STOCK.source_set, start="2026-01-01T00:00:00")

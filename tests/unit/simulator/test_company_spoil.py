from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest

from simulator.base import Base
from simulator.company import CompanyOptions, build, spoil, totals
from simulator.company.totals import BooksDoNotCloseError
from simulator.configuration import TRADE

ORDER = "Document_ЗаказКлиента"
SHIPMENT = "Document_РеализацияТоваровУслуг"
SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"


@pytest.fixture
def base() -> Iterator[Base]:
    made = Base(TRADE)
    build(made, CompanyOptions(size="tiny", today=date(2026, 11, 22)))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("plant", "field", "value"),
    [
        (spoil.year_0209, "Date", "0209-05-14T12:00:00"),
        (spoil.no_counterparty, "Контрагент_Key", "00000000-0000-0000-0000-000000000000"),
        (spoil.three_decimals, "СуммаДокумента", Decimal("1250.105")),
        (spoil.unknown_enum_value, "Статус", "НаРассмотрении"),
        (spoil.string_over_length, "Number", "Ж" * 600),
        (spoil.control_character, "Комментарий", "до\x02после"),
    ],
)
def test_one_order_is_planted_and_the_books_still_close(
    base: Base, plant: Callable[[Base], str], field: str, value: object
) -> None:
    before, orders = totals(base), base.count(ORDER)
    document = base.read(ORDER, plant(base))
    assert document is not None
    assert document[field] == value
    assert document["Posted"]
    assert document["Товары"]
    assert base.count(ORDER) == orders + 1
    assert totals(base) == before


def test_any_kind_of_document_can_be_spoiled(base: Base) -> None:
    kind = "Document_СчетНаОплатуКлиенту"
    document = base.read(kind, spoil.year_0209(base, kind))
    assert document is not None
    assert document["Date"].startswith("0209")


def test_an_unknown_currency_is_a_catalogue_item_with_a_document_in_it(base: Base) -> None:
    document = base.read(ORDER, spoil.unknown_currency(base))
    assert document is not None
    currency = base.read("Catalog_Валюты", document["Валюта_Key"])
    assert currency is not None
    assert currency["Code"] == "999"


def test_planting_twice_leaves_one(base: Base) -> None:
    assert spoil.year_0209(base) == spoil.year_0209(base)
    assert sum(one["Date"].startswith("0209") for one in base.iterate(ORDER)) == 1


def test_a_movement_for_an_unknown_contract_breaks_the_totals(base: Base) -> None:
    key = spoil.movement_for_unknown_contract(base)
    assert base.read("Catalog_КлючиАналитикиУчетаПоПартнерам", key) is None
    assert any(record["АналитикаУчетаПоПартнерам_Key"] == key for record in base.iterate(SETTLEMENTS))
    with pytest.raises(BooksDoNotCloseError, match=key):
        totals(base)


def test_a_movement_of_an_unposted_document_breaks_the_totals(base: Base) -> None:
    ref = spoil.movement_of_unposted_document(base)
    document = base.read(SHIPMENT, ref)
    assert document is not None
    assert not document["Posted"]
    assert any(record["Recorder"] == ref for record in base.iterate(SETTLEMENTS))
    with pytest.raises(BooksDoNotCloseError, match="by movements"):
        totals(base)


def test_a_base_without_documents_cannot_be_spoiled() -> None:
    empty = Base(TRADE)
    with pytest.raises(LookupError, match="build a company into it first"):
        spoil.year_0209(empty)
    empty.close()

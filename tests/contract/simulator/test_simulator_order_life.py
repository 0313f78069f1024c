"""What people do with an order that came through OData, with the books closed after each step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.company.firm import BANK, INVOICE, ORDER, SHIPMENT
from simulator.company.ledger import SETTLEMENTS
from simulator.company.shipments import ORDERS
from simulator.company.stock import REGISTER as STOCK
from simulator.configuration import TRADE
from simulator.life import Life, NothingFitsError
from simulator.settings import ServerOptions
from simulator.writing import numbers, posting
from tests.contract.simulator.test_simulator_posting import BY_ORDER, CONTRACTS

Row = dict[str, Any]


@pytest.fixture(scope="module")
def base() -> Iterator[Base]:
    with closing(Base(TRADE)) as base:
        build(base, CompanyOptions(seed=2, size=60, today=date(2026, 11, 22)))
        yield base


@pytest.fixture
def life(base: Base) -> Life:
    return Life(base, seed=1)


def placed(base: Base, number: int, *, by_order: bool) -> str:
    """Two lines of two, posted."""
    contract = next(
        one
        for one in base.iterate(CONTRACTS)
        if one["ТипДоговора"] == "СПокупателем" and (one["ПорядокРасчетов"] in BY_ORDER) == by_order
    )
    ref = f"00000000-0000-0000-0000-{number:012d}"
    goods = [one for one in base.iterate("Catalog_Номенклатура") if one["ТипНоменклатуры"] == "Товар"][:2]
    lines = [
        {
            "Номенклатура_Key": item["Ref_Key"],
            "Количество": Decimal(2),
            "КоличествоУпаковок": Decimal(2),
            "Цена": Decimal("60.00"),
            "Сумма": Decimal("120.00"),
            "СтавкаНДС_Key": item["СтавкаНДС_Key"],
            "СуммаНДС": Decimal("20.00"),
            "СуммаСНДС": Decimal("120.00"),
        }
        for item in goods
    ]
    warehouse = next(one for one in base.iterate("Catalog_Склады") if not one["IsFolder"])
    row: Row = {
        "Ref_Key": ref,
        "Date": base.now().isoformat(),
        **{side: contract[side] for side in ("Организация_Key", "Партнер_Key", "Контрагент_Key")},
        "Договор_Key": contract["Ref_Key"],
        "Валюта_Key": contract["ВалютаВзаиморасчетов_Key"],
        "ЦенаВключаетНДС": True,
        "Склад_Key": warehouse["Ref_Key"],
        "Товары": lines,
    }
    with base.database.writing():
        numbers.give(base, base.edm.types[ORDER], row)
        posting.write(base, ServerOptions(), ORDER, row)
        found = base.read(ORDER, ref)
        assert found is not None
        posting.post(base, ServerOptions(), ORDER, found)
    return ref


def read(base: Base, kind: str, ref: str) -> Row:
    found = base.read(kind, ref)
    assert found is not None
    return found


def standing_at(base: Base, register: str, resource: str, **where: str) -> Decimal:
    found = (
        (one["RecordType"], one[resource])
        for one in base.iterate(register + "_RecordType")
        if all(one[key] == value for key, value in where.items())
    )
    return sum((amount if side == "Receipt" else -amount for side, amount in found), Decimal())


@pytest.mark.parametrize("by_order", [False, True])
def test_an_order_is_shipped_in_parts_and_paid(base: Base, life: Life, *, by_order: bool) -> None:
    ref = placed(base, 10 + by_order, by_order=by_order)
    order = read(base, ORDER, ref)
    shipment = read(base, SHIPMENT, life.ship_order(ref, lines="1").ref)
    assert (shipment["ЗаказКлиента"], shipment["СуммаДокумента"]) == (ref, Decimal("120.00"))
    assert standing_at(base, ORDERS, "КОформлению", ЗаказКлиента=ref) == 2
    totals(base)
    part = read(base, SHIPMENT, life.ship_order(ref, quantity="1").ref)
    assert part["СуммаДокумента"] == Decimal("60.00")
    life.ship_order(ref)
    with pytest.raises(NothingFitsError, match="nothing is left"):
        life.ship_order(ref)
    assert standing_at(base, ORDERS, "Заказано", ЗаказКлиента=ref) == 0
    payment = read(base, BANK, life.pay_order_of_portal(ref).ref)
    assert payment["РасшифровкаПлатежа"][0]["ОснованиеПлатежа"] == ref
    totals(base)
    if by_order:
        own = {"ОбъектРасчетов_Key": order["ОбъектРасчетов_Key"]}
        left = {one: standing_at(base, SETTLEMENTS, one, **own) for one in ("Сумма", "КОплате", "КОтгрузке")}
        assert set(left.values()) == {0}


def test_what_an_order_keeps_is_free_again_when_it_is_shipped(base: Base, life: Life) -> None:
    before = standing_at(base, STOCK, "КОтгрузке")
    ref = placed(base, 20, by_order=False)
    assert standing_at(base, STOCK, "КОтгрузке") == before + 4
    life.ship_order(ref)
    assert standing_at(base, STOCK, "КОтгрузке") == before


def test_an_order_is_paid_in_advance(base: Base, life: Life) -> None:
    ref = placed(base, 30, by_order=True)
    order = read(base, ORDER, ref)
    life.pay_order_of_portal(ref, amount="100.00")
    own = {"ОбъектРасчетов_Key": order["ОбъектРасчетов_Key"]}
    assert standing_at(base, SETTLEMENTS, "Сумма", **own) == -100
    assert standing_at(base, SETTLEMENTS, "КОплате", **own) == 140
    totals(base)


def test_an_order_is_billed(base: Base, life: Life) -> None:
    ref = placed(base, 40, by_order=False)
    bill = read(base, INVOICE, life.invoice_order(ref).ref)
    assert (bill["ДокументОснование"], bill["СуммаДокумента"]) == (ref, Decimal("240.00"))


def test_a_manager_changes_a_quantity_or_cancels_a_line(base: Base, life: Life) -> None:
    ref = placed(base, 50, by_order=True)
    life.edit_order(ref, quantity="5")
    order = read(base, ORDER, ref)
    assert (order["СуммаДокумента"], order["Товары"][0]["Количество"]) == (Decimal("420.00"), 5)
    assert standing_at(base, ORDERS, "Сумма", ЗаказКлиента=ref) == 420
    life.edit_order(ref, cancel="1")
    order = read(base, ORDER, ref)
    assert (order["СуммаДокумента"], order["Товары"][0]["Отменено"]) == (Decimal("120.00"), True)
    assert standing_at(base, ORDERS, "Сумма", ЗаказКлиента=ref) == 120
    totals(base)


def test_a_cancelled_order_moves_nothing_and_one_shipped_cannot_be_cancelled(base: Base, life: Life) -> None:
    ref = placed(base, 60, by_order=True)
    life.cancel_order(ref)
    order = read(base, ORDER, ref)
    assert (order["Posted"], order["DeletionMark"]) == (False, True)
    assert standing_at(base, ORDERS, "Сумма", ЗаказКлиента=ref) == 0
    other = placed(base, 61, by_order=True)
    life.ship_order(other, lines="1")
    with pytest.raises(NothingFitsError, match="оформлена отгрузка"):
        life.cancel_order(other)
    with pytest.raises(NothingFitsError, match="shipped already"):
        life.edit_order(other)
    assert read(base, ORDER, other)["Posted"] is True


def test_life_goes_on_around_orders(base: Base, life: Life) -> None:
    placed(base, 70, by_order=True)
    for _ in range(40):
        life.step()
    totals(base)

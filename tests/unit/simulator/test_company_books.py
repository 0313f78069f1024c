from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from simulator.base import Base
from simulator.company import totals
from simulator.configuration import TRADE
from tests.unit.simulator.companies import BY_DUE_DATE, SETTLEMENTS, SHIPMENT, TODAY, company, documents, side

BANK = "Document_ПоступлениеБезналичныхДенежныхСредств"
WITH_LINES = (SHIPMENT, "Document_ЗаказКлиента", "Document_ВозвратТоваровОтКлиента")


def test_a_document_is_as_much_as_its_lines(small: Base) -> None:
    checked = 0
    for kind in WITH_LINES:
        for document in small.iterate(kind):
            assert document["СуммаДокумента"] == sum(row["СуммаСНДС"] for row in document["Товары"]) > 0
            checked += len(document["Товары"])
    assert checked > 3_000


def test_a_line_is_price_times_quantity_with_its_tax(small: Base) -> None:
    rates = {row["Ref_Key"]: row["Ставка"] for row in small.iterate("Catalog_СтавкиНДС")}
    cent = Decimal("0.01")
    for document in small.iterate(SHIPMENT):
        for row in document["Товары"]:
            assert abs(row["Сумма"] - row["Цена"] * row["Количество"]) <= cent / 2
            rate = rates[row["СтавкаНДС_Key"]]
            if document["ЦенаВключаетНДС"]:
                assert row["СуммаСНДС"] == row["Сумма"]
                exact = row["Сумма"] * rate / (100 + rate)
            else:
                assert row["СуммаСНДС"] == row["Сумма"] + row["СуммаНДС"]
                exact = row["Сумма"] * rate / 100
            assert abs(row["СуммаНДС"] - exact) <= cent / 2


def test_a_payment_is_as_much_as_its_details(small: Base) -> None:
    for kind in (BANK, "Document_ПриходныйКассовыйОрдер"):
        for document in small.iterate(kind):
            assert document["СуммаДокумента"] == sum(row["Сумма"] for row in document["РасшифровкаПлатежа"])


def test_only_posted_documents_have_movements(small: Base) -> None:
    live = {
        one["Ref_Key"]
        for kind in documents()
        for one in small.iterate(kind)
        if one["Posted"] and not one["DeletionMark"]
    }
    for register in TRADE.accumulation_registers:
        for record in small.iterate(f"AccumulationRegister_{register.name}"):
            assert record.get("Recorder", record.get("Recorder_Key")) in live


def test_no_debt_and_no_advance_is_settled_twice(small: Base) -> None:
    rests: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    regulated: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for record in small.iterate(BY_DUE_DATE):
        for resource in ("Долг", "Предоплата"):
            rests[resource, record["РасчетныйДокумент"]] += side(record) * record[resource]
            regulated[resource, record["РасчетныйДокумент"]] += side(record) * record[resource + "Регл"]
    assert min(rests.values()) == 0
    assert all((rest == 0) == (regulated[key] == 0) for key, rest in rests.items())
    assert sum(rest > 0 for (resource, _), rest in rests.items() if resource == "Долг") > 10
    assert sum(rest > 0 for (resource, _), rest in rests.items() if resource == "Предоплата") > 3


def test_nothing_is_settled_before_it_arose(small: Base) -> None:
    moves = defaultdict(list)
    for record in small.iterate(BY_DUE_DATE):
        for resource in ("Долг", "Предоплата"):
            if record[resource]:
                change = side(record) * record[resource]
                moves[resource, record["РасчетныйДокумент"]].append((record["Period"], -change))
    for changes in moves.values():
        rest = Decimal(0)
        for _, change in sorted(changes):
            rest -= change
            assert rest >= 0


def test_both_settlement_registers_agree_on_every_object(small: Base) -> None:
    by_sum: dict[str, Decimal] = defaultdict(Decimal)
    by_due: dict[str, Decimal] = defaultdict(Decimal)
    for record in small.iterate(SETTLEMENTS):
        by_sum[record["ОбъектРасчетов_Key"]] += side(record) * record["Сумма"]
    for record in small.iterate(BY_DUE_DATE):
        by_due[record["ОбъектРасчетов_Key"]] += side(record) * (record["Долг"] - record["Предоплата"])
    assert {key: rest for key, rest in by_sum.items() if rest} == {
        key: rest for key, rest in by_due.items() if rest
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_customers_owe_are_even_overdue_or_in_advance(seed: int) -> None:
    base = company("small", seed)
    standing: dict[str, Decimal] = defaultdict(Decimal)
    for total in totals(base):
        standing[total.counterparty] += total.amount
    signs = Counter((amount > 0) - (amount < 0) for amount in standing.values())
    assert signs[1] >= 10
    assert signs[0] >= 5
    assert signs[-1] >= 3
    assert 0.2 < len(overdue(base)) / base.count("Catalog_Контрагенты") < 0.5
    base.close()


def overdue(base: Base) -> set[str]:
    keys = {
        row["Ref_Key"]: row["Контрагент_Key"]
        for row in base.iterate("Catalog_КлючиАналитикиУчетаПоПартнерам")
    }
    debts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for record in base.iterate(BY_DUE_DATE):
        if "0002" < record["ДатаПлановогоПогашения"] < TODAY.isoformat():
            counterparty = keys[record["АналитикаУчетаПоПартнерам_Key"]]
            debts[counterparty, record["РасчетныйДокумент"]] += side(record) * record["Долг"]
    return {counterparty for (counterparty, _), debt in debts.items() if debt}


def test_the_due_date_is_the_deferral_after_the_document(small: Base) -> None:
    contracts = {row["Ref_Key"]: row for row in small.iterate("Catalog_ДоговорыКонтрагентов")}
    shipments = {row["Ref_Key"]: row for row in small.iterate(SHIPMENT)}
    seen = Counter[bool]()
    for record in small.iterate(BY_DUE_DATE):
        if not record["Долг"]:
            continue
        shipment = shipments[record["РасчетныйДокумент"]]
        contract = contracts[shipment["Договор_Key"]]
        seen[contract["УстановленСрокОплаты"]] += 1
        if contract["УстановленСрокОплаты"]:
            due = date.fromisoformat(record["ДатаПлановогоПогашения"][:10])
            assert (due - date.fromisoformat(shipment["Date"][:10])).days == contract["СрокОплаты"]
            assert shipment["ЭтапыГрафикаОплаты"][0]["ДатаПлатежа"] == record["ДатаПлановогоПогашения"]
        else:
            assert record["ДатаПлановогоПогашения"] == "0001-01-01T00:00:00"
            assert shipment["ЭтапыГрафикаОплаты"] == []
    assert seen[True] > 100
    assert seen[False] > 20


def test_goods_never_leave_an_empty_warehouse(small: Base) -> None:
    stock: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for record in small.iterate("AccumulationRegister_ТоварыНаСкладах"):
        stock[record["Номенклатура_Key"], record["Склад_Key"]] += side(record) * record["ВНаличии"]
    assert min(stock.values()) >= 0


@pytest.mark.parametrize("resource", ["КОтгрузке", "КОплате"])
def test_no_more_is_shipped_or_paid_for_than_was_ordered(small: Base, resource: str) -> None:
    rests: dict[str, Decimal] = defaultdict(Decimal)
    moved = Counter[str]()
    for record in small.iterate(SETTLEMENTS):
        rests[record["ОбъектРасчетов_Key"]] += side(record) * record[resource]
        moved[record["RecordType"]] += record[resource] != 0
    assert min(rests.values()) == 0
    assert min(moved["Receipt"], moved["Expense"]) > 20

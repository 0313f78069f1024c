from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.configuration import TRADE

TODAY = date(2026, 11, 22)
SHIPMENT = "Document_РеализацияТоваровУслуг"
BANK = "Document_ПоступлениеБезналичныхДенежныхСредств"
WITH_LINES = (SHIPMENT, "Document_ЗаказКлиента", "Document_ВозвратТоваровОтКлиента")
DUE = "AccumulationRegister_РасчетыСКлиентамиПоСрокам"
SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"
ZERO_GUID = "00000000-0000-0000-0000-000000000000"


def company(size: str | int = "tiny", seed: int = 1, currency: str = "RUB", today: date = TODAY) -> Base:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=seed, size=size, currency=currency, today=today))
    return base


@pytest.fixture(scope="module")
def small() -> Iterator[Base]:
    base = company("small")
    yield base
    base.close()


def sets() -> list[str]:
    catalogs = [f"{one.prefix}_{one.name}" for one in TRADE.catalogs]
    registers = [f"AccumulationRegister_{one.name}" for one in TRADE.accumulation_registers]
    information = [f"InformationRegister_{one.name}" for one in TRADE.information_registers]
    return [*catalogs, *documents(), *registers, *information]


def documents() -> list[str]:
    return [f"Document_{one.name}" for one in TRADE.documents]


def contents(base: Base) -> dict[str, list[dict[str, Any]]]:
    return {name: list(base.iterate(name)) for name in sets()}


def side(record: dict[str, Any]) -> int:
    return 1 if record["RecordType"] == "Receipt" else -1


def test_the_same_options_give_the_same_company() -> None:
    assert contents(company(seed=7)) == contents(company(seed=7))


def test_the_company_does_not_depend_on_how_python_hashes_strings() -> None:
    program = (
        "from datetime import date\n"
        "from simulator.base import Base\n"
        "from simulator.company import CompanyOptions, build\n"
        "from simulator.configuration import TRADE\n"
        "base = Base(TRADE)\n"
        "build(base, CompanyOptions(size=60, today=date(2026, 11, 22)))\n"
        f"print([list(base.iterate(name)) for name in {sets()}])\n"
    )
    root = Path(__file__).parents[3]
    told = {
        subprocess.check_output(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        )
        for seed in ("1", "2")
    }
    assert len(told) == 1


def test_another_seed_or_currency_gives_another_company() -> None:
    first = {row["Ref_Key"] for row in company(seed=1).iterate("Catalog_Контрагенты")}
    assert not first & {row["Ref_Key"] for row in company(seed=2).iterate("Catalog_Контрагенты")}
    assert not first & {row["Ref_Key"] for row in company(currency="UAH").iterate("Catalog_Контрагенты")}


def test_customers_keep_their_identity_from_one_day_to_the_next() -> None:
    first = [row["Ref_Key"] for row in company().iterate("Catalog_Контрагенты")]
    later = [row["Ref_Key"] for row in company(today=date(2026, 11, 23)).iterate("Catalog_Контрагенты")]
    assert first == later


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**6), currency=st.sampled_from(("RUB", "UAH")), size=st.sampled_from(("tiny", 700))
)
def test_the_books_close_whatever_the_seed(seed: int, currency: str, size: str | int) -> None:
    base = company(size, seed, currency)
    assert len(totals(base)) > 5
    base.close()


@settings(max_examples=8, deadline=None)
@given(today=st.dates(date(2020, 1, 1), date(2031, 12, 31)))
def test_the_books_close_whatever_the_day(today: date) -> None:
    base = company(today=today)
    assert totals(base)
    dated = [document["Date"] for kind in documents() for document in base.iterate(kind)]
    assert today.toordinal() - date.fromisoformat(max(dated)[:10]).toordinal() == 1
    base.close()


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


def test_some_documents_are_drafts_marked_or_backdated(small: Base) -> None:
    posted = Counter(
        (one["Posted"], one["DeletionMark"]) for kind in documents() for one in small.iterate(kind)
    )
    assert posted[False, False] > 10
    assert posted[False, True] > 5
    assert posted[True, True] == 0
    assert posted[True, False] > 0.9 * posted.total()
    shipments = sorted(
        small.iterate(SHIPMENT), key=lambda one: one["Number"][:2] + one["Date"][:4] + one["Number"]
    )
    earlier_than_before = sum(
        left["Number"][:2] == right["Number"][:2]
        and left["Date"][:4] == right["Date"][:4]
        and right["Date"] < left["Date"]
        for left, right in pairwise(shipments)
    )
    assert 2 <= earlier_than_before < len(shipments) * 0.1


def test_numbers_are_never_given_twice(small: Base) -> None:
    for kind in documents():
        given_numbers = Counter((one["Number"], one["Date"][:4]) for one in small.iterate(kind))
        assert all(count == 1 for count in given_numbers.values()), kind


def test_documents_stand_at_the_edges_of_days_and_months(small: Base) -> None:
    moments = {one["Date"] for kind in documents() for one in small.iterate(kind)}
    assert any(moment.endswith("T23:59:59") for moment in moments)
    assert any(moment.endswith("T00:00:00") for moment in moments)
    assert any(moment[5:10] in ("01-31", "03-31", "04-30", "05-31", "12-31") for moment in moments)


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
    for record in small.iterate(DUE):
        for resource in ("Долг", "Предоплата"):
            rests[resource, record["РасчетныйДокумент"]] += side(record) * record[resource]
            regulated[resource, record["РасчетныйДокумент"]] += side(record) * record[resource + "Регл"]
    assert min(rests.values()) == 0
    assert all((rest == 0) == (regulated[key] == 0) for key, rest in rests.items())
    assert sum(rest > 0 for (resource, _), rest in rests.items() if resource == "Долг") > 10
    assert sum(rest > 0 for (resource, _), rest in rests.items() if resource == "Предоплата") > 3


def test_nothing_is_settled_before_it_arose(small: Base) -> None:
    moves = defaultdict(list)
    for record in small.iterate(DUE):
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
    for record in small.iterate(DUE):
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
    for record in base.iterate(DUE):
        if "0002" < record["ДатаПлановогоПогашения"] < TODAY.isoformat():
            counterparty = keys[record["АналитикаУчетаПоПартнерам_Key"]]
            debts[counterparty, record["РасчетныйДокумент"]] += side(record) * record["Долг"]
    return {counterparty for (counterparty, _), debt in debts.items() if debt}


def test_the_due_date_is_the_deferral_after_the_document(small: Base) -> None:
    contracts = {row["Ref_Key"]: row for row in small.iterate("Catalog_ДоговорыКонтрагентов")}
    shipments = {row["Ref_Key"]: row for row in small.iterate(SHIPMENT)}
    seen = Counter[bool]()
    for record in small.iterate(DUE):
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


def test_every_reference_leads_somewhere(small: Base) -> None:
    known = {row["Ref_Key"] for name in sets() if "Register" not in name for row in small.iterate(name)}
    for name in sets():
        for row in small.iterate(name):
            for field, value in row.items():
                if field.endswith("_Key") and value and value != ZERO_GUID:
                    assert value in known, f"{name}.{field}"


def test_some_documents_point_to_what_is_not_published(small: Base) -> None:
    shipments = list(small.iterate(SHIPMENT))
    assert any(one["ДопоставкаПоРеализации_Type"].startswith("UnavailableEntities.") for one in shipments)
    series = {row["Серия_Key"] for one in shipments for row in one["Товары"]}
    assert len(series - {ZERO_GUID}) > 3


def test_offsets_storno_and_namesakes_occur(small: Base) -> None:
    assert small.count("Document_ВзаимозачетЗадолженности") > 0
    assert any(record["Сторно"] and record["Сумма"] < 0 for record in small.iterate(SETTLEMENTS))
    names = Counter(row["Description"] for row in small.iterate("Catalog_Контрагенты"))
    assert max(names.values()) > 1


def test_a_branch_shares_the_tax_id_of_its_head(small: Base) -> None:
    rows = {row["Ref_Key"]: row for row in small.iterate("Catalog_Контрагенты")}
    branches = [row for row in rows.values() if row["ОбособленноеПодразделение"]]
    assert branches
    for branch in branches:
        head = rows[branch["ГоловнойКонтрагент_Key"]]
        assert head["ГоловнойКонтрагент_Key"] == head["Ref_Key"] != branch["Ref_Key"]
        assert branch["ИНН"] == head["ИНН"]
        assert branch["КПП"] != head["КПП"]


@pytest.mark.parametrize("size", ["tiny", "small", 700, 4_000])
def test_a_size_means_about_that_many_documents(size: str | int) -> None:
    base = company(size)
    wanted = {"tiny": 300, "small": 1_500}.get(str(size)) or int(size)
    assert abs(sum(base.count(kind) for kind in documents()) - wanted) < wanted * 0.12
    base.close()


@pytest.mark.parametrize("size", ["huge", 3, 2_000_000, "-1"])
def test_an_unknown_size_is_refused_with_the_known_ones(size: str | int) -> None:
    with pytest.raises(ValueError, match="tiny, small, demo, or a number of documents from 50 to 1000000"):
        company(size)


def test_an_unknown_currency_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="give one of RUB, USD, EUR, UAH, KZT"):
        company(currency="GBP")


@pytest.mark.parametrize("currency", ["USD", "KZT"])
def test_any_known_currency_can_be_the_base_one(currency: str) -> None:
    assert totals(company(currency=currency))


def test_progress_ends_at_the_whole() -> None:
    seen: list[tuple[int, int]] = []
    build(
        Base(TRADE), CompanyOptions(size="tiny", today=TODAY), lambda done, whole: seen.append((done, whole))
    )
    assert seen == sorted(seen)
    assert seen[-1] == (300, 300)


def test_a_tiny_company_is_built_in_a_moment() -> None:
    def cpu() -> float:
        began = time.process_time()
        company(seed=3).close()
        return time.process_time() - began

    assert min(cpu() for _ in range(3)) < 0.3

"""Posting an order: what it moves, what the books refuse, and what taking it back leaves."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.company.firm import ORDER
from simulator.company.ledger import SETTLEMENTS
from simulator.company.shipments import ORDERS
from simulator.company.stock import REGISTER as STOCK
from simulator.configuration import TRADE
from simulator.server import Server, running
from tests.contract.simulator.small_base import Client

CONTRACTS = "Catalog_ДоговорыКонтрагентов"
BY_ORDER = ("ПоЗаказам", "ПоЗаказамНакладным")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with closing(Base(TRADE)) as base:
        build(base, CompanyOptions(seed=2, size=60, today=date(2026, 11, 22)))
        with running(base) as server:
            yield server


@pytest.fixture
def books(server: Server) -> Client:
    return Client(server, server.user, server.password)


@contextmanager
def under(books: Client, **options: bool) -> Iterator[None]:
    books.server.change(**options)
    try:
        yield
    finally:
        books.server.change(**dict.fromkeys(options, False))


def contract_of(books: Client, *, by_order: bool) -> Row:
    found = (one for one in books.server.base.iterate(CONTRACTS) if one["ТипДоговора"] == "СПокупателем")
    return next(one for one in found if (one["ПорядокРасчетов"] in BY_ORDER) == by_order)


def in_stock(books: Client) -> tuple[str, str, Decimal]:
    """An item, a warehouse and how much of it is free there."""
    rows = books.get(f"{STOCK}/Balance(Dimensions='Номенклатура,Склад')").value
    row = max(rows, key=lambda one: one["ВНаличииBalance"] - one["КОтгрузкеBalance"])
    return row["Номенклатура_Key"], row["Склад_Key"], row["ВНаличииBalance"] - row["КОтгрузкеBalance"]


def place(books: Client, contract: Row, quantity: Decimal | int = 1, **more: Any) -> Row:
    item, warehouse, _ = in_stock(books)
    line = {"LineNumber": 1, "Номенклатура_Key": item, "Количество": quantity, "СуммаСНДС": Decimal("120.60")}
    sides = {key: contract[key] for key in ("Организация_Key", "Партнер_Key", "Контрагент_Key")}
    row = {
        **sides,
        "Договор_Key": contract["Ref_Key"],
        "Валюта_Key": contract["ВалютаВзаиморасчетов_Key"],
        "Склад_Key": warehouse,
        "Статус": "КОтгрузке",
        "Товары": [line],
        **more,
    }
    answer = books.write("POST", ORDER, row)
    assert answer.status == 201, answer.text
    found: Row = answer.data
    return found


def address(order: Row, action: str = "") -> str:
    return f"{ORDER}(guid'{order['Ref_Key']}'){action}"


def post(books: Client, order: Row) -> None:
    answer = books.write("POST", address(order, "/Post?PostingModeOperational=false&$format=json"))
    assert (answer.status, answer.body) == (200, b""), answer.text


def refusal(books: Client, order: Row, action: str = "/Post?$format=json") -> str:
    status, code, words = books.write("POST", address(order, action)).error
    assert (status, code) == (500, "-1")
    return words


def moved(books: Client, order: Row) -> dict[str, int]:
    base = books.server.base
    return {
        register: len(base.records(register, order["Ref_Key"])) for register in (ORDERS, SETTLEMENTS, STOCK)
    }


def test_posting_moves_goods_and_the_order_itself(books: Client) -> None:
    order = place(books, contract_of(books, by_order=False))
    assert moved(books, order) == {ORDERS: 0, SETTLEMENTS: 0, STOCK: 0}
    item, _, before = in_stock(books)
    post(books, order)
    assert books.get(address(order)).data["Posted"] is True
    assert moved(books, order) == {ORDERS: 1, SETTLEMENTS: 0, STOCK: 1}
    assert in_stock(books) == (item, order["Склад_Key"], before - 1)
    record = books.server.base.records(ORDERS, order["Ref_Key"])[0]
    assert (record["ЗаказКлиента"], record["Сумма"]) == (order["Ref_Key"], Decimal("120.60"))
    totals(books.server.base)


def test_an_order_that_is_a_settlement_object_is_to_be_paid(books: Client) -> None:
    order = place(books, contract_of(books, by_order=True))
    post(books, order)
    record = books.server.base.records(SETTLEMENTS, order["Ref_Key"])[0]
    assert (record["КОплате"], record["КОтгрузке"], record["Сумма"]) == (Decimal("120.60"),) * 2 + (0,)
    told = books.get(f"Catalog_ОбъектыРасчетов(guid'{record['ОбъектРасчетов_Key']}')").data
    assert told["Объект"] == order["Ref_Key"]
    totals(books.server.base)


def test_posting_again_replaces_the_movements_and_unposting_removes_them(books: Client) -> None:
    order = place(books, contract_of(books, by_order=True))
    post(books, order)
    post(books, order)
    assert moved(books, order) == {ORDERS: 1, SETTLEMENTS: 1, STOCK: 1}
    assert books.write("POST", address(order, "/Unpost")).status == 200
    assert moved(books, order) == {ORDERS: 0, SETTLEMENTS: 0, STOCK: 0}
    assert books.get(address(order)).data["Posted"] is False


def test_what_is_marked_for_deletion_or_empty_is_not_posted(books: Client) -> None:
    contract = contract_of(books, by_order=False)
    assert "Не введено ни одной строки" in refusal(books, place(books, contract, Товары=[]))
    marked = place(books, contract, DeletionMark=True)
    assert refusal(books, marked) == "Помеченный на удаление документ не может быть проведен!"


def test_what_is_posted_is_not_marked_for_deletion_before_it_is_unposted(books: Client) -> None:
    order = place(books, contract_of(books, by_order=False))
    post(books, order)
    assert books.write("PATCH", address(order), {"DeletionMark": True}).error[:2] == (500, "-1")
    books.write("POST", address(order, "/Unpost"))
    assert books.write("PATCH", address(order), {"DeletionMark": True}).status == 200


def test_more_than_is_free_is_refused_where_stock_is_controlled(books: Client) -> None:
    contract, (_, _, free) = contract_of(books, by_order=False), in_stock(books)
    order = place(books, contract, free + 1)
    with under(books, controls_stock=True):
        assert refusal(books, order).startswith("Недостаточно товара на складе. Номенклатура:")
        assert moved(books, order) == {ORDERS: 0, SETTLEMENTS: 0, STOCK: 0}
        assert books.get(address(order)).data["Posted"] is False
        exactly = place(books, contract, free)
        post(books, exactly)
        post(books, exactly)  # what it keeps itself is free for it
    books.write("POST", address(exactly, "/Unpost"))


def test_an_order_over_the_limit_is_refused_where_limits_are_controlled(books: Client) -> None:
    contract = contract_of(books, by_order=False)
    limited = {"ОграничиватьСуммуЗадолженности": True, "ДопустимаяСуммаЗадолженности": 0}
    debt = next(one.amount for one in totals(books.server.base) if one.contract == contract["Ref_Key"])
    books.server.base.write(CONTRACTS, [{**contract, **limited, "ДопустимаяСуммаЗадолженности": debt + 120}])
    order = place(books, contract)
    with under(books, controls_limit=True):
        words = refusal(books, order)
    assert "Превышена допустимая сумма задолженности по договору" in words
    assert words.endswith("превышение 0,60")
    post(books, order)


def test_in_load_mode_posting_is_a_flag_and_nothing_else(books: Client) -> None:
    order = place(books, contract_of(books, by_order=True))
    mode = {"1C_OData-DataLoadMode": "true"}
    assert books.write("POST", address(order, "/Post"), None, mode).status == 200
    assert books.get(address(order)).data["Posted"] is True
    assert moved(books, order) == {ORDERS: 0, SETTLEMENTS: 0, STOCK: 0}


def test_deletion_takes_the_movements_along(books: Client) -> None:
    order = place(books, contract_of(books, by_order=True))
    post(books, order)
    assert books.write("DELETE", address(order)).status == 204
    assert moved(books, order) == {ORDERS: 0, SETTLEMENTS: 0, STOCK: 0}


def test_papers_whose_posting_is_not_simulated_are_refused(books: Client) -> None:
    answer = books.write("POST", "Document_ПриходныйКассовыйОрдер", {"Ref_Key": str(uuid.uuid4())}).data
    words = books.write("POST", f"Document_ПриходныйКассовыйОрдер(guid'{answer['Ref_Key']}')/Post").error[2]
    assert "симулятор не умеет" in words

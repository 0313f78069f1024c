"""A write whose answer is lost, late, replaced or never made: what stands in the base then."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http.client import HTTPException
from time import monotonic, sleep

import pytest

from simulator.base import Base
from simulator.company.firm import ORDER
from simulator.configuration import TRADE
from simulator.faults import Fault, ready
from simulator.server import running
from tests.contract.simulator.small_base import GOODS, PARTY, RUB, Client, fill

LOST = (OSError, HTTPException)


@pytest.fixture(scope="module")
def books() -> Iterator[Client]:
    with closing(Base(TRADE)) as base:
        fill(base)
        with running(base) as server:
            yield Client(server, server.user, server.password)


def order(ref: str) -> dict[str, object]:
    lines = [{"LineNumber": 1, "Номенклатура_Key": GOODS, "Количество": 1}]
    return {"Ref_Key": ref, "Контрагент_Key": PARTY, "Валюта_Key": RUB, "Товары": lines}


def stands(books: Client, ref: str) -> bool:
    return books.get(f"{ORDER}(guid'{ref}')").status == 200


def ref() -> str:
    return str(uuid.uuid4())


def test_a_dropped_request_leaves_nothing(books: Client) -> None:
    books.server.faults.add(Fault("drop", method="POST", match=f"{ORDER}?"))
    with pytest.raises(LOST):
        books.write("POST", ORDER, order(one := ref()))
    assert not stands(books, one)


@pytest.mark.parametrize("kind", ["drop_after", "truncate"])
def test_a_commit_stands_when_the_connection_breaks_after_it(books: Client, kind: str) -> None:
    books.server.faults.add(ready(kind, match=f"{ORDER}?", method="POST"))
    with pytest.raises(LOST):
        books.write("POST", ORDER, order(one := ref()))
    assert stands(books, one)


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [
        ("bad_gateway", 502, False),
        ("bad_gateway_after", 502, True),
        ("gateway_timeout_after", 504, True),
        ("error_after", 500, True),
        ("malformed", 201, True),
        ("error", 500, False),
    ],
)
def test_an_answer_of_somebody_else_tells_nothing(
    books: Client, kind: str, status: int, *, done: bool
) -> None:
    books.server.faults.add(ready(kind, match=f"{ORDER}?", method="POST"))
    assert books.write("POST", ORDER, order(one := ref())).status == status
    assert stands(books, one) is done


def test_a_handler_refuses_on_demand_and_nothing_is_kept(books: Client) -> None:
    faults, one = books.server.faults, ref()
    faults.add(Fault("refuse", message="Период закрыт", method="POST", match=f"{ORDER}?"))
    assert books.write("POST", ORDER, order(one)).error == (500, "-1", "Период закрыт")
    assert not stands(books, one)
    assert books.write("POST", ORDER, order(one)).status == 201
    faults.add(ready("refuse", match="/Post"))
    assert books.write("POST", f"{ORDER}(guid'{one}')/Post").error[:2] == (500, "-1")
    assert books.get(f"{ORDER}(guid'{one}')").data["Posted"] is False
    assert books.server.base.records("AccumulationRegister_ЗаказыКлиентов", one) == []


def test_a_posting_stands_when_its_answer_is_lost(books: Client) -> None:
    books.write("POST", ORDER, order(one := ref()))
    books.server.faults.add(ready("drop_after", match="/Post"))
    with pytest.raises(LOST):
        books.write("POST", f"{ORDER}(guid'{one}')/Post")
    assert books.get(f"{ORDER}(guid'{one}')").data["Posted"] is True


def test_work_that_waits_is_done_after_the_client_has_gone(books: Client) -> None:
    books.server.faults.add(Fault("delay", delay_s=0.15, method="POST", match=f"{ORDER}?"))
    hasty, one = replace(books, timeout_s=0.05), ref()
    with pytest.raises(TimeoutError):
        hasty.write("POST", ORDER, order(one))
    assert not stands(books, one)
    deadline = monotonic() + 10
    while not stands(books, one) and monotonic() < deadline:
        sleep(0.02)
    assert stands(books, one)


def test_a_commit_is_seen_while_its_answer_lingers(books: Client) -> None:
    faults, one = books.server.faults, ref()
    before = faults.lingering
    faults.add(Fault("linger", delay_s=0.2, method="POST", match=f"{ORDER}?"))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(books.write, "POST", ORDER, order(one))
        while faults.lingering == before:
            assert not slow.done()
        assert stands(books, one)
        assert slow.result().status == 201


def test_of_two_that_bring_the_same_reference_one_is_kept(books: Client) -> None:
    one = ref()
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(books.write, "POST", ORDER, order(one)) for _ in range(4)]
        assert sorted(answer.result().status for answer in answers) == [201, 400, 400, 400]


def test_chance_may_strike_writes_alone(books: Client) -> None:
    faults = books.server.faults
    faults.chance(1, 1.0, ["bad_gateway_after"], match=ORDER, method="POST")
    assert books.get(ORDER).status == 200
    assert books.write("POST", ORDER, order(one := ref())).status == 502
    faults.stop()
    assert stands(books, one)

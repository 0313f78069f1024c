"""`saldo check` where orders are taken: what will be lost of them, and nothing left behind that counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from assets import write_check
from assets.source import Source
from mappings import MAPPINGS
from mappings.outgoing import OUTGOING
from mappings.stored import MARKER
from mappings.ut11.order_out import ORDER_OUT
from schemas.settings import OrderSettings, Secret
from schemas.source import Finding
from simulator.base import Base
from simulator.configuration import TRADE
from simulator.faults import Fault, ready
from simulator.server import Server, running
from simulator.settings import ServerOptions
from tests.contract.simulator.small_base import GOODS, PARTY, RUB, fill, guid
from tests.unit.mappings.orders_to_write import settings

SET = "Document_ЗаказКлиента"
Check = Callable[..., list[Finding]]


@pytest.fixture
def server() -> Iterator[Server]:
    with closing(Base(TRADE)) as base:
        fill(base)
        line = {"Номенклатура_Key": GOODS, "Количество": 2, "Цена": 5, "Сумма": 10, "СуммаСНДС": 10}
        newest = {"Ref_Key": guid(950), "Date": "2026-05-01T00:00:00", "Posted": True, "Товары": [line]}
        base.write(SET, [newest | {"Контрагент_Key": PARTY, "Валюта_Key": RUB, "СуммаДокумента": 99}])
        with running(base) as running_server:
            yield running_server


@pytest.fixture
def check(server: Server) -> Check:
    def now(*faults: Fault, orders: dict[str, Any] | None = None, **options: Any) -> list[Finding]:
        server.app.configure(replace(ServerOptions(), **options))
        server.faults.add(*faults)
        told = OrderSettings(**({"accept": True, "chosen_key": True} | (orders or {})))
        own = replace(
            settings(), base_url=server.url, user=server.user, password=Secret(server.password), orders=told
        )
        return list(write_check.check(Source(own, MAPPINGS["ut11"]), try_it=True))

    return now


def tried(server: Server) -> list[dict[str, Any]]:
    return [row for row in server.base.iterate(SET) if row["Ref_Key"] not in (guid(900), guid(950))]


def wrong(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.subject, one.message) for one in findings if not one.ok]


def test_a_base_that_keeps_everything_has_a_marked_order_more_and_nothing_to_mend(
    server: Server, check: Check
) -> None:
    findings = check()
    assert wrong(findings) == []
    (order,) = tried(server)
    assert (order["Posted"], order["DeletionMark"], order["Контрагент_Key"]) == (False, True, PARTY)
    assert not MARKER.search(order["Комментарий"])
    assert order["Комментарий"].startswith("Проверка")
    told = " ".join(one.message for one in findings)
    assert order["Number"] in told
    assert "takes it once" in told
    assert "set orders.chosen_key" not in told


def test_where_the_setting_could_be_on_it_is_told(check: Check) -> None:
    findings = check(orders={"chosen_key": False})
    assert wrong(findings) == []
    assert any("set orders.chosen_key = true" in one.message for one in findings)


def test_a_base_that_chooses_keys_itself_must_not_be_trusted_with_ours(server: Server, check: Check) -> None:
    assert wrong(check(chosen_keys=False)) == [
        ("chosen key", "the base chooses the keys of new objects itself")
    ]
    assert all(row["DeletionMark"] for row in tried(server))
    assert wrong(check(chosen_keys=False, orders={"chosen_key": False})) == []


def test_what_is_cut_or_ignored_is_named(server: Server, check: Check) -> None:
    constants = {"НетТакого": "1", "Товары.ВариантОбеспечения": "ы" * 50}
    assert wrong(check(orders={"constants": constants})) == [
        (f"{SET}.НетТакого", "is ignored when it is written")
    ]
    found = wrong(check(drop_fields=frozenset({f"{SET}.АдресДоставки"})))
    assert found == [(f"{SET}.АдресДоставки", "is ignored when it is written")]


def test_a_reference_that_is_cut_is_told_and_its_order_is_marked_all_the_same(
    server: Server, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter = replace(
        ORDER_OUT,
        fields=tuple(replace(one, longest=60) if one.longest == 30 else one for one in ORDER_OUT.fields),
    )
    monkeypatch.setitem(OUTGOING, "ut11", (shorter,))  # type: ignore[arg-type]
    found = wrong(check())
    assert found == [(f"{SET}.НомерПоДаннымКлиента", "keeps 50 of 60 letters and loses the rest")]
    assert [row["DeletionMark"] for row in tried(server)] == [True]


def test_nobody_elses_orders_are_touched(server: Server, check: Check) -> None:
    before = [server.base.read(SET, guid(number)) for number in (900, 950)]
    check()
    check(ready("drop_after", method="POST"))
    assert [server.base.read(SET, guid(number)) for number in (900, 950)] == before


@pytest.mark.parametrize("fault", ["drop_after", "malformed", "gateway_timeout_after"])
def test_even_an_order_whose_answer_was_lost_is_marked(fault: str, server: Server, check: Check) -> None:
    findings = check(ready(fault, method="POST"))
    assert [subject for subject, _ in wrong(findings)] == ["writing"]
    assert [row["DeletionMark"] for row in tried(server)] == [True]


def test_an_order_that_could_not_be_marked_is_named(server: Server, check: Check) -> None:
    findings = check(Fault("refuse", method="PATCH", message="Закрыто"))
    assert [subject for subject, _ in wrong(findings)] == ["writing"]
    assert "saldo-check-" in findings[-1].hint
    assert [row["DeletionMark"] for row in tried(server)] == [False]


def test_a_user_who_may_not_write_is_told_so_and_by_the_bases_words(server: Server, check: Check) -> None:
    found = wrong(check(read_only=True))
    assert ("writing", "the user has no right to write this: Нарушение прав доступа!") in found
    assert tried(server) == []


def test_nothing_is_written_without_being_asked_to() -> None:
    source = Source(settings(), MAPPINGS["ut11"])
    (finding,) = write_check.check(source, try_it=False)
    assert finding.ok
    assert "--try-writing" in finding.message
    off = Source(replace(source.settings, orders=OrderSettings()), source.entities)
    assert list(write_check.check(off, try_it=True)) == []
    assert write_check.needs(off) == source.needs()
    assert "ЦенаВключаетНДС" in write_check.needs(source)[SET]
    assert write_check.needs(source)[SET]["Статус"] == "order.status"

"""The exchange plan of the simulator through the connector: packages, confirmations, what stops them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors import exchange
from connectors.decode import decoder_of
from connectors.decode_atom import AtomDecoder
from connectors.dialects import ONEC
from connectors.odata import ODataClient
from schemas.errors import SourceContractError, SourceRefusedError
from schemas.settings import Limits, Secret, SourceSettings
from schemas.source import RawPage, SourceSet, WireField, WireRow
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.faults import Fault
from simulator.server import Server, running
from simulator.settings import ServerOptions

NOTES = "Document_РеализацияТоваровУслуг"
REGISTER = "AccumulationRegister_РасчетыСКлиентами"
LINE = WireRow(
    (WireField("LineNumber", "integer"), WireField("Сумма", "decimal"), WireField("Цена", "decimal"))
)
SHIPPING_NOTES = SourceSet(
    NOTES,
    WireRow(
        (
            WireField("Ref_Key", "text"), WireField("DataVersion", "text"), WireField("Date", "text"),
            WireField("Number", "text"), WireField("Posted", "flag"), WireField("DeletionMark", "flag"),
            WireField("СуммаДокумента", "decimal"), WireField("Комментарий", "text"),
            WireField("Контрагент_Key", "text"), WireField("ЗаказКлиента", "text"),
            WireField("ЗаказКлиента_Type", "text"),
        ),
        (("Товары", LINE),),
    ),
    period="Date",
)  # fmt: skip
MOVEMENTS = SourceSet(
    f"{REGISTER}_RecordType",
    WireRow(
        (
            WireField("Recorder", "text"), WireField("Recorder_Type", "text"), WireField("Period", "text"),
            WireField("LineNumber", "integer"), WireField("Active", "flag"), WireField("RecordType", "text"),
            WireField("Сумма", "decimal"), WireField("АналитикаУчетаПоПартнерам_Key", "text"),
            WireField("Валюта_Key", "text"),
        )
    ),
    period="Period",
)  # fmt: skip
CATALOG = SourceSet(
    "Catalog_Номенклатура",
    WireRow(
        (
            WireField("Ref_Key", "text"), WireField("Description", "text"), WireField("IsFolder", "flag"),
            WireField("Артикул", "text", nullable=True), WireField("Code", "text"),
            WireField("СтавкаНДС_Key", "text", nullable=True),
        )
    ),
    order_by=("Description", "Ref_Key"),
)  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    base = Base(TRADE)
    build(base, CompanyOptions(size="tiny", today=date(2026, 11, 20)))
    with running(base) as running_server:
        yield running_server
    base.close()


@pytest.fixture
def client(server: Server) -> Iterator[ODataClient]:
    source = SourceSettings(
        "ut11", "УТ 11", server.url, server.user, Secret(server.password), ZoneInfo("Europe/Moscow"),
        date(2024, 1, 1), select="all", limits=Limits(sessions=2, page_rows=200),
    )  # fmt: skip
    with ODataClient(source, sleep=lambda _: None) as reader:
        yield reader


def node(client: ODataClient) -> exchange.Node:
    return exchange.find_node(client, "ДляODATA", "002")


def touch(server: Server, number: int = 0, **fields: Any) -> str:
    """Write the n-th shipping note again; gives its key."""
    note = dict(list(server.base.iterate(NOTES))[number])
    server.base.write(NOTES, [{**note, **fields}])
    return str(note["Ref_Key"])


def test_nothing_registered_is_seen_in_two_small_requests(server: Server, client: ODataClient) -> None:
    assert exchange.has_changes(client, node(client)) is False
    assert (client.statistics.requests, client.statistics.sessions) == (2, 1)
    assert client.statistics.bytes < 5_000


def test_a_change_is_named_confirmed_and_gone(server: Server, client: ODataClient) -> None:
    key = touch(server)
    before = node(client)
    assert exchange.has_changes(client, before) is True
    number = before.received_no + 1
    assert exchange.names(exchange.select_changes(client, before, number)) == {NOTES: (key,)}
    second = touch(server, 1)
    again = exchange.select_changes(client, before, number)
    assert set(exchange.names(again)[NOTES]) == {key, second}
    exchange.confirm(client, before, number)
    after = node(client)
    assert after.received_no == number
    assert exchange.has_changes(client, after) is False


def test_a_lost_answer_loses_nothing_and_confirms_once(server: Server, client: ODataClient) -> None:
    key = touch(server)
    server.faults.add(Fault("drop_after", match="SelectChanges"), Fault("drop_after", match="NotifyChanges"))
    mine = node(client)
    page = exchange.select_changes(client, mine, mine.received_no + 1)
    assert exchange.names(page) == {NOTES: (key,)}
    exchange.confirm(client, mine, mine.received_no + 1)
    assert node(client).received_no == mine.received_no + 1


def test_one_character_stops_the_package_and_is_told_apart(server: Server, client: ODataClient) -> None:
    touch(server, Комментарий="до\x02после")
    mine = node(client)
    with pytest.raises(SourceContractError) as error:
        exchange.select_changes(client, mine, 1)
    assert error.value.context["reason"] == "package"
    assert "XML" in error.value.hint
    assert exchange.has_changes(client, mine) is True


def test_the_base_own_node_gives_no_package(client: ODataClient) -> None:
    own = exchange.find_node(client, "ДляODATA", "001")
    with pytest.raises(SourceContractError) as error:
        exchange.select_changes(client, own, 1)
    assert "own node" in error.value.hint


def test_a_plan_that_is_not_published_is_told(server: Server, client: ODataClient) -> None:
    server.app.configure(ServerOptions(hide_sets=frozenset({"ExchangePlan_ДляODATA", NOTES})))
    with pytest.raises(SourceRefusedError, match="not published"):
        node(client)
    wanted = [NOTES, MOVEMENTS.name]
    assert exchange.unpublished(client, "ДляODATA", wanted) == ("ExchangePlan_ДляODATA", NOTES)


def as_values(decoded: Any) -> list[Any]:
    assert decoded.rejected == []
    return sorted(decoded.rows, key=repr)


def package_rows(source_set: SourceSet, page: RawPage) -> list[Any]:
    decoder = decoder_of(source_set, ONEC, page.media_type)
    assert isinstance(decoder, AtomDecoder)
    return as_values(decoder.rows(page.body))


@pytest.mark.parametrize("source_set", [SHIPPING_NOTES, MOVEMENTS, CATALOG], ids=lambda one: one.name)
def test_a_package_brings_exactly_what_json_brings(
    server: Server, client: ODataClient, source_set: SourceSet
) -> None:
    server.base.register_all()
    page = exchange.select_changes(client, node(client), 1)
    json_pages = [one for unit in client.read(source_set) for one in unit.pages]
    plain = [
        row
        for one in json_pages
        for row in as_values(decoder_of(source_set, ONEC, one.media_type).rows(one.body))
    ]
    packed = package_rows(source_set, page)
    assert len(packed) > 20
    assert packed == sorted(plain, key=repr)


def test_places_of_movements_are_the_same_in_a_replay(server: Server, client: ODataClient) -> None:
    server.base.register_all()
    page = exchange.select_changes(client, node(client), 1)
    decoder = decoder_of(MOVEMENTS, ONEC, page.media_type)
    first, again = decoder.rows(page.body), decoder.rows(page.body)
    assert list(first.places) == list(again.places) == list(range(len(first.rows)))
    assert first.rows == again.rows
    recorders = exchange.names(page)[REGISTER]
    assert {row.Recorder for row in first.rows} <= set(recorders)

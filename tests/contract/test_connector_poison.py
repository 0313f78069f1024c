"""Records that the simulator cannot give: the others come in the same reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.decode import decoder_of
from connectors.dialects import ONEC
from connectors.odata import ODataClient
from schemas.settings import Limits, Secret, SourceSettings
from schemas.source import RawUnit, SourceSet, WireField, WireRow
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.faults import Fault
from simulator.server import Server, running
from simulator.settings import ServerOptions

NOTES, PARTIES = "Document_РеализацияТоваровУслуг", "Catalog_Контрагенты"
REGISTER = "AccumulationRegister_РасчетыСКлиентами"
HEAD = (WireField("Ref_Key", "text"), WireField("Date", "text"), WireField("СуммаДокумента", "decimal"))
DOCUMENTS = SourceSet(NOTES, WireRow(HEAD), period="Date")
CATALOG = SourceSet(
    PARTIES,
    WireRow((WireField("Ref_Key", "text"), WireField("Description", "text"), WireField("ИНН", "text"))),
    order_by=("Description", "Ref_Key"),
)
MOVEMENTS = SourceSet(
    f"{REGISTER}_RecordType",
    WireRow(
        (
            WireField("Recorder", "text"), WireField("Recorder_Type", "text"), WireField("Period", "text"),
            WireField("LineNumber", "integer"), WireField("Сумма", "decimal"),
        )
    ),
    period="Period",
)  # fmt: skip
Serve = Callable[..., ODataClient]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    base = Base(TRADE)
    build(base, CompanyOptions(size="small", today=date(2026, 11, 20)))
    with running(base) as running_server:
        yield running_server
    base.close()


@pytest.fixture
def serve(server: Server) -> Iterator[Serve]:
    made: list[ODataClient] = []

    def change(*faults: Fault, select: Any = "mapped", **options: Any) -> ODataClient:
        server.app.configure(replace(ServerOptions(), **options))
        server.faults.add(*faults)
        server.requests.clear()
        source = SourceSettings(
            "ut11", "УТ 11", server.url, server.user, Secret(server.password), ZoneInfo("Europe/Moscow"),
            date(2024, 1, 1), select=select, limits=Limits(sessions=3, page_rows=100),
        )  # fmt: skip
        made.append(ODataClient(source, sleep=lambda _: None))
        return made[-1]

    yield change
    for client in made:
        client.close()
    server.faults.clear()
    server.app.configure(ServerOptions())


def rows(source_set: SourceSet, units: list[RawUnit]) -> list[Any]:
    decoded = [
        decoder_of(source_set, ONEC, page.media_type).rows(page.body) for unit in units for page in unit.pages
    ]
    assert not any(one.rejected for one in decoded)
    return [row for one in decoded for row in one.rows]


def refused(units: list[RawUnit]) -> set[str]:
    return {one.record_id for unit in units for one in unit.refused}


@pytest.mark.parametrize("select", ["mapped", "all"])
def test_a_month_with_three_bad_documents_loads_the_others_in_the_same_reading(
    server: Server, serve: Serve, select: Any
) -> None:
    keys = [document["Ref_Key"] for document in server.base.iterate(NOTES)]
    kinds = ("error", "malformed", "error")
    bad = dict(zip((keys[3], keys[len(keys) // 2], keys[-1]), kinds, strict=True))
    units = list(serve(poison=bad, select=select).read(DOCUMENTS))
    assert refused(units) == set(bad)
    assert {row.Ref_Key for row in rows(DOCUMENTS, units)} == set(keys) - set(bad)
    assert all(one.body and one.hint for unit in units for one in unit.refused)
    assert len(server.requests) < 250


@pytest.mark.parametrize("kind", ["error", "malformed"])
def test_a_bad_catalogue_record_stands_alone(server: Server, serve: Serve, kind: Any) -> None:
    keys = [one["Ref_Key"] for one in server.base.iterate(PARTIES)]
    units = list(serve(poison={keys[7]: kind}).read(CATALOG))
    assert refused(units) == {keys[7]}
    assert {row.Ref_Key for row in rows(CATALOG, units)} == set(keys) - {keys[7]}


def test_a_control_character_is_no_reason_to_refuse_a_record(server: Server, serve: Serve) -> None:
    key = next(server.base.iterate(NOTES))["Ref_Key"]
    units = list(serve(poison={key: "control"}, select="all").read(DOCUMENTS))
    assert refused(units) == set()
    assert key in {row.Ref_Key for row in rows(DOCUMENTS, units)}


def test_bad_movements_are_refused_by_their_recorder(server: Server, serve: Serve) -> None:
    every = rows(MOVEMENTS, list(serve().read(MOVEMENTS)))
    recorder = every[len(every) // 2].Recorder
    units = list(serve(poison={f"{REGISTER}/{recorder}": "error"}).read(MOVEMENTS))
    assert refused(units) == {recorder}
    found = {(row.Recorder, row.LineNumber) for row in rows(MOVEMENTS, units)}
    assert found == {(row.Recorder, row.LineNumber) for row in every if row.Recorder != recorder}


def test_records_come_by_key_and_movements_by_recorder(server: Server, serve: Serve) -> None:
    client = serve()
    documents = [(one["Ref_Key"], one) for one in server.base.iterate(NOTES)][:50]
    wanted = [key for key, _ in documents]
    units = list(client.read_keys(DOCUMENTS, wanted))
    assert {row.Ref_Key for row in rows(DOCUMENTS, units)} == set(wanted)
    moved = list(client.read_keys(MOVEMENTS, wanted, dict.fromkeys(wanted, NOTES)))
    assert [key for unit in moved for key in unit.scope.keys or ()] == wanted
    held = [row for row in rows(MOVEMENTS, list(client.read(MOVEMENTS))) if row.Recorder in set(wanted)]
    assert sorted(map(repr, rows(MOVEMENTS, moved))) == sorted(map(repr, held))
    assert len(held) > 10


def test_chance_failures_cost_no_record(server: Server, serve: Serve) -> None:
    client = serve()
    server.faults.chance(5, 0.1, ("error", "malformed", "truncate", "drop", "memory", "pool"))
    try:
        units = list(client.read(DOCUMENTS))
    finally:
        server.faults.stop()
    assert refused(units) == set()
    assert len(rows(DOCUMENTS, units)) == server.base.count(NOTES)


def test_wide_windows_that_do_not_fit_in_memory_are_halved(server: Server, serve: Serve) -> None:
    units = list(serve(answer_rows_limit=20).read(DOCUMENTS))
    assert refused(units) == set()
    assert len(rows(DOCUMENTS, units)) == server.base.count(NOTES)

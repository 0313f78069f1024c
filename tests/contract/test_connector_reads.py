"""The connector against the simulator: everything comes, exactly, within what the base allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.decode import decoder_for
from connectors.decode_atom import AtomDecoder
from connectors.dialects import ONEC
from connectors.odata import ODataClient
from schemas.settings import Limits, Secret, SourceSettings
from schemas.source import RawUnit, SourceSet, WireField, WireRow
from schemas.types import WallClock
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions

TODAY = date(2026, 11, 20)
NOTES = "Document_РеализацияТоваровУслуг"
LINE = WireRow((WireField("LineNumber", "integer"), WireField("Сумма", "decimal")))
HEAD = (WireField("Ref_Key", "text"), WireField("Date", "text"), WireField("СуммаДокумента", "decimal"))
SHIPPING_NOTES = SourceSet(NOTES, WireRow(HEAD, (("Товары", LINE),)), period="Date")
COUNTERPARTIES = SourceSet(
    "Catalog_Контрагенты",
    WireRow((WireField("Ref_Key", "text"), WireField("Description", "text"))),
    order_by=("Description", "Ref_Key"),
)
CURRENCY = WireField("Валюта_Key", "text")
REGISTER = "AccumulationRegister_РасчетыСКлиентами"


@pytest.fixture(scope="module")
def company() -> Iterator[Base]:
    base = Base(TRADE)
    build(base, CompanyOptions(size="small", today=TODAY))
    yield base
    base.close()


def settings(server: Server, **changes: Any) -> SourceSettings:
    values: dict[str, Any] = {
        "id": "ut11", "title": "УТ 11", "base_url": server.url, "user": server.user,
        "password": Secret(server.password), "time_zone": ZoneInfo("Europe/Moscow"),
        "history_from": date(2024, 1, 1), "limits": Limits(sessions=4, page_rows=50),
    }  # fmt: skip
    return SourceSettings(**(values | changes))


@contextmanager
def serving(base: Base, **options: Any) -> Iterator[Server]:
    with running(base, ServerOptions(**options)) as server:
        yield server


def rows(source_set: SourceSet, units: list[RawUnit]) -> list[Any]:
    decoder = decoder_for(source_set.row, ONEC)
    pages = [decoder.rows(page.body) for unit in units for page in unit.pages]
    assert not any(page.rejected for page in pages)
    return [row for page in pages for row in page.rows]


def test_every_document_and_line_arrives_exactly(company: Base) -> None:
    with serving(company) as server, ODataClient(settings(server)) as client:
        units = list(client.read(SHIPPING_NOTES))
        peak = server.app.peak_concurrency
    assert len(units) > 5
    assert peak <= 4
    arrived = {row.Ref_Key: row for row in rows(SHIPPING_NOTES, units)}
    held = {document["Ref_Key"]: document for document in company.iterate(NOTES)}
    assert arrived.keys() == held.keys()
    for key, document in held.items():
        assert arrived[key].СуммаДокумента == Decimal(str(document["СуммаДокумента"]))
        assert [line.Сумма for line in arrived[key].Товары] == [
            Decimal(str(line["Сумма"])) for line in document["Товары"]
        ]
    dates = [row.Date for unit in units for row in rows(SHIPPING_NOTES, [unit])]
    assert len(dates) == len(held)


@pytest.mark.parametrize("select", ["mapped", "all"])
def test_a_catalogue_arrives_whole_though_ties_come_in_any_order(company: Base, select: str) -> None:
    by_kind = SourceSet("Catalog_Контрагенты", COUNTERPARTIES.row, order_by=("DeletionMark",))
    limits = Limits(sessions=4, page_rows=7)
    for asked in (COUNTERPARTIES, by_kind):
        with (
            serving(company) as server,
            ODataClient(settings(server, select=select, limits=limits)) as client,
        ):
            (unit,) = client.read(asked)
        assert {row.Ref_Key for row in rows(asked, [unit])} == {
            counterparty["Ref_Key"] for counterparty in company.iterate("Catalog_Контрагенты")
        }


def test_an_incremental_pass_brings_the_same_as_the_full_one_from_its_start(company: Base) -> None:
    with serving(company) as server, ODataClient(settings(server)) as client:
        everything = rows(SHIPPING_NOTES, list(client.read(SHIPPING_NOTES)))
        late = rows(SHIPPING_NOTES, list(client.read(SHIPPING_NOTES, WallClock("2026-09-01T00:00:00"))))
    assert {row.Ref_Key for row in late} == {row.Ref_Key for row in everything if row.Date >= "2026-09"}
    assert 0 < len(late) < len(everything)


def test_a_balance_of_one_currency_equals_the_movements(company: Base) -> None:
    movements: dict[str, Decimal] = defaultdict(Decimal)
    records = SourceSet(
        f"{REGISTER}_RecordType",
        WireRow((CURRENCY, WireField("RecordType", "text"), WireField("Сумма", "decimal"))),
        period="Period",
    )
    balances = decoder_for(WireRow((CURRENCY, WireField("СуммаBalance", "decimal"))), ONEC)
    with serving(company) as server, ODataClient(settings(server, limits=Limits(page_rows=500))) as client:
        for row in rows(records, list(client.read(records))):
            movements[row.Валюта_Key] += row.Сумма if row.RecordType == "Receipt" else -row.Сумма
        end = datetime(2027, 1, 1)
        whole = balances.rows(client.call(REGISTER, "Balance", Period=end, Dimensions="Валюта").body).rows
        currency = whole[0].Валюта_Key
        condition = f"Валюта_Key eq guid'{currency}'"
        page = client.call(REGISTER, "Balance", Period=end, Dimensions="Валюта", Condition=condition)
        one = balances.rows(page.body).rows
    assert {row.Валюта_Key: row.СуммаBalance for row in whole} == {k: v for k, v in movements.items() if v}
    assert [row.СуммаBalance for row in one] == [movements[currency]]


def test_atom_and_json_bring_the_same_records(company: Base) -> None:
    with serving(company) as server, ODataClient(settings(server)) as client:
        query = [("$filter", "Date lt datetime'2026-01-01T00:00:00'")]
        atom = AtomDecoder(SHIPPING_NOTES.row, NOTES).rows(client.atom(NOTES, query).body)
        plain = decoder_for(SHIPPING_NOTES.row, ONEC).rows(client.get(NOTES, query).body)
    assert atom.rejected == []
    assert len(atom.rows) > 20
    assert {row.Ref_Key: row for row in atom.rows} == {row.Ref_Key: row for row in plain.rows}


def test_counting_metadata_and_composition_agree(company: Base, tmp_path: Path) -> None:
    with (
        serving(company) as server,
        ODataClient(settings(server), metadata_cache=tmp_path) as client,
    ):
        assert client.count(NOTES) == company.count(NOTES)
        assert client.count("Catalog_Нет") is None
        published = set(client.service_document())
        metadata = client.metadata()
        assert client.metadata() == metadata
    assert NOTES in published <= set(metadata.sets)
    assert {"СуммаBalance", "Валюта_Key"} <= set(metadata.fields(f"{REGISTER}/Balance"))
    assert len(list(tmp_path.iterdir())) == 1


def test_sessions_are_given_back_at_the_end(company: Base) -> None:
    with serving(company, pool_size=4) as server:
        for _ in range(3):  # each run would fill the pool if the one before had kept its sessions
            with ODataClient(settings(server)) as client:
                list(client.read(SHIPPING_NOTES))
                assert client.statistics.retries == 0


def test_a_base_without_session_cookies_is_read_all_the_same(company: Base) -> None:
    with serving(company, session_cookie=False) as server, ODataClient(settings(server)) as client:
        assert len(rows(SHIPPING_NOTES, list(client.read(SHIPPING_NOTES)))) == company.count(NOTES)


def test_a_wrong_charset_header_changes_nothing(company: Base) -> None:
    with serving(company, charset="windows-1251") as server, ODataClient(settings(server)) as client:
        (unit,) = client.read(COUNTERPARTIES)
        names = {row.Description for row in rows(COUNTERPARTIES, [unit])}
    assert names == {counterparty["Description"] for counterparty in company.iterate("Catalog_Контрагенты")}

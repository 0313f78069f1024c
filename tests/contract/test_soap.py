"""The SOAP client against the simulator: what is sent, how refusals are told, what is cached and shared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from connectors import soap_reconciliation
from connectors.odata import ODataClient
from connectors.soap import SoapClient
from connectors.wsdl import Port
from mappings import MAPPINGS
from mappings.books import settlement_books
from schemas.errors import (
    ConfigurationError,
    HubError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from schemas.reconciliation import StatementRequest, flaws
from schemas.settings import Limits, Secret, SourceSettings, Timeouts
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.faults import Fault, ready
from simulator.server import Server, running

BOOKS = settlement_books(MAPPINGS["ut11"])
SHIPMENT = "Document_РеализацияТоваровУслуг"
UNKNOWN = "11111111-1111-1111-1111-111111111111"


@dataclass
class Place:
    server: Server
    source: SourceSettings
    request: StatementRequest
    shipment: dict[str, Any]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny", today=date(2026, 11, 20)))
    with running(base) as server:
        source = SourceSettings(
            "ut11", "УТ 11", server.url, server.user, Secret(server.password), ZoneInfo("Europe/Moscow"),
            date(2024, 1, 1), soap_url=server.url.replace("/odata/standard.odata", "/ws/saldo.1cws"),
            limits=Limits(sessions=2, attempts=2),
        )  # fmt: skip
        (rub,) = (row["Ref_Key"] for row in base.iterate("Catalog_Валюты") if row["Code"] == "643")
        shipment = next(row for row in base.iterate(SHIPMENT) if row["Posted"] and row["Валюта_Key"] == rub)
        request = StatementRequest(
            "ut11", shipment["Организация_Key"], shipment["Контрагент_Key"], "RUB", date(2023, 1, 1),
            date(2026, 11, 30), by_contract=True,
        )  # fmt: skip
        yield Place(server, source, request, shipment)
    base.close()


@pytest.fixture(autouse=True)
def calm(place: Place) -> Iterator[None]:
    yield
    place.server.faults.clear()


def client(place: Place, port: Port = "Soap12", **options: Any) -> SoapClient:
    return SoapClient(place.source, port=port, sleep=lambda _: None, **options)


@pytest.mark.parametrize("port", ["Soap", "Soap12"])
def test_the_accounting_system_draws_the_statement_on_either_port(place: Place, port: Port) -> None:
    with client(place, port) as soap:
        drawn = soap_reconciliation.statement(soap, place.request, BOOKS)
    made = drawn.statement
    assert made.lines
    assert flaws(made) == ()
    assert made.producer == "soap"
    assert made.as_of.utcoffset() is not None
    shown = next(line for line in made.lines if line.document_id == place.shipment["Ref_Key"])
    assert (shown.document_kind, shown.number) == ("shipping_note", place.shipment["Number"].rstrip())
    assert shown.text.startswith("Реализация товаров услуг")


def test_both_ways_are_there_for_the_landing_byte_for_byte(place: Place) -> None:
    with client(place) as soap:
        answered = soap_reconciliation.statement(soap, place.request, BOOKS).answered
    assert place.request.counterparty_id.encode() in answered.sent
    assert etree.fromstring(answered.page.body).tag.endswith("Envelope")
    assert (answered.page.request, answered.page.media_type.partition(";")[0]) == (
        "#GetStatement", "application/soap+xml"
    )  # fmt: skip


def test_a_structure_comes_as_plain_values(place: Place) -> None:
    with client(place) as soap:
        said = soap_reconciliation.version(soap)
    assert said["Операции"] == ["Ping", "GetVersion", "GetStatement", "GetPrintForm"]
    assert isinstance(said["ДатаСеанса"], datetime)
    assert said["ТолькоЧтение"] is True


def test_every_value_of_a_structure_that_is_sent_says_its_type(place: Place) -> None:
    parameters = {
        "Язык": "uk", "Копии": 2, "Курс": Decimal("0.10"), "Да": True, "Нет": None, "На": date(2026, 3, 1),
        "Список": ["а", {"б": Decimal("1E+3")}],
    }  # fmt: skip
    with client(place) as soap:
        printed = soap_reconciliation.print_form(
            soap, SHIPMENT, place.shipment["Ref_Key"], parameters=parameters
        )
    assert (printed.media_type, printed.body[:5]) == ("application/pdf", b"%PDF-")
    assert b"Language uk" in printed.body
    assert b">1000<" in printed.answered.sent
    with client(place) as soap, pytest.raises(TypeError, match="float"):
        soap_reconciliation.print_form(soap, SHIPMENT, UNKNOWN, parameters={"Курс": 0.1})


def test_a_description_is_asked_for_once_and_kept(place: Place, tmp_path: Path) -> None:
    before = len(place.server.requests)
    for _ in range(2):
        with client(place, wsdl_cache=tmp_path) as soap:
            soap.call("Ping")
            soap.call("Ping")
    asked = [target for _, target, _ in place.server.requests[before:] if target.endswith("?wsdl")]
    assert len(asked) == 1
    assert [file.suffix for file in tmp_path.iterdir()] == [".wsdl"]


def test_a_kept_description_that_does_not_fit_is_asked_for_again(place: Place, tmp_path: Path) -> None:
    with client(place, wsdl_cache=tmp_path) as soap:
        soap.call("Ping")
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"Ping", b"Pong"))
    with client(place, wsdl_cache=tmp_path) as soap:
        assert soap.call("Ping").value["return"] == "1.0"
    kept.write_bytes(b"<cut")
    with client(place, wsdl_cache=tmp_path) as soap:
        assert soap.call("Ping").value["return"] == "1.0"
    with client(place, wsdl_cache=tmp_path) as soap, pytest.raises(SourceContractError, match="no operation"):
        soap.call("Destroy")


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        (Fault("html"), SourceRefusedError, "web page"),
        (
            Fault("body", body=b"<definitions/>", content_type="text/xml"),
            SourceContractError,
            "description is none",
        ),
        (ready("truncate"), SourceContractError, "ends in the middle"),
        (ready("unauthorized"), SourceRefusedError, "login"),
    ],
    ids=["html", "empty", "cut", "login"],
)
def test_what_comes_in_place_of_the_description_is_told(
    place: Place, fault: Fault, kind: type[HubError], message: str
) -> None:
    place.server.faults.add(replace(fault, match="?wsdl", times=0))
    with client(place) as soap, pytest.raises(kind, match=message):
        soap.call("Ping")


def test_the_address_in_the_description_is_not_believed(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
    assert place.server.requests[-1][1].startswith("/ut11/ws/saldo.1cws")


def test_sessions_are_kept_and_given_back(place: Place) -> None:
    with client(place) as soap:
        for _ in range(3):
            soap.call("Ping")
        assert soap.transport.statistics.sessions == 1


def test_requests_over_soap_count_with_those_over_odata(place: Place) -> None:
    with ODataClient(place.source) as odata, client(place, shared=odata.transport.governor) as soap:
        assert soap.transport.governor is odata.transport.governor
        place.server.faults.add(ready("pool", "/ws/"))
        soap.call("Ping")
        assert odata.transport.governor.allowed == 1


def test_a_base_without_the_extension_is_told_so(place: Place) -> None:
    place.server.change(extension=False)
    try:
        with client(place) as soap, pytest.raises(SourceRefusedError, match="no web service") as caught:
            soap.call("Ping")
    finally:
        place.server.change(extension=True)
    assert "publish" in caught.value.hint
    with pytest.raises(ConfigurationError, match="has no web service"):
        SoapClient(replace(place.source, soap_url=""))


@pytest.mark.parametrize(
    ("fault", "kind", "message", "tries"),
    [
        (Fault("soap_fault", message="{WebСервис.X.Модуль(12)}: Деление на 0"), SourceRefusedError, "own code", 1),
        (Fault("soap_fault", message="[SALDO:unknown_currency] RUB"), SourceRefusedError, "currency", 1),
        (Fault("soap_fault", message="[SALDO:unsettled] ?"), SourceUnavailableError, "books changed", 2),
        (Fault("soap_fault", message="[SALDO:new_one] ?"), SourceRefusedError, "refuses", 1),
        (Fault("soap_fault", message="Ошибка XDTO"), SourceContractError, "does not understand", 1),
        (Fault("soap_fault", message="Нарушение прав доступа!"), SourceRefusedError, "no right", 1),
        (Fault("soap_fault", message="Не обнаружено свободной лицензии!"), SourceUnavailableError, "licence", 2),
        (Fault("soap_fault", status=200, message="сбой"), SourceRefusedError, "own code", 1),
        (ready("licence"), SourceUnavailableError, "licence", 2),
        (ready("locked"), SourceUnavailableError, "locked", 2),
        (ready("unauthorized"), SourceRefusedError, "login", 1),
        (ready("bad_gateway"), SourceUnavailableError, "no answer", 2),
        (ready("pool"), SourceUnavailableError, "busy", 2),
        (Fault("status", shape=4, message="worker died"), SourceUnavailableError, "outside the web service", 2),
        (Fault("body", status=500, body=b"plain words", content_type="text/plain"), SourceContractError, "SOAP", 1),
        (Fault("status", shape=4, status=403, message="403"), SourceRefusedError, "forbidden", 1),
        (Fault("status", shape=3, status=500, message="HTTP: сбой"), SourceRefusedError, "failed", 1),
        (Fault("html"), SourceRefusedError, "web page", 1),
        (ready("truncate"), SourceContractError, "ends in the middle", 2),
        (ready("malformed"), SourceContractError, "ends in the middle", 2),
        (ready("drop"), SourceUnavailableError, "cannot be reached", 2),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)  # fmt: skip
def test_everything_that_is_no_answer_is_told_with_a_hint(
    place: Place, fault: Fault, kind: type[HubError], message: str, tries: int
) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(replace(fault, match="/ws/", times=0))
        struck = sum(place.server.faults.struck.values())
        with pytest.raises(kind, match=message) as caught:
            soap.call("Ping")
        assert sum(place.server.faults.struck.values()) - struck == tries
        place.server.faults.clear()
    assert caught.value.hint
    assert "Деление" not in str(caught.value)


def test_a_fault_that_passes_is_not_noticed(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(ready("bad_gateway", "/ws/"))
        assert soap.call("Ping").value["return"] == "1.0"


def test_the_place_in_the_module_is_told_and_nothing_of_the_text(place: Place) -> None:
    with client(place) as soap:
        strange = replace(place.request, counterparty_id=UNKNOWN)
        with pytest.raises(SourceRefusedError, match="does not know this counterparty") as caught:
            soap_reconciliation.statement(soap, strange, BOOKS)
    assert caught.value.context["place"] == "WebСервис.SaldoExchange.Модуль(40)"
    assert caught.value.context["code"] == "unknown_counterparty"
    assert caught.value.received


def test_a_good_answer_under_a_wrong_type_is_taken(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(Fault("retype", match="/ws/", content_type="text/html; charset=windows-1251"))
        assert soap.call("Ping").value["return"] == "1.0"


def test_a_type_that_promises_parts_which_are_not_there_is_an_error(place: Place) -> None:
    with client(place) as soap:
        soap.call("Ping")
        place.server.faults.add(Fault("retype", match="/ws/", content_type="multipart/related; boundary=x"))
        with pytest.raises(SourceContractError, match="not what the service's description promises"):
            soap.call("Ping")


def test_an_answer_that_does_not_come_in_time_ends_the_call(place: Place) -> None:
    hasty = replace(place.source, timeouts=Timeouts(totals_s=0.05))  # type: ignore[arg-type]
    place.server.faults.add(Fault("delay", match="/ws/", method="POST", delay_s=0.15, times=0))
    with (
        SoapClient(hasty, sleep=lambda _: None) as soap,
        pytest.raises(SourceUnavailableError, match="in time"),
    ):
        soap.call("Ping")


@pytest.mark.parametrize(
    ("pattern", "instead", "message"),
    [
        (rb"(:ClosingBalance>)", rb":Closing>", "description promises"),
        (rb"(:ClosingBalance)>[\d.-]+<", rb"\1>1.23<", "does not add up"),
        (rb"(:ClosingBalance)>[\d.-]+<", rb"\1>1.234<", "none of its currency"),
        (rb"(:ClosingBalance)>[\d.-]+<", rb"\1 xsi:nil='true'><", "is missing"),
        (rb"(:Debit)>[\d.-]+<", rb"\1>NaN<", "none of its currency"),
        (rb"(:Period)>[^<]+<", rb"\1>2026-03-01T00:00:00Z<", "time zone"),
        (rb"(:Counterparty)>[^<]+<", rb"\1>11111111-1111-1111-1111-111111111111<", "another question"),
        (rb"^(<\?xml[^>]*>)", rb"\1<!DOCTYPE a [<!ENTITY b 'c'>]>", "description promises"),
    ],
)
def test_an_answer_that_was_changed_on_the_way_is_refused(
    place: Place, pattern: bytes, instead: bytes, message: str
) -> None:
    with client(place) as soap:
        good = soap_reconciliation.statement(soap, place.request, BOOKS).answered.page.body
        body = re.sub(pattern, instead, good)
        assert body != good
        place.server.faults.add(Fault("body", match="/ws/", body=body, content_type="text/xml"))
        with pytest.raises(SourceContractError, match=message):
            soap_reconciliation.statement(soap, place.request, BOOKS)


def test_a_kind_of_contract_that_the_base_does_not_have_is_not_asked_for(place: Place) -> None:
    strange = replace(place.request, contract_kind="barter")
    with client(place) as soap, pytest.raises(ConfigurationError, match="no kind of contract"):
        soap_reconciliation.statement(soap, strange, BOOKS)

"""The SOAP client against the simulator: what is sent and received, what is cached and shared."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fsspec.implementations.local import LocalFileSystem
from lxml import etree

from connectors import soap as soap_client
from connectors import soap_reconciliation
from connectors.odata import ODataClient
from connectors.soap import SoapClient
from connectors.wsdl import Port
from schemas.errors import (
    ConfigurationError,
    HubError,
    SourceContractError,
    SourceRefusedError,
)
from schemas.reconciliation import flaws
from simulator.faults import Fault, ready
from store.descriptions import Descriptions
from tests.contract.soap_place import BOOKS, SHIPMENT, UNKNOWN, Place, client
from tests.contract.soap_place import calm as calm
from tests.contract.soap_place import place as place


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


def cache(folder: Path) -> Descriptions:
    return Descriptions(LocalFileSystem(), f"{folder}/wsdl")


def test_a_description_is_asked_for_once_and_kept(place: Place, tmp_path: Path) -> None:
    before = len(place.server.requests)
    for _ in range(2):
        with client(place, wsdl_cache=cache(tmp_path)) as soap:
            soap.call("Ping")
            soap.call("Ping")
    asked = [target for _, target, _ in place.server.requests[before:] if target.endswith("?wsdl")]
    assert len(asked) == 1
    (kept,) = (tmp_path / "wsdl").iterdir()
    day_ago = time.time() - soap_client.FRESH_S - 1
    os.utime(kept, (day_ago, day_ago))
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        soap.call("Ping")
    asked = [target for _, target, _ in place.server.requests[before:] if target.endswith("?wsdl")]
    assert len(asked) == 2


def test_a_kept_description_that_does_not_fit_is_asked_for_again(place: Place, tmp_path: Path) -> None:
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        soap.call("Ping")
    (kept,) = (tmp_path / "wsdl").iterdir()
    kept.write_bytes(kept.read_bytes().replace(b"Ping", b"Pong"))
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        assert soap.call("Ping").value["return"] == "1.0"
    kept.write_bytes(b"<cut")
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        assert soap.call("Ping").value["return"] == "1.0"
    with (
        client(place, wsdl_cache=cache(tmp_path)) as soap,
        pytest.raises(SourceContractError, match="no operation"),
    ):
        soap.call("Destroy")


@pytest.mark.parametrize(
    ("now", "then"),
    [(b'"Counterparty"', b'"Counterpart"'), (b'"Presentation"', b'"Shown"')],
    ids=["sent", "answered"],
)
def test_a_call_that_does_not_fit_the_kept_description_is_made_again_by_the_new_one(
    place: Place, tmp_path: Path, now: bytes, then: bytes
) -> None:
    """The extension was updated within the day: what is sent cannot be written, or what comes cannot be read."""
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        soap.call("Ping")
    (kept,) = (tmp_path / "wsdl").iterdir()
    body = kept.read_bytes()
    kept.write_bytes(body.replace(now, then))
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        drawn = soap_reconciliation.statement(soap, place.request, BOOKS)
    assert flaws(drawn.statement) == ()
    assert kept.read_bytes() == body


def test_a_refusal_is_not_asked_again_where_the_description_is_as_it_was(
    place: Place, tmp_path: Path
) -> None:
    with client(place, wsdl_cache=cache(tmp_path)) as soap:
        soap.call("Ping")
    place.server.faults.add(Fault("soap_fault", message="Ошибка XDTO", match="/ws/", method="POST", times=0))
    before = len(place.server.requests)
    with (
        client(place, wsdl_cache=cache(tmp_path)) as soap,
        pytest.raises(SourceContractError, match="does not understand"),
    ):
        soap.call("Ping")
    calls = [method for method, target, _ in place.server.requests[before:] if method == "POST"]
    asked = [target for _, target, _ in place.server.requests[before:] if target.endswith("?wsdl")]
    assert (len(calls), len(asked)) == (1, 1)


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

"""The web service as a stranger sees it: plain HTTP and XML, nothing of the hub's own client."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date

import pytest
import requests
from lxml import etree

from simulator.base import Base
from simulator.company import CompanyOptions, build, totals
from simulator.configuration import TRADE
from simulator.faults import Fault
from simulator.server import Server, running
from simulator.soap.contract import CORE, NAMESPACE, PACKAGE

SOAP11, SOAP12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
UNKNOWN = "11111111-1111-1111-1111-111111111111"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny", today=date(2026, 11, 20)))
    with running(base) as served:
        yield served
    base.close()


def address(server: Server, name: str = "saldo.1cws") -> str:
    return server.url.replace("/odata/standard.odata", f"/ws/{name}")


def login(server: Server) -> dict[str, str]:
    token = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def call(server: Server, content: str, *, soap: str = SOAP11, name: str = "saldo.1cws") -> requests.Response:
    body = (
        f'<s:Envelope xmlns:s="{soap}" xmlns:xsi="{XSI}" xmlns:m="{NAMESPACE}" xmlns:p="{PACKAGE}">'
        f"<s:Body>{content}</s:Body></s:Envelope>"
    )
    media_type = "text/xml" if soap == SOAP11 else "application/soap+xml"
    headers = {**login(server), "Content-Type": f"{media_type}; charset=utf-8"}
    return requests.post(address(server, name), body.encode(), headers=headers, timeout=10)


def statement_request(counterparty: str, organization: str, **other: str) -> str:
    fields = {
        "Organization": organization, "Counterparty": counterparty, "Contract": "", "ContractKind": "",
        "Currency": "643", "PeriodStart": "2020-01-01T00:00:00", "PeriodEnd": "2026-12-31T23:59:59",
        "ByContract": "true",
    } | other  # fmt: skip
    inside = "".join(
        f"<p:{name}>{value}</p:{name}>" if value else f'<p:{name} xsi:nil="true"/>'
        for name, value in fields.items()
    )
    return f"<m:GetStatement><m:Request>{inside}</m:Request></m:GetStatement>"


def fault_text(answer: requests.Response) -> str:
    assert answer.status_code == 500
    root = etree.fromstring(answer.content)
    return str(root.findtext(".//faultstring") or root.findtext(f".//{{{SOAP12}}}Text"))


def test_the_wsdl_has_two_ports_and_an_address_only_the_server_knows(server: Server) -> None:
    answer = requests.get(f"{address(server)}?wsdl", headers=login(server), timeout=10)
    root = etree.fromstring(answer.content)
    assert len(root.findall(".//{http://schemas.xmlsoap.org/wsdl/}port")) == 2
    assert b'location="http://srv-1c/ut11/ws/saldo.1cws"' in answer.content
    assert requests.get(f"{address(server)}?wsdl", timeout=10).status_code == 401


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("name", ["saldo.1cws", "SaldoExchange"])
def test_both_versions_and_both_names_answer(server: Server, soap: str, name: str) -> None:
    answer = call(server, "<m:Ping/>", soap=soap, name=name)
    assert etree.fromstring(answer.content).findtext(f".//{{{NAMESPACE}}}return") == "1.0"
    assert answer.headers["Content-Type"].startswith("text/xml" if soap == SOAP11 else "application/soap+xml")


def test_every_contract_closes_with_what_the_company_says_it_owes(server: Server) -> None:
    codes = {row["Ref_Key"]: row["Code"] for row in server.base.iterate("Catalog_Валюты")}
    owed = totals(server.base)
    assert owed
    for one in owed[:20]:
        request = statement_request(
            one.counterparty, one.organization, Contract=one.contract, Currency=codes[one.currency]
        )
        answer = etree.fromstring(call(server, request).content)
        closing = answer.findtext(f".//{{{NAMESPACE}}}return/{{{PACKAGE}}}ClosingBalance")
        assert closing == (f"{one.amount.normalize():f}" if one.amount else "0")


def test_an_element_that_is_nil_must_still_be_there(server: Server) -> None:
    content = "<m:GetPrintForm><m:Document><p:Type>x</p:Type></m:Document></m:GetPrintForm>"
    assert "XDTO" in fault_text(call(server, content))


def test_a_value_of_a_structure_without_a_type_cannot_be_restored(server: Server) -> None:
    document = f"<m:Document><p:Type>Документ.X</p:Type><p:Id>{UNKNOWN}</p:Id></m:Document>"
    untyped = f'<Property xmlns="{CORE}" name="Язык"><Value>ru</Value></Property>'
    rest = f'<m:Form xsi:nil="true"/><m:Parameters>{untyped}</m:Parameters>'
    assert "XDTO" in fault_text(call(server, f"<m:GetPrintForm>{document}{rest}</m:GetPrintForm>"))


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
def test_what_the_module_refuses_is_a_fault_with_its_place(server: Server, soap: str) -> None:
    answer = call(server, statement_request(UNKNOWN, UNKNOWN), soap=soap)
    assert fault_text(answer).startswith("{WebСервис.SaldoExchange.Модуль(40)}: [SALDO:unknown_counterparty]")


def test_an_unknown_operation_and_what_is_no_soap_are_faults(server: Server) -> None:
    assert "Неизвестная операция" in fault_text(call(server, "<m:Destroy/>"))
    headers = {**login(server), "Content-Type": "text/xml"}
    assert fault_text(requests.post(address(server), b"<a/>", headers=headers, timeout=10))
    assert fault_text(requests.post(address(server), b"{}", headers=headers, timeout=10))


def test_faults_of_the_server_reach_the_service_too(server: Server) -> None:
    server.faults.add(
        Fault("soap_fault", match="/ws/", message="сбой"),
        Fault("retype", match="/ws/", content_type="text/plain"),
        Fault("html", match="/ws/"),
    )
    assert fault_text(call(server, "<m:Ping/>")) == "сбой"
    assert call(server, "<m:Ping/>").headers["Content-Type"] == "text/plain"
    assert "<html" in call(server, "<m:Ping/>").text
    server.change(extension=False)
    assert call(server, "<m:Ping/>").status_code != 200
    server.change(extension=True)

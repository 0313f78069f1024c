"""Descriptions that real 1C servers wrote, and a recorded answer, read by the same client."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from lxml import etree
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse
from zeep.xsd.types.complex import ComplexType

from connectors import wsdl
from connectors.soap import SoapClient
from connectors.soap_values import plain, structure
from connectors.wsdl import Description, Port
from schemas.errors import SourceContractError
from schemas.settings import Secret, SourceSettings

SOAP = Path(__file__).parents[3] / "shared/corpus/onec/soap"
ENVELOPES = {
    "Soap": "http://schemas.xmlsoap.org/soap/envelope/",
    "Soap12": "http://www.w3.org/2003/05/soap-envelope",
}
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
pytestmark = pytest.mark.skipif(
    not SOAP.is_dir(), reason="the corpus of recorded bytes is not beside the repository"
)

SERVICES = {"Exchange_3_0_1_1": 16, "DataMobileExch": 50}


@dataclass
class Replay(BaseAdapter):
    """Answers the description to GET, and to POST what was recorded."""

    description: bytes
    answer: bytes = b""
    sent: list[requests.PreparedRequest] = field(default_factory=list)

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        self.sent.append(request)
        body = self.answer if request.method == "POST" else self.description
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "text/xml; charset=utf-8"
        response.raw = HTTPResponse(io.BytesIO(body), preload_content=False, status=200)
        response.url = str(request.url)
        return response

    def close(self) -> None:
        pass


def bytes_of(name: str) -> bytes:
    return (SOAP / name).read_bytes()


def client(replay: Replay, port: Port = "Soap12") -> SoapClient:
    def session() -> requests.Session:
        made = requests.Session()
        made.mount("http://", replay)
        return made

    source = SourceSettings(
        "ut11", "УТ 11", "http://1c/odata", "Администратор", Secret("x"), ZoneInfo("Europe/Moscow"),
        date(2024, 1, 1), soap_url="http://1c/ws/exchange",
    )  # fmt: skip
    return SoapClient(source, port=port, session_factory=session, sleep=lambda _: None)


def envelope(port: Port, content: str) -> bytes:
    return f'<s:Envelope xmlns:s="{ENVELOPES[port]}"><s:Body>{content}</s:Body></s:Envelope>'.encode()


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> tuple[str, Description]:
    return request.param, wsdl.read(bytes_of(f"{request.param}.wsdl"), "?wsdl", "ut11")


def test_a_real_description_is_read_strictly(service: tuple[str, Description]) -> None:
    name, description = service
    assert len(description.operations) == SERVICES[name]


@pytest.mark.parametrize("port", ["Soap", "Soap12"])
def test_every_operation_can_be_called_on_either_port(service: tuple[str, Description], port: Port) -> None:
    _, description = service
    for operation in sorted(description.operations):
        message = description.message(port, operation, filled(description, port, operation))
        root = etree.fromstring(message.body)
        (content,) = root.findall(f"{{{ENVELOPES[port]}}}Body/*")
        assert etree.QName(content).localname == operation
        assert any(operation in value for _, value in message.headers)


def filled(description: Description, port: Port, operation: str) -> dict[str, Any]:
    """A value for everything that must be given; the test looks inside, for nobody wrote these callers."""
    wanted = description._binding(port).get(operation).input.body.type
    return {name: sample(description, part) for name, part in wanted.elements if not part.is_optional}


def sample(description: Description, element: Any) -> Any:
    kind = element.type
    if kind.name == "Structure":
        return structure(description, {"Имя": "значение", "Число": 1})
    if isinstance(kind, ComplexType):
        parts = {name: sample(description, part) for name, part in kind.elements if not part.is_optional}
        return [parts] if element.accepts_multiple else parts
    return {"int": 1, "boolean": True, "decimal": 1, "base64Binary": b"x"}.get(kind.name, "x")


@pytest.mark.parametrize("port", ["Soap", "Soap12"])
def test_a_recorded_answer_comes_as_plain_values_to_the_last_row(port: Port) -> None:
    recorded = bytes_of("GetIBParametersResponse_body.xml").decode()
    space = 'xmlns:m="http://www.1c.ru/SSL/Exchange_3_0_1_1"'
    answer = envelope(port, f"<m:GetIBParametersResponse {space}>{recorded}</m:GetIBParametersResponse>")
    replay = Replay(bytes_of("Exchange_3_0_1_1.wsdl"), answer)
    with client(replay, port) as soap:
        answered = soap.call("GetIBParameters", lambda _: {"ExchangePlanName": "ОбменУТ", "NodeCode": "001"})
    said = plain(answered.value["return"])
    assert said["ПланОбменаСуществует"] is True
    assert said["ПрефиксИнформационнойБазыПоУмолчанию"] == "SM"
    tables = [value for value in said.values() if isinstance(value, list) and len(value) == 964]
    assert len(tables) == 1
    assert {len(row) for row in tables[0]} == {4}
    assert answered.page.body == answer


def test_a_call_carries_the_login_the_action_and_the_version() -> None:
    answer = envelope("Soap", '<m:PingResponse xmlns:m="http://www.1c.ru/SSL/Exchange_3_0_1_1"/>')
    replay = Replay(bytes_of("Exchange_3_0_1_1.wsdl"), answer)
    with client(replay, "Soap") as soap, pytest.raises(SourceContractError, match="promises"):
        soap.call("Ping")  # the answer lacks its `return`
    get, post = replay.sent
    assert get.url == "http://1c/ws/exchange?wsdl"
    assert post.url == "http://1c/ws/exchange"
    assert post.headers["SOAPAction"] == '"http://www.1c.ru/SSL/Exchange_3_0_1_1#Exchange_3_0_1_1:Ping"'
    assert get.headers["Authorization"] == post.headers["Authorization"]


def test_a_cyrillic_operation_can_be_called() -> None:
    russian = bytes_of("Exchange_3_0_1_1.wsdl").replace(b"Ping", "ПроверитьСвязь".encode())
    space = 'xmlns:m="http://www.1c.ru/SSL/Exchange_3_0_1_1"'
    answer = envelope(
        "Soap", f"<m:ПроверитьСвязьResponse {space}><m:return>да</m:return></m:ПроверитьСвязьResponse>"
    )
    replay = Replay(russian, answer)
    with client(replay, "Soap") as soap:
        assert soap.call("ПроверитьСвязь").value["return"] == "да"
    action = replay.sent[-1].headers["SOAPAction"]
    assert action.encode("latin-1").decode().endswith(':ПроверитьСвязь"')

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from connectors import wsdl
from connectors.soap_faults import read_fault
from connectors.soap_values import plain, structure
from connectors.wsdl import Description
from schemas.errors import SourceContractError
from schemas.source import RawPage

CORE = "http://v8.1c.ru/8.1/data/core"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACES = (
    f'xmlns:m="urn:saldo-hub:exchange:1" xmlns="{CORE}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
FILE = Path(__file__).parents[3] / "schemas/soap/SaldoExchange.wsdl"


@pytest.fixture(scope="module")
def description() -> Description:
    return wsdl.read(FILE.read_bytes(), "?wsdl", "ut11")


def page(content: str, media_type: str = "text/xml") -> RawPage:
    body = f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{content}</s:Body></s:Envelope>'.encode()
    return RawPage("#X", body, datetime.now(UTC), 0.1, media_type)


def received(description: Description, value: str) -> Any:
    """What a Structure with this one value comes to."""
    inside = f'<m:return><Property name="А">{value}</Property></m:return>'
    told = page(f"<m:GetVersionResponse {NAMESPACES}>{inside}</m:GetVersionResponse>")
    return plain(description.answer("Soap", "GetVersion", told)["return"])["А"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('<Value xsi:type="xs:string">да</Value>', "да"),
        ('<Value xsi:type="xs:boolean">false</Value>', False),
        ('<Value xsi:type="xs:decimal">12345678901234567890.12</Value>', Decimal("12345678901234567890.12")),
        ('<Value xsi:type="xs:dateTime">0001-01-01T00:00:00</Value>', None),
        ('<Value xsi:type="xs:dateTime">2026-03-05T10:00:00</Value>', datetime(2026, 3, 5, 10)),
        ('<Value xsi:nil="true"/>', None),
        ('<Value xsi:type="Array"/>', []),
        ('<Value xsi:type="Structure"/>', {}),
        ('<Value xsi:type="Array"><Value xsi:type="xs:string">а</Value><Value xsi:nil="true"/></Value>', ["а", None]),
        (
            '<Value xsi:type="Map"><pair><Key xsi:type="xs:string">к</Key>'
            '<Value xsi:type="xs:decimal">1</Value></pair></Value>',
            {"к": Decimal(1)},
        ),
        ('<Value xmlns:d="urn:config" xsi:type="d:CatalogRef.X">6d8a</Value>', "6d8a"),
    ],
)  # fmt: skip
def test_a_value_comes_as_what_it_says_it_is(description: Description, value: str, expected: object) -> None:
    found = received(description, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('<Value xsi:type="xs:double">0.1</Value>', "binary fraction"),
        ('<Value xsi:type="xs:float">0.1</Value>', "binary fraction"),
        ('<Value xmlns:d="urn:config" xsi:type="d:Strange"><d:a/></Value>', "a list"),
        ('<Value xsi:type="NumberQualifiers"><Digits>1</Digits></Value>', "NumberQualifiers"),
        (
            '<Value xsi:type="ValueTable"><column><Name>А</Name><ValueType/></column>'
            '<row><Value xsi:type="xs:string">1</Value><Value xsi:type="xs:string">2</Value></row></Value>',
            "as many values",
        ),
    ],
)
def test_a_value_that_cannot_be_read_exactly_is_refused(
    description: Description, value: str, message: str
) -> None:
    with pytest.raises(SourceContractError, match=message):
        received(description, value)


def test_every_value_that_is_sent_has_a_type(description: Description) -> None:
    given = {
        "Строка": "а",
        "Число": 10,
        "Доля": Decimal("1E+2"),
        "Флаг": True,
        "Пусто": None,
        "Список": [{"x": 1}],
    }
    document = {"Type": "Документ.X", "Id": "x"}
    arguments = {"Document": document, "Form": None, "Parameters": structure(description, given)}
    root = etree.fromstring(description.message("Soap12", "GetPrintForm", arguments).body)
    values = list(root.iter(f"{{{CORE}}}Value"))
    assert len(values) == 8
    for value in values:
        kinds = {etree.QName(name).localname for name in value.attrib}
        assert len(kinds & {"type", "nil"}) == 1
    assert [value.text for value in values[:4]] == ["а", "10", "100", "true"]


@pytest.mark.parametrize("value", [0.1, float("nan"), object(), {1.5}])
def test_what_has_no_exact_type_is_not_sent(description: Description, value: object) -> None:
    with pytest.raises(TypeError, match="exactly"):
        structure(description, {"А": value})


def test_a_file_that_travels_beside_the_message_is_put_into_it(description: Description) -> None:
    include = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:file"/>'
    names = "<m:MediaType>application/pdf</m:MediaType><m:FileName>a.pdf</m:FileName>"
    content = (
        f"<m:GetPrintFormResponse {NAMESPACES}><m:return>{include}</m:return>{names}</m:GetPrintFormResponse>"
    )
    parts = [
        (b"Content-Type: application/xop+xml", page(content).body),
        (b"Content-Type: application/octet-stream\r\nContent-ID: <file>", b"%PDF-1.4 \x00\xff"),
    ]
    body = b"".join(b"--x\r\n" + head + b"\r\n\r\n" + part + b"\r\n" for head, part in parts) + b"--x--"
    whole = RawPage("#X", body, datetime.now(UTC), 0.1, 'multipart/related; boundary="x"')
    assert description.answer("Soap", "GetPrintForm", whole)["return"] == b"%PDF-1.4 \x00\xff"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b'<definitions xmlns="x"/>', b"{}"],
)
def test_what_is_no_description_is_refused(body: bytes) -> None:
    with pytest.raises(SourceContractError, match="description is none"):
        wsdl.read(body, "?wsdl", "ut11")


def test_a_description_that_refers_elsewhere_is_refused_and_fetches_nothing() -> None:
    text = FILE.read_text(encoding="utf-8")
    away = text.replace(
        "<xs:import namespace=", '<xs:import schemaLocation="http://127.0.0.1:1/core.xsd" namespace=', 1
    )
    lost = away.replace(f'targetNamespace="{CORE}"', 'targetNamespace="urn:other"')
    with pytest.raises(SourceContractError, match="description is none"):
        wsdl.read(lost.encode(), "?wsdl", "ut11")


@pytest.mark.parametrize("body", [b"", b"<a/>", b"<a", page("<x/>").body])
def test_what_is_no_fault_is_none(body: bytes) -> None:
    assert read_fault(body) is None

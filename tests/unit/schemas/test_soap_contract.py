"""The WSDL is what a base generates from the XDTO package: the two say the same, in 1C's own form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

FOLDER = Path(__file__).parents[3] / "schemas/soap"
WSDL = etree.parse(FOLDER / "SaldoExchange.wsdl").getroot()
PACKAGE = etree.parse(FOLDER / "SaldoStatements.xdto").getroot()
W, XS = "{http://schemas.xmlsoap.org/wsdl/}", "{http://www.w3.org/2001/XMLSchema}"
XDTO = "{http://v8.1c.ru/8.1/xdto}"
CORE = "http://v8.1c.ru/8.1/data/core"


def schema(namespace: str) -> Any:
    return next(one for one in WSDL.iter(f"{XS}schema") if one.get("targetNamespace") == namespace)


def qualified(of: Any, name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{of.nsmap[prefix]}}}{local}"


def test_the_types_of_the_wsdl_are_those_of_the_package() -> None:
    generated = {
        kind.get("name"): [
            (
                part.get("name"), qualified(part, part.get("type")), part.get("nillable", "false"),
                part.get("minOccurs", "1"), part.get("maxOccurs", "1"),
            )
            for part in kind.iter(f"{XS}element")
        ]
        for kind in schema(PACKAGE.get("targetNamespace")).iterfind(f"{XS}complexType")
    }  # fmt: skip
    declared = {
        kind.get("name"): [
            (
                part.get("name"), qualified(part, part.get("type")), part.get("nillable", "false"),
                part.get("lowerBound", "1"), part.get("upperBound", "1").replace("-1", "unbounded"),
            )
            for part in kind.iterfind(f"{XDTO}property")
        ]
        for kind in PACKAGE.iterfind(f"{XDTO}objectType")
    }  # fmt: skip
    assert generated == declared
    assert {"StatementRequest", "Statement", "StatementLine", "StatementPart"} <= generated.keys()


def test_schemas_are_inline_and_import_each_other_without_saying_where() -> None:
    imports = list(WSDL.iter(f"{XS}import"))
    assert {one.get("namespace") for one in imports} == {CORE, PACKAGE.get("targetNamespace")}
    assert not any(one.get("schemaLocation") for one in imports)
    core = {kind.get("name") for kind in schema(CORE)}
    assert {"Structure", "Array", "Map", "ValueTable", "UUID", "GenericException"} <= core


def test_what_is_nillable_must_still_be_there() -> None:
    service = schema(WSDL.get("targetNamespace"))
    nillable = [one for one in service.iter(f"{XS}element") if one.get("nillable")]
    assert nillable
    assert not any(one.get("minOccurs") for one in nillable)


def test_there_are_two_ports_named_as_1c_names_them_with_its_actions() -> None:
    (service,) = WSDL.iterfind(f"{W}service")
    name = service.get("name")
    assert [port.get("name") for port in service.iterfind(f"{W}port")] == [f"{name}Soap", f"{name}Soap12"]
    for binding in WSDL.iterfind(f"{W}binding"):
        for operation in binding.iterfind(f"{W}operation"):
            expected = f"{WSDL.get('targetNamespace')}#{name}:{operation.get('name')}"
            assert operation[0].get("soapAction") == expected

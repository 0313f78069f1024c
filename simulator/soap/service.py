"""The published web service: its WSDL by GET, its operations by POST."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import etree

from simulator.base import Base
from simulator.errors import XML
from simulator.reading import Answer
from simulator.soap import contract, envelope, structures
from simulator.soap.contract import NAMESPACE, PACKAGE
from simulator.soap.envelope import SoapFault, Version
from simulator.soap.printed import print_form
from simulator.soap.settled import statement
from simulator.soap.structures import NIL, XS, XSI

VERSION = "1.0"
OPERATIONS = ("Ping", "GetVersion", "GetStatement", "GetPrintForm")


@dataclass(frozen=True, slots=True)
class Posted:
    body: bytes
    version: Version


def is_here(path: str, base_name: str) -> bool:
    """The service answers at its alias and at its name alike."""
    return path in (f"/{base_name}/ws/{contract.ALIAS}", f"/{base_name}/ws/{contract.SERVICE}")


def description(base_name: str) -> Answer:
    return Answer(200, XML, [contract.wsdl(base_name)])


def answer(base: Base, posted: Posted) -> Answer:
    version = posted.version
    try:
        body = envelope.answer(version, _called(base, envelope.read(posted.body, version).content))
    except SoapFault as error:
        return Answer(500, envelope.MEDIA_TYPES[version], [envelope.fault(version, error)])
    return Answer(200, envelope.MEDIA_TYPES[version], [body])


def _called(base: Base, asked: Any) -> Any:
    name = etree.QName(asked)
    if name.namespace != NAMESPACE or name.localname not in OPERATIONS:
        raise SoapFault(f"Неизвестная операция {name.localname}", "Client")
    if complaint := contract.complaint(asked):
        raise SoapFault(f"Ошибка преобразования данных XDTO: {complaint}", "Client")
    made = etree.Element(f"{{{NAMESPACE}}}{name.localname}Response", nsmap={"m": NAMESPACE})
    _OPERATIONS[name.localname](base, asked, made)
    if complaint := contract.complaint(made):
        raise AssertionError(f"the simulator breaks its own contract: {complaint}")
    return made


def _ping(_base: Base, _asked: Any, made: Any) -> None:
    _returned(made).text = VERSION


def _version(base: Base, _asked: Any, made: Any) -> None:
    known = {
        "ВерсияКонтракта": VERSION,
        "Конфигурация": "УправлениеТорговлей",
        "ВерсияКонфигурации": "11.5.20.114",
        "ВерсияПлатформы": "8.3.25.1394",
        "ДатаСеанса": base.now(),
        "Операции": OPERATIONS,
        "ТолькоЧтение": True,
    }
    structures.fill(_returned(made), known)


def _statement(base: Base, asked: Any, made: Any) -> None:
    given = {
        etree.QName(field).localname: None if field.get(NIL) == "true" else field.text or ""
        for field in asked.find(f"{{{NAMESPACE}}}Request")
    }
    statement(base, given, _returned(made))


def _print_form(base: Base, asked: Any, made: Any) -> None:
    document = asked.find(f"{{{NAMESPACE}}}Document")
    form = asked.findtext(f"{{{NAMESPACE}}}Form") or None
    parameters = structures.read(asked.find(f"{{{NAMESPACE}}}Parameters"))
    kind, ref = (document.findtext(f"{{{PACKAGE}}}{field}") for field in ("Type", "Id"))
    data, media_type, file_name = print_form(base, kind, ref, form, parameters)
    _returned(made).text = base64.b64encode(data).decode()
    for tag, value in (("MediaType", media_type), ("FileName", file_name)):
        etree.SubElement(made, f"{{{NAMESPACE}}}{tag}").text = value


def _returned(made: Any) -> Any:
    return etree.SubElement(made, f"{{{NAMESPACE}}}return", nsmap={"p": PACKAGE, "xs": XS, "xsi": XSI})


_OPERATIONS: dict[str, Callable[[Base, Any, Any], None]] = {
    "Ping": _ping,
    "GetVersion": _version,
    "GetStatement": _statement,
    "GetPrintForm": _print_form,
}

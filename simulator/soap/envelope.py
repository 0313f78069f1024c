"""SOAP 1.1 and 1.2 around a call, an answer or a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

Version = Literal["1.1", "1.2"]

NAMESPACES: dict[Version, str] = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
MEDIA_TYPES: dict[Version, str] = {
    "1.1": "text/xml; charset=utf-8",
    "1.2": "application/soap+xml; charset=utf-8",
}
_CODES = {"Server": "Receiver", "Client": "Sender"}


class SoapFault(Exception):
    """The service says no: `who` is to blame in the words of SOAP 1.1."""

    def __init__(self, text: str, who: Literal["Server", "Client"] = "Server") -> None:
        super().__init__(text)
        self.text = text
        self.who = who


@dataclass(frozen=True, slots=True)
class Call:
    version: Version
    content: Any  # the only element of the Body


def version_of(content_type: str) -> Version:
    return "1.2" if content_type.lower().startswith("application/soap+xml") else "1.1"


def read(body: bytes, version: Version) -> Call:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise SoapFault(f"Ошибка разбора XML: {error}", "Client") from error
    content = root.find(f"{{{NAMESPACES[version]}}}Body/*")
    if root.tag != f"{{{NAMESPACES[version]}}}Envelope" or content is None:
        raise SoapFault("Неверный формат сообщения SOAP", "Client")
    return Call(version, content)


def answer(version: Version, content: Any) -> bytes:
    namespace = NAMESPACES[version]
    root = etree.Element(f"{{{namespace}}}Envelope", nsmap={"soap": namespace})
    etree.SubElement(root, f"{{{namespace}}}Body").append(content)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def fault(version: Version, error: SoapFault) -> bytes:
    namespace = NAMESPACES[version]
    element = etree.Element(f"{{{namespace}}}Fault", nsmap={"soap": namespace})
    if version == "1.1":
        _child(element, "faultcode", f"soap:{error.who}")
        _child(element, "faultstring", error.text)
    else:
        code = etree.SubElement(element, f"{{{namespace}}}Code")
        _child(code, f"{{{namespace}}}Value", f"soap:{_CODES[error.who]}")
        reason = etree.SubElement(element, f"{{{namespace}}}Reason")
        text = _child(reason, f"{{{namespace}}}Text", error.text)
        text.set("{http://www.w3.org/XML/1998/namespace}lang", "ru")
    return answer(version, element)


def _child(parent: Any, tag: str, text: str) -> Any:
    child = etree.SubElement(parent, tag)
    child.text = text
    return child

"""A WSDL as 1C gives it out: read once, its messages written and read without any traffic of its own.

zeep is the codec here. What is sent and how long is waited is the transport's; a schema or an import that is not
in the document itself is never fetched.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NoReturn

import lxml.etree
import zeep
import zeep.exceptions
from zeep.settings import Settings
from zeep.wsdl.bindings import soap as bindings

from connectors.lane import Message
from schemas.errors import SourceContractError
from schemas.source import RawPage

Port = Literal["Soap", "Soap12"]

WRITING = (zeep.exceptions.Error, TypeError, ValueError, AttributeError)
READING = (*WRITING, lxml.etree.LxmlError, ArithmeticError, LookupError)
ZEEP: Any = bindings  # untyped; it has the readers of whole messages and of MTOM
CLIENT: Any = zeep.Client
SETTINGS = Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
HINT_CONTRACT = "install the release of our extension that fits this hub (onec/README.md), then ask again"


class _Nowhere:
    """A transport that goes nowhere."""

    def load(self, url: str) -> NoReturn:
        raise ValueError(f"the description refers to another document: {url}")

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(name)


@dataclass(frozen=True, slots=True)
class Description:
    """`digest` names the bytes it was read from; `namespace_of` finds a type of the core schema."""

    digest: str
    client: Any

    @property
    def operations(self) -> frozenset[str]:
        return frozenset(name for port in self._ports() for name in port.binding.all())

    def message(self, port: Port, operation: str, arguments: Mapping[str, Any]) -> Message:
        """What to send. Errors: SourceContractError where the service has no such operation or parameter."""
        binding = self._binding(port)
        try:
            written = self._operation(binding, operation).create(**arguments)
            body = lxml.etree.tostring(written.content, xml_declaration=True, encoding="UTF-8")
        except WRITING as error:
            raise _mismatch(f"the service does not take this call of {operation}", error) from error
        return Message(operation, body, tuple(_headers(port, self._operation(binding, operation).soapaction)))

    def answer(self, port: Port, operation: str, page: RawPage) -> Any:
        """The whole answer: `return`, and what else the operation gives, by name.

        Errors: SourceContractError where it is not what the description promises.
        """
        expected = self._operation(self._binding(port), operation).output.body
        try:
            content = _document(page).find("{*}Body/*")
            if content is None or content.tag != expected.qname:
                raise ValueError(f"no {expected.qname} in the body")
            there = {lxml.etree.QName(child).localname for child in content.iterchildren("*")}
            if missing := [
                name for name, part in expected.type.elements if name not in there and not part.is_optional
            ]:
                raise ValueError(f"{missing[0]} is missing: what is nil must still be there")
            return expected.parse(content, self.client.wsdl.types)
        except READING as error:
            raise SourceContractError(
                f"the answer of {operation} is not what the service's description promises",
                hint=HINT_CONTRACT,
                received=page.body,
                request=page.request,
                reason="broken",
            ) from error

    def type(self, namespace: str, name: str) -> Any:
        return self.client.get_type(f"{{{namespace}}}{name}")

    def _ports(self) -> list[Any]:
        return [port for service in self.client.wsdl.services.values() for port in service.ports.values()]

    def _binding(self, port: Port) -> Any:
        """1C names its ports `<Service>Soap` and `<Service>Soap12`."""
        for service in self.client.wsdl.services.values():
            found = service.ports.get(f"{service.name}{port}")
            if found is not None:
                return found.binding
        raise _mismatch(f"the service has no port {port}", None)

    def _operation(self, binding: Any, name: str) -> Any:
        if name not in binding.all():
            raise _mismatch(f"the service has no operation {name}", None)
        return binding.get(name)


def read(body: bytes, request: str, source: str) -> Description:
    """Errors: SourceContractError where it is no description, or one with a DTD or parts elsewhere."""
    try:
        return _read(body)
    except READING as error:
        raise SourceContractError(
            f"what the service gives as its description is none ({type(error).__name__})",
            hint="check soap_url: it leads to the web service itself, like http://host/base/ws/saldo.1cws",
            received=body,
            source=source,
            request=request,
        ) from error


def _document(page: RawPage) -> Any:
    """The envelope; binary parts that travel beside it (MTOM) are put where they belong."""
    if not page.media_type.lower().startswith("multipart/"):
        return ZEEP.parse_xml(page.body, _Nowhere(), settings=SETTINGS)
    try:
        parts = ZEEP.MultipartDecoder(page.body, page.media_type).parts
    except Exception as error:  # its own two classes have no base but this
        raise ValueError("the parts of the answer cannot be told apart") from error
    document = ZEEP.parse_xml(parts[0].content, _Nowhere(), settings=SETTINGS)
    ZEEP.process_xop(document, ZEEP.MessagePack(parts=parts[1:]))
    return document


@lru_cache(maxsize=16)
def _read(body: bytes) -> Description:
    client = CLIENT(io.BytesIO(body), transport=_Nowhere(), settings=SETTINGS)
    if not client.wsdl.services:
        raise ValueError("no service is described")
    return Description(hashlib.sha256(body).hexdigest(), client)


def _headers(port: Port, action: str | None) -> list[tuple[str, str]]:
    """An action may be Cyrillic: its UTF-8 bytes travel, as in everything that 1C reads."""
    told = (action or "").encode().decode("latin-1")
    if port == "Soap12":
        return [("Content-Type", f'application/soap+xml; charset=utf-8; action="{told}"')]
    return [("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", f'"{told}"')]


def _mismatch(message: str, error: Exception | None) -> SourceContractError:
    parameter = ".".join(map(str, getattr(error, "path", ()))) or None
    return SourceContractError(message, hint=HINT_CONTRACT, parameter=parameter)

"""The SOAP client of one accounting base: a web service published beside its OData interface."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from connectors import wsdl
from connectors.dialects import DIALECTS
from connectors.governor import Governor
from connectors.lane import Message
from connectors.soap_faults import SOAP
from connectors.transport import Gate, SessionFactory, Transport
from connectors.wsdl import Description, Port
from schemas.errors import ConfigurationError, SourceContractError
from schemas.settings import SourceSettings
from schemas.source import RawPage

FRESH_S = 24 * 3600  # a description that was kept; one that does not fit is asked for again at once


@dataclass(frozen=True, slots=True)
class Answered:
    """What an operation returned, with the exact bytes of both ways for the landing."""

    value: Any
    sent: bytes
    page: RawPage


class SoapClient:
    """Calls one web service. A context manager: leaving it gives the 1C sessions back.

    Calls have no effect in the base, so they are tried again as readings are. `shared` is the governor of the
    OData client of the same base. `wsdl_cache` is a directory where descriptions are kept by their address.
    """

    def __init__(
        self,
        source: SourceSettings,
        *,
        port: Port = "Soap12",
        wsdl_cache: Path | None = None,
        shared: Governor | None = None,
        session_factory: SessionFactory = requests.Session,
        sleep: Callable[[float], None] | None = None,
        gate: Gate | None = None,
    ) -> None:
        if not source.soap_url:
            raise ConfigurationError(
                f"the source {source.id} has no web service",
                hint="publish the extension of onec/ and set soap_url, like http://host/base/ws/saldo.1cws",
            )
        self.source = source
        self.port: Port = port
        self.transport = Transport(
            replace(source, base_url=source.soap_url), {}, DIALECTS[source.dialect].ib_session, sleep,
            session_factory, gate, manners=SOAP, shared=shared,
        )  # fmt: skip
        self._wsdl_cache = wsdl_cache
        self._description: Description | None = None
        self._is_fresh = False  # asked for in this client's life

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.transport.hurry()
        self.transport.close()

    def description(self) -> Description:
        """The service's own description, kept for a day."""
        if self._description is None:
            kept = self._kept()
            if kept is None or not self._take(kept):
                self._fetch()
        assert self._description is not None
        return self._description

    def call(self, operation: str, make: Callable[[Description], dict[str, Any]] = lambda _: {}) -> Answered:
        """Call an operation with the arguments that `make` builds from the service's own types.

        The answer may take as long as `timeouts.totals_s`. Errors: SourceContractError where the service has no
        such operation, also by a description that was asked for anew.
        """
        message = self._message(operation, make)
        wait_s = self.source.timeouts.totals_s
        page = self.transport.post("", expect="soap", wait_s=wait_s, message=message)
        return Answered(self.description().answer(self.port, operation, page), message.body, page)

    def _message(self, operation: str, make: Callable[[Description], dict[str, Any]]) -> Message:
        try:
            return self.description().message(self.port, operation, make(self.description()))
        except SourceContractError:
            if self._is_fresh:
                raise
        self._fetch()
        return self.description().message(self.port, operation, make(self.description()))

    def _fetch(self) -> None:
        self._is_fresh = True
        page = self.transport.get("?wsdl", expect="xml")
        self._description = wsdl.read(page.body, page.request, self.source.id)
        if file := self._file():
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_suffix(f".{time.monotonic_ns()}")
            new.write_bytes(page.body)
            new.replace(file)

    def _take(self, body: bytes) -> bool:
        """Errors in what was kept are no errors of the base: it is asked again."""
        try:
            self._description = wsdl.read(body, "?wsdl", self.source.id)
        except SourceContractError:
            return False
        return True

    def _kept(self) -> bytes | None:
        file = self._file()
        if file is None or not file.is_file() or time.time() - file.stat().st_mtime > FRESH_S:
            return None
        return file.read_bytes()

    def _file(self) -> Path | None:
        if self._wsdl_cache is None:
            return None
        return self._wsdl_cache / f"{hashlib.sha256(self.source.soap_url.encode()).hexdigest()[:16]}.wsdl"

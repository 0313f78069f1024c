"""The SOAP client of one accounting base: a web service published beside its OData interface."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Protocol, Self

import requests

from connectors import wsdl
from connectors.dialects import DIALECTS
from connectors.governor import Governor
from connectors.soap_faults import SOAP
from connectors.transport import Gate, SessionFactory, Transport
from connectors.wsdl import Description, Port
from schemas.errors import ConfigurationError, SourceContractError
from schemas.settings import SourceSettings
from schemas.source import RawPage

FRESH_S = 24 * 3600  # a description that was kept; one that does not fit is asked for again at once


class Cache(Protocol):
    """Where descriptions are kept between clients, by a name of letters and digits."""

    def get(self, name: str, younger_than_s: float) -> bytes | None: ...

    def put(self, name: str, body: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """What an operation returned, with the exact bytes of both ways for the landing."""

    value: Any
    sent: bytes
    page: RawPage


class SoapClient:
    """Calls one web service. A context manager: leaving it gives the 1C sessions back.

    Calls have no effect in the base, so they are tried again as readings are. `shared` is the governor of the
    OData client of the same base.
    """

    def __init__(
        self,
        source: SourceSettings,
        *,
        port: Port = "Soap12",
        wsdl_cache: Cache | None = None,
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
        self._cache = wsdl_cache
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
            kept = None if self._cache is None else self._cache.get(self._name, FRESH_S)
            if kept is None or not self._take(kept):
                self._fetch()
        assert self._description is not None
        return self._description

    def call(self, operation: str, make: Callable[[Description], dict[str, Any]] = lambda _: {}) -> Answered:
        """Call an operation with the arguments that `make` builds from the service's own types.

        The answer may take as long as `timeouts.totals_s`. What does not fit the description may only not fit
        the one that was kept: where another is there now, it is tried once more by that.
        Errors: SourceContractError where the service has no such operation, or does not answer as it promises.
        """
        try:
            return self._once(operation, make)
        except SourceContractError:
            if self._is_fresh or not self._changed():
                raise
        return self._once(operation, make)

    def _once(self, operation: str, make: Callable[[Description], dict[str, Any]]) -> Answered:
        description = self.description()
        message = description.message(self.port, operation, make(description))
        wait_s = self.source.timeouts.totals_s
        page = self.transport.post("", expect="soap", wait_s=wait_s, message=message)
        return Answered(description.answer(self.port, operation, page), message.body, page)

    def _changed(self) -> bool:
        """Ask for the description anew; tells whether it is another one."""
        before = self.description().digest
        self._fetch()
        return self.description().digest != before

    def _fetch(self) -> None:
        self._is_fresh = True
        page = self.transport.get("?wsdl", expect="xml")
        self._description = wsdl.read(page.body, page.request, self.source.id)
        if self._cache is not None:
            self._cache.put(self._name, page.body)

    def _take(self, body: bytes) -> bool:
        """Errors in what was kept are no errors of the base: it is asked again."""
        try:
            self._description = wsdl.read(body, "?wsdl", self.source.id)
        except SourceContractError:
            return False
        return True

    @property
    def _name(self) -> str:
        return hashlib.sha256(self.source.soap_url.encode()).hexdigest()[:16]

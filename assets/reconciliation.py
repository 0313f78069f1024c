"""One statement, drawn by the hub from its store and by the accounting system itself, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from assets import web_service
from assets.source import Source
from connectors import reconciliation as over_odata
from connectors import soap_reconciliation as over_soap
from connectors.odata import ODataClient
from mappings.books import settlement_books
from schemas.reconciliation import Statement, StatementRequest
from schemas.source import RawPage
from store import reconciliation, reference
from store.engine import Store


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the accounting system gave: `pages` are its answers, `sent` what was posted (nothing over OData)."""

    statement: Statement
    pages: tuple[RawPage, ...]
    sent: bytes = b""


def by_hub(store: Store, request: StatementRequest) -> Statement:
    """From the store; errors: StoreError where nothing was pulled yet."""
    with store.reading() as tx:
        return reconciliation.statement(tx, request)


def by_accounting_system(
    store: Store, source: Source, client: ODataClient, request: StatementRequest
) -> Drawn:
    """From the base: by its own extension where it has one (`soap_url`), else over OData."""
    with asking(store, source, client) as draw:
        return draw(request)


@contextmanager
def asking(
    store: Store, source: Source, client: ODataClient
) -> Iterator[Callable[[StatementRequest], Drawn]]:
    """The same for several requests, from any thread: by one session of the web service."""
    if not source.settings.soap_url:
        yield partial(by_odata, store, source, client)
        return
    books = settlement_books(source.entities)
    with web_service.opened(store, source.settings, client.transport.governor) as soap:

        def draw(request: StatementRequest) -> Drawn:
            told = over_soap.statement(soap, request, books)
            return Drawn(told.statement, (told.answered.page,), told.answered.sent)

        yield draw


def by_odata(store: Store, source: Source, client: ODataClient, request: StatementRequest) -> Drawn:
    """From the base's own totals and movements, whether it has the extension or not."""
    with store.reading() as tx:
        currencies = reference.currency_codes(tx, source.id)
    told = over_odata.statement(client, request, settlement_books(source.entities), currencies)
    return Drawn(told.statement, told.pages)

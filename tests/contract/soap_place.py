"""A base with our extension behind real HTTP, and a client of it; for the tests of SOAP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.soap import SoapClient
from connectors.wsdl import Port
from mappings import MAPPINGS
from mappings.books import settlement_books
from schemas.reconciliation import StatementRequest
from schemas.settings import Limits, Secret, SourceSettings
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import Server, running

BOOKS = settlement_books(MAPPINGS["ut11"])
SHIPMENT = "Document_РеализацияТоваровУслуг"
UNKNOWN = "11111111-1111-1111-1111-111111111111"


@dataclass
class Place:
    server: Server
    source: SourceSettings
    request: StatementRequest
    shipment: dict[str, Any]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny", today=date(2026, 11, 20)))
    with running(base) as server:
        source = SourceSettings(
            "ut11", "УТ 11", server.url, server.user, Secret(server.password), ZoneInfo("Europe/Moscow"),
            date(2024, 1, 1), soap_url=server.url.replace("/odata/standard.odata", "/ws/saldo.1cws"),
            limits=Limits(sessions=2, attempts=2),
        )  # fmt: skip
        (rub,) = (row["Ref_Key"] for row in base.iterate("Catalog_Валюты") if row["Code"] == "643")
        shipment = next(row for row in base.iterate(SHIPMENT) if row["Posted"] and row["Валюта_Key"] == rub)
        request = StatementRequest(
            "ut11", shipment["Организация_Key"], shipment["Контрагент_Key"], "RUB", date(2023, 1, 1),
            date(2026, 11, 30), by_contract=True,
        )  # fmt: skip
        yield Place(server, source, request, shipment)
    base.close()


@pytest.fixture(autouse=True)
def calm(place: Place) -> Iterator[None]:
    yield
    place.server.faults.clear()


def client(place: Place, port: Port = "Soap12", **options: Any) -> SoapClient:
    return SoapClient(place.source, port=port, sleep=lambda _: None, **options)

"""The same client reads services of other makers: v2 (SAP style) and v4, with server-driven paging."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors import metadata
from connectors.decode import decoder_for
from connectors.dialects import DIALECTS, ONEC, V2, V4
from connectors.drift import drift
from connectors.odata import ODataClient
from schemas.errors import SourceContractError
from schemas.source import SourceSet, WireField, WireRow
from tests.unit.connectors.fake_base import URL, Asked, FakeBase, Reply, settings

V4_METADATA = b"""<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">
<edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="erp"><EntityType Name="Invoice">
<Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Guid" Nullable="false"/>
<Property Name="PostedAt" Type="Edm.DateTimeOffset"/><Property Name="Amount" Type="Edm.Decimal"/>
<NavigationProperty Name="Lines" Type="Collection(erp.Line)"/></EntityType>
<EntityType Name="Line"><Property Name="Quantity" Type="Edm.Int64"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="Invoices" EntityType="erp.Invoice"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""
V2_METADATA = b"""<edmx:Edmx xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" Version="1.0">
<edmx:DataServices>
<Schema xmlns="http://schemas.microsoft.com/ado/2008/09/edm" Namespace="ERP_SRV"><EntityType Name="Invoice">
<Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Guid" Nullable="false"/>
<Property Name="PostedAt" Type="Edm.DateTime"/>
<Property Name="Amount" Type="Edm.Decimal" Precision="15" Scale="2"/>
<NavigationProperty Name="Lines" Relationship="ERP_SRV.InvoiceLines" ToRole="Line"/></EntityType>
<EntityType Name="Line"><Property Name="Quantity" Type="Edm.Int64"/></EntityType>
<EntityContainer Name="C"><EntitySet Name="Invoices" EntityType="ERP_SRV.Invoice"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""

ROW = WireRow(
    (WireField("Id", "text"), WireField("PostedAt", "text"), WireField("Amount", "decimal")),
    (("Lines", WireRow((WireField("Quantity", "integer"),))),),
)
INVOICES = SourceSet("Invoices", ROW, order_by=("Id",), key=("Id",))
DATED = SourceSet("Invoices", ROW, period="PostedAt")
OWN_PAGE = 3


def invoice(dialect: str, number: int) -> dict[str, Any]:
    if dialect == "v4":
        lines: Any = [{"Quantity": number}]
        return {"Id": f"{number:02}", "PostedAt": "2026-11-01T10:00:00Z", "Amount": 0.1, "Lines": lines}
    lines = {"results": [{"Quantity": str(number)}]}
    return {"Id": f"{number:02}", "PostedAt": "/Date(1793527200000)/", "Amount": "0.10", "Lines": lines}


def service(dialect: str, count: int, repeat: bool = False) -> FakeBase:
    """Gives three records a page, whatever was asked, and a link to the next ones."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "$metadata":
            body = V4_METADATA if dialect == "v4" else V2_METADATA
            return Reply(body=body, media_type="application/xml")
        if asked.path == "Invoices/$count":
            return Reply(body=str(count).encode(), media_type="text/plain")
        at = 0 if repeat else int(asked.query.get("$skiptoken", 0))
        rows = [invoice(dialect, n) for n in range(at, min(at + OWN_PAGE, count))]
        more = at + OWN_PAGE < count
        link = f"Invoices?$skiptoken={at + OWN_PAGE}"
        if dialect == "v4":
            around = {"@odata.nextLink": link} if more else {}
            return Reply(body=json.dumps({"@odata.count": count, **around, "value": rows}).encode())
        around = {"__next": f"{URL}/{link}"} if more else {}
        return Reply(body=json.dumps({"d": {"__count": str(count), **around, "results": rows}}).encode())

    return FakeBase(answer)


def client(server: FakeBase, dialect: str) -> ODataClient:
    source = settings(dialect=dialect, select="mapped")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return ODataClient(source, session_factory=server.session, sleep=lambda _: None, now=lambda: now)


@pytest.mark.parametrize("dialect", ["v2", "v4"])
@pytest.mark.parametrize("asked", [INVOICES, DATED])
def test_server_driven_pages_make_one_complete_unit(dialect: str, asked: SourceSet) -> None:
    server = service(dialect, 10)
    with client(server, dialect) as reader:
        (unit,) = reader.read(asked)
    decoder = decoder_for(ROW, DIALECTS[dialect])  # type: ignore[index]
    rows = [row for page in unit.pages for row in decoder.rows(page.body).rows]
    assert [row.Id for row in rows] == [f"{n:02}" for n in range(10)]
    assert [row.Lines[0].Quantity for row in rows] == list(range(10))
    assert {row.Amount for row in rows} == {Decimal("0.1")}
    assert {row.PostedAt.removesuffix("Z") for row in rows} == {"2026-11-01T10:00:00"}
    assert len(unit.pages) == 4
    assert "IBSession" not in server.asked[0].headers


@pytest.mark.parametrize("dialect", ["v2", "v4"])
def test_a_repeated_next_link_is_an_error_and_not_an_endless_loop(dialect: str) -> None:
    server = service(dialect, 10, repeat=True)
    with client(server, dialect) as reader, pytest.raises(SourceContractError, match="repeats its next-page"):
        list(reader.read(INVOICES))
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("dialect", "count", "limits"),
    [
        ("v2", ("$inlinecount", "allpages"), "(PostedAt ge datetime'2026-01-01T00:00:00')"),
        ("v4", ("$count", "true"), "(PostedAt ge 2026-01-01T00:00:00Z)"),
    ],
)
def test_each_dialect_has_its_literals_and_its_count(
    dialect: str, count: tuple[str, str], limits: str
) -> None:
    server = service(dialect, 1)
    with client(server, dialect) as reader:
        list(reader.read(INVOICES))
        list(reader.read(DATED, "2026-01-01T00:00:00", "2026-02-01T00:00:00"))
    assert server.asked[0].query[count[0]] == count[1]
    assert server.asked[0].query["$expand"] == "Lines"
    assert server.asked[0].query["$select"] == "Id,PostedAt,Amount,Lines"
    assert limits in server.asked[-1].query["$filter"]


@pytest.mark.parametrize("dialect", ["v2", "v4"])
def test_drift_is_found_in_other_services_too(dialect: str) -> None:
    with client(service(dialect, 1), dialect) as reader:
        found = reader.metadata()
    assert set(found.fields("Invoices")) == {"Id", "PostedAt", "Amount", "Lines"}
    (finding,) = drift(found, {"Invoices": {"Amount": "invoice.amount", "Terms": "invoice.terms"}})
    assert finding.message == "`Invoices.Terms` is gone from the base; mapping `invoice.terms` needs it"


@pytest.mark.parametrize("document", [V2_METADATA, V4_METADATA])
def test_lines_behind_a_navigation_are_known(document: bytes) -> None:
    found = metadata.parse(document)
    assert set(found.part(found.fields("Invoices"), "Lines")) == {"Quantity"}


@pytest.mark.parametrize(
    ("dialect", "document"),
    [
        ("v2", {"d": {"EntitySets": ["Invoices"]}}),
        ("v4", {"value": [{"name": "Invoices", "kind": "EntitySet"}]}),
    ],
)
def test_the_composition_is_read_in_either_form(dialect: str, document: dict[str, Any]) -> None:
    server = FakeBase(lambda _: Reply(body=json.dumps(document).encode()))
    with client(server, dialect) as reader:
        assert reader.service_document() == ("Invoices",)


def test_literals_are_quoted_by_the_rules_of_the_dialect() -> None:
    assert ONEC.guid_literal("1-2") == V2.guid_literal("1-2") == "guid'1-2'"
    assert V4.guid_literal("1-2") == "1-2"
    assert ONEC.text_literal("О'Генри") == "'О''Генри'"

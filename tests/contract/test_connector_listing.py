"""Listing what refers to something: keys and versions, in addresses that web servers take."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.odata import ODataClient
from schemas.source import SourceSet, WireField, WireRow
from schemas.types import WallClock
from simulator.base import Base
from tests.contract.test_connector_reads import NOTES, REGISTER, SHIPPING_NOTES, serving, settings
from tests.contract.test_connector_reads import company as company

OWNER, KEY = "Контрагент_Key", "АналитикаУчетаПоПартнерам_Key"
MOVEMENTS = SourceSet(
    f"{REGISTER}_RecordType",
    WireRow((WireField("Recorder", "text"), WireField(KEY, "text"))),
    period="Period",
)
START = WallClock("2026-06-01T00:00:00")


def test_the_documents_of_some_counterparties_are_listed_with_their_versions(company: Base) -> None:
    notes = list(company.iterate(NOTES))
    strangers = [f"8a1f0c5e-0000-4000-8000-{number:012x}" for number in range(30)]
    wanted = sorted({str(one[OWNER]) for one in notes})[::2] + strangers
    with serving(company) as server, ODataClient(settings(server)) as client:
        found = client.keys_of(SHIPPING_NOTES, OWNER, wanted, told="DataVersion", start=START)
        lengths = [len(urlsplit(target).query) for _, target, _ in server.requests if "filter" in target]
    expected = {
        one["Ref_Key"]: one["DataVersion"] for one in notes if one[OWNER] in wanted and one["Date"] >= START
    }
    assert found == expected
    assert 0 < len(expected) < len(notes)
    assert len(lengths) > 1
    assert max(lengths) <= 2_048


def test_movements_are_listed_by_their_recorders_with_the_sets_of_these(company: Base) -> None:
    keys = sorted(str(one["Ref_Key"]) for one in company.iterate("Catalog_КлючиАналитикиУчетаПоПартнерам"))[
        :3
    ]
    with serving(company) as server, ODataClient(settings(server)) as client:
        found = client.keys_of(MOVEMENTS, KEY, keys, start=START)
        read = {
            recorder
            for unit in client.read_keys(MOVEMENTS, tuple(found), found)
            for recorder in unit.scope.keys or ()
        }
    moved = {
        str(one["Recorder"]): str(one["Recorder_Type"])
        for one in company.iterate(REGISTER)
        if one[KEY] in keys and one["Period"] >= START
    }
    assert found == moved
    assert read == set(moved)
    assert moved


def test_a_counterparty_without_anything_is_an_empty_list(company: Base) -> None:
    nobody = "8a1f0c5e-0000-4000-8000-000000000001"
    with serving(company) as server, ODataClient(settings(server)) as client:
        assert client.keys_of(SHIPPING_NOTES, OWNER, [nobody], told="DataVersion") == {}

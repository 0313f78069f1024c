"""Exchange plans: what is registered, what a package carries, what a confirmation forgets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.contract.simulator.small_base import (
    PARTY,
    SALES,
    SETTLEMENTS,
    SHIPMENT,
    Client,
    Response,
    guid,
    movement,
    shipment,
)

Serve = Callable[..., Client]
PLAN = "ExchangePlan_ДляODATA"
SLIP = "Document_РасходныйОрдерНаТовары"
OWN, SITE = guid(1001), guid(1002)
RECORDED = Path(__file__).parents[4] / "shared/corpus/onec/odata/ut_demo_8.5"
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "d": "http://schemas.microsoft.com/ado/2007/08/dataservices",
}


class Site:
    """The other node, as it talks to the base."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.base = client.server.base
        self.base.write(
            PLAN,
            [
                {"Ref_Key": OWN, "Code": "001", "Description": "Торговая база"},
                {"Ref_Key": SITE, "Code": "002", "Description": "Сайт"},
            ],
        )

    def post(self, function: str, **arguments: Any) -> Response:
        query = "&".join(f"{key}={quote(str(value))}" for key, value in arguments.items())
        return self.client.raw(f"{function}?{query}", method="POST")

    def node(self, ref: str = SITE) -> str:
        return f"'{self.client.server.url}/{PLAN}(guid'{ref}')'"

    def select(self, number: int, **more: Any) -> Response:
        return self.post("SelectChanges", DataExchangePoint=self.node(), MessageNo=number, **more)

    def confirm(self, number: int) -> Response:
        return self.post("NotifyChangesReceived", DataExchangePoint=self.node(), MessageNo=number)

    def changed(self, number: int) -> list[str]:
        """Addresses of a package's entries below the service root."""
        answer = self.select(number)
        assert answer.status == 200, answer.text
        ids = (e.findtext("a:id", "", NS) for e in ElementTree.fromstring(answer.body).findall("a:entry", NS))
        return [one.partition("standard.odata/")[2] for one in ids]

    def state(self) -> tuple[Any, Any]:
        (row,) = self.client.get(PLAN, filter="Code eq '002'").value
        return row["SentNo"], row["ReceivedNo"]

    def edit(self, number: int, **more: Any) -> str:
        self.base.write(SHIPMENT, [shipment(number, **more)])
        return f"{SHIPMENT}(guid'{guid(100 + number)}')"


@pytest.fixture
def site(serve: Serve) -> Site:
    return Site(serve())


def record_set(number: int) -> str:
    return f"{SETTLEMENTS}(Recorder='{guid(100 + number)}', Recorder_Type='StandardODATA.{SHIPMENT}')"


def test_a_new_base_has_nothing_registered(site: Site) -> None:
    assert site.changed(1) == []
    assert site.state() == ("1", "0")


def test_what_was_written_is_registered_until_it_is_confirmed(site: Site) -> None:
    address = site.edit(1)
    assert site.changed(1) == [address]
    assert site.changed(1) == [address]
    assert site.confirm(1).status == 200
    assert site.state() == ("1", "1")
    assert site.changed(2) == []


def test_the_same_number_again_brings_old_and_new(site: Site) -> None:
    first = site.edit(1)
    assert site.changed(1) == [first]
    second = site.edit(2)
    assert site.changed(1) == [first, second]


def test_a_change_after_the_package_survives_its_confirmation(site: Site) -> None:
    address = site.edit(1)
    site.changed(1)
    site.edit(1, Комментарий="еще раз")
    site.confirm(1)
    assert site.changed(2) == [address]


def test_a_later_package_carries_the_unconfirmed(site: Site) -> None:
    first, second = site.edit(1), None
    site.changed(1)
    second = site.edit(2)
    assert site.changed(2) == [first, second]


def test_the_movements_of_a_document_come_as_its_record_set(site: Site) -> None:
    site.base.write_records(SETTLEMENTS, guid(101), SHIPMENT, [movement(shipment(1))] * 2)
    answer = site.select(1)
    (entry,) = ElementTree.fromstring(answer.body).findall("a:entry", NS)
    assert entry.findtext("a:id", "", NS).endswith(record_set(1))
    rows = entry.findall(".//d:RecordSet/d:element", NS)
    assert [row.findtext("d:LineNumber", "", NS) for row in rows] == ["1", "2"]
    assert {row.findtext("d:Recorder", "", NS) for row in rows} == {guid(101)}


def test_a_cleared_record_set_is_an_entry_with_nothing_in_it(site: Site) -> None:
    site.base.write_records(SETTLEMENTS, guid(101), SHIPMENT, [])
    answer = site.select(1)
    (entry,) = ElementTree.fromstring(answer.body).findall("a:entry", NS)
    assert entry.findtext("a:id", "", NS).endswith(record_set(1))
    assert entry.findtext(".//d:Recorder_Type", "", NS) == f"StandardODATA.{SHIPMENT}"
    assert f'<d:RecordSet m:type="Collection(StandardODATA.{SETTLEMENTS}_RowType)"/>' in answer.text


def test_a_register_outside_the_plan_is_not_registered(site: Site) -> None:
    site.base.write_records(SALES, guid(101), SHIPMENT, [])
    assert site.changed(1) == []


def test_what_is_not_published_is_skipped_and_lost_by_the_confirmation(site: Site) -> None:
    site.base.write(SLIP, [{"Ref_Key": guid(950), "Number": "1", "Date": "2026-01-01T00:00:00"}])
    assert site.base.exchange.pending()["002"].unsent == 1
    assert site.changed(1) == []
    assert site.base.exchange.pending()["002"].unconfirmed == 1
    site.confirm(1)
    assert site.base.exchange.pending()["002"].unconfirmed == 0


def test_a_physical_deletion_is_not_reported(site: Site) -> None:
    site.edit(1)
    site.base.delete(SHIPMENT, guid(101))
    assert site.changed(1) == []


def test_a_base_may_report_deletions(serve: Serve) -> None:
    site = Site(serve(report_deletions=True))
    site.base.delete(SHIPMENT, guid(101))
    root = ElementTree.fromstring(site.select(1).body)
    (deleted,) = root.findall("at:deleted-entry", NS)
    assert deleted.get("ref", "").endswith(f"{SHIPMENT}(guid'{guid(101)}')")
    assert (root.findtext("a:entry/a:id", "", NS)).endswith(record_set(1))


def test_what_is_written_without_registering_is_not_reported(site: Site) -> None:
    with site.base.unregistered():
        site.edit(1)
        site.base.delete(SHIPMENT, guid(102))
    assert site.changed(1) == []


def test_everything_may_be_registered_at_once(site: Site) -> None:
    site.base.register_all()
    addresses = site.changed(1)
    assert len([one for one in addresses if one.startswith(SHIPMENT)]) == 60
    assert len([one for one in addresses if one.startswith(SETTLEMENTS)]) == 60
    assert f"Catalog_Контрагенты(guid'{PARTY}')" in addresses
    assert len(set(addresses)) == len(addresses)


def test_options_of_a_query_change_nothing(site: Site) -> None:
    site.edit(1)
    site.edit(2)
    answer = site.select(
        1, **{"$format": "json", "$top": 1, "$select": "Number", "$filter": "Posted eq false"}
    )
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert len(ElementTree.fromstring(answer.body).findall("a:entry", NS)) == 2


def test_one_character_stops_the_package_until_it_is_cleaned(site: Site) -> None:
    other = site.edit(2)
    site.edit(1, Комментарий="до\x02после")
    refused = site.select(1)
    assert refused.status == 400
    assert re.search(r"<data>[A-Za-z0-9+/=]+</data>", refused.text)
    address = site.edit(1)
    assert site.changed(1) == [address, other]


def test_a_package_too_large_for_memory_is_refused(serve: Serve) -> None:
    site = Site(serve(package_limit=1))
    site.edit(1)
    assert site.select(1).status == 200
    site.edit(2)
    refused = site.select(1, **{"$format": "json"})
    assert refused.error[:2] == (500, "-1")
    assert refused.error[2].startswith("Недостаточно памяти")


class TestRefusals:
    def arguments(self, site: Site) -> dict[str, Any]:
        return {"DataExchangePoint": site.node(), "MessageNo": 1}

    @pytest.mark.parametrize("missing", ["DataExchangePoint", "MessageNo"])
    def test_both_arguments_are_needed(self, site: Site, missing: str) -> None:
        given = {k: v for k, v in self.arguments(site).items() if k != missing}
        assert site.post("SelectChanges", **given, **{"$format": "json"}).error[:2] == (400, "12")

    @pytest.mark.parametrize(
        ("node", "expected"),
        [
            ("нет", (400, "21")),
            (f"'{PLAN}(guid''{SITE}'')'", None),
            (f"'{PLAN}(guid'{guid(7)}')'", (404, "9")),
            (f"'Catalog_Валюты(guid'{SITE}')'", (400, "6")),
            (f"'http://elsewhere/ut11/odata/standard.odata/{PLAN}(guid'{SITE}')'", (400, "6")),
            (f"'{PLAN}(guid'{OWN}')'", (500, "-1")),
        ],
    )
    def test_the_node_must_be_another_one_of_this_base(
        self, site: Site, node: str, expected: tuple[int, str] | None
    ) -> None:
        answer = site.post("SelectChanges", DataExchangePoint=node, MessageNo=1, **{"$format": "json"})
        assert answer.status == 200 if expected is None else answer.error[:2] == expected

    @pytest.mark.parametrize("function", ["SelectChanges", "NotifyChangesReceived"])
    @pytest.mark.parametrize("number", ["3", "2", "0", "-1", "x"])
    def test_the_number_must_be_above_the_confirmed_one(self, site: Site, function: str, number: str) -> None:
        site.confirm(3)
        given = {"DataExchangePoint": site.node(), "MessageNo": number, "$format": "json"}
        assert site.post(function, **given).error[:2] == (400, "21")

    def test_reading_a_function_is_not_allowed(self, site: Site) -> None:
        assert site.client.get("SelectChanges").error[:2] == (405, "19")


def test_a_package_has_the_form_of_a_recorded_one(site: Site) -> None:
    recorded = RECORDED / "msg003_zakaz_klienta.xml"
    if not recorded.exists():
        pytest.skip("the recorded bytes are not part of the repository")
    site.edit(1)
    site.base.write_records(SETTLEMENTS, guid(101), SHIPMENT, [movement(shipment(1))] * 2)
    made = form(site.select(1).body.decode(), SETTLEMENTS)
    real = form(recorded.read_bytes().decode(), "AccumulationRegister_ЗаказыКлиентов")
    assert made == real


def form(text: str, register: str) -> list[str]:
    """The feed's opening and the entry of one record set, names and values taken out."""
    opening = text[: text.index("\t<entry>")]
    entry = text[text.index(f"standard.odata/{register}(Recorder=") :].partition("\t</entry>")[0]
    rest = re.sub(r"[0-9a-f-]{36}|[^\W\d_]*Register_[^\W_]+|Document_\w+", "", entry)
    rest = re.sub(r"\n\t{2,3}<d:[^>]*>[^<]*</d:\w+>|\n\t{2,3}<d:\w+/>", "", rest)
    rest = re.sub(r"<updated>[^<]*<", "<", re.sub(r"<d:element.*</d:element>", "", rest, flags=re.DOTALL))
    lines = sorted(re.sub(r"<d:(\w+)>.*", r"<d:\1>", line) for line in rest.splitlines(keepends=True))
    return [re.sub(r'base="[^"]*"', "", opening), *lines]

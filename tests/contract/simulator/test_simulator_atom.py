"""Atom, the default representation, held against the form of recorded feeds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.contract.simulator.small_base import PARTY, SETTLEMENTS, SHIPMENT, Client, guid

RECORDED = Path(__file__).parents[4] / "shared/corpus/onec/odata/ut_demo_8.5"
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "d": "http://schemas.microsoft.com/ado/2007/08/dataservices",
    "m": "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata",
}


def skeleton(text: str) -> str:
    """One entry without its values: what is left is the form."""
    entry = text[: text.index("</entry>") + len("</entry>")]
    entry = re.sub(r"(<d:[^>/]*>)[^<]*(</d:)", r"\1\2", entry)
    entry = re.sub(r"\t<d:[^\n]*\n", "", re.sub(r"guid'[0-9a-f-]*'", "guid''", entry))
    entry = re.sub(r"https?://[^/]*/[^/]*/odata", "http://host/base/odata", entry)
    return re.sub(r"<updated>[^<]*<", "<updated><", entry)


def test_a_feed_has_the_form_of_a_recorded_one(client: Client) -> None:
    recorded = RECORDED / "msg004_kontragenti.xml"
    if not recorded.exists():
        pytest.skip("the recorded bytes are not part of the repository")
    body = client.get("Catalog_Контрагенты", format="", filter=f"Ref_Key eq guid'{PARTY}'").body.decode()
    real = recorded.read_bytes().decode()
    # a recorded entry may carry text of several lines; its form has none
    assert skeleton(body) == skeleton(re.sub(r"[^\n>]*\n[^\t<]*</d:ДополнительнаяИнформация>\n", "", real))
    assert body.endswith("</feed>")


def test_lines_end_in_lf_only_inside_the_properties(client: Client) -> None:
    body = client.get(SHIPMENT, format="", top="2").body
    inside = b"".join(re.findall(rb"<m:properties.*?</m:properties>", body, re.DOTALL))
    outside = re.sub(rb"<m:properties.*?</m:properties>", b"", body, flags=re.DOTALL)
    assert b"\r" not in inside
    assert outside.count(b"\n") == outside.count(b"\r\n") > 10


def entries(client: Client, path: str, **options: str) -> list[ElementTree.Element]:
    answer = client.get(path, format="", **options)
    assert answer.status == 200
    return ElementTree.fromstring(answer.body).findall("a:entry", NS)


def test_scalars_are_plain_text_and_parts_are_typed(client: Client) -> None:
    (entry,) = entries(client, SHIPMENT, filter=f"Ref_Key eq guid'{guid(101)}'")
    properties = entry.find("a:content/m:properties", NS)
    assert properties is not None
    assert properties.findtext("d:СуммаДокумента", namespaces=NS) == "22730.17"
    assert properties.findtext("d:Posted", namespaces=NS) == "true"
    rows = properties.find("d:Товары", NS)
    assert rows is not None
    assert rows.attrib == {f"{{{NS['m']}}}type": f"Collection(StandardODATA.{SHIPMENT}_Товары_RowType)"}
    assert rows[0].findtext("d:Цена", namespaces=NS) == "50.05"
    assert rows[0].find("d:Ref_Key", NS) is None


def test_only_filled_published_references_are_linked(client: Client) -> None:
    (entry,) = entries(client, SHIPMENT, filter=f"Ref_Key eq guid'{guid(101)}'")
    assert {link.get("title") for link in entry.findall("a:link", NS)} == {
        *("Контрагент", "Валюта", "ЗаказКлиента", "edit-link"),
    }


def test_an_expanded_reference_stands_inside_its_link(client: Client) -> None:
    (entry,) = entries(client, SHIPMENT, filter=f"Ref_Key eq guid'{guid(101)}'", expand="Контрагент")
    inline = entry.find("a:link/m:inline/a:entry/a:content/m:properties", NS)
    assert inline is not None
    assert inline.findtext("d:ИНН", namespaces=NS) == "7700000001"


def test_markup_in_values_is_escaped(client: Client) -> None:
    names = {e.findtext(".//d:Description", namespaces=NS) for e in entries(client, "Catalog_Контрагенты")}
    assert names == {"АВИКА", 'ООО "Альтаир" & Ко'}


def test_properties_come_in_no_order(client: Client) -> None:
    found = entries(client, SHIPMENT)
    orders = {tuple(p.tag for p in entry.iterfind("a:content/m:properties/*", NS)) for entry in found}
    assert len(orders) > 1


def test_a_record_set_repeats_its_recorder_in_every_row(client: Client) -> None:
    (entry,) = entries(client, SETTLEMENTS, filter=f"Recorder eq cast(guid'{guid(101)}','{SHIPMENT}')")
    address = f"{SETTLEMENTS}(Recorder='{guid(101)}', Recorder_Type='StandardODATA.{SHIPMENT}')"
    assert (entry.findtext("a:id", namespaces=NS) or "").endswith(address)
    assert entry.findtext(".//d:RecordSet/d:element/d:Recorder", namespaces=NS) == guid(101)


def test_the_count_stands_at_the_end(client: Client) -> None:
    body = client.get("Catalog_Валюты", format="", top="1", inlinecount="allpages").body
    assert body.endswith(b"<m:count>2</m:count>\r\n</feed>")


def test_an_empty_resource_of_a_virtual_table_is_null(client: Client) -> None:
    root = ElementTree.fromstring(client.get(f"{SETTLEMENTS}/Turnovers", format="").body)
    expense = root.find("d:element/d:СуммаExpense", NS)
    assert expense is not None
    assert expense.attrib == {f"{{{NS['m']}}}null": "true"}


def test_the_service_document_and_a_single_entity_are_xml_too(client: Client) -> None:
    service = ElementTree.fromstring(client.get("", format="").body)
    assert service.tag == "{http://www.w3.org/2007/app}service"
    entry = ElementTree.fromstring(client.get(f"Catalog_Контрагенты(guid'{PARTY}')", format="").body)
    assert entry.tag == f"{{{NS['a']}}}entry"


def test_a_character_xml_cannot_carry_fails_the_answer(serve: Callable[..., Client]) -> None:
    client = serve()
    client.server.base.write("Catalog_Контрагенты", [{"Ref_Key": PARTY, "Description": "a\x02b"}])
    assert client.get("Catalog_Контрагенты", format="").status == 400
    assert (
        client.get("Catalog_Контрагенты", filter=f"Ref_Key eq guid'{PARTY}'").value[0]["Description"]
        == "a\x02b"
    )

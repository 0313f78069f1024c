"""A held record is shown with its bytes, corrected, tried again and settled; only ops may."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from assets import by_hand
from assets.map import map_pending
from assets.source import Source, sources
from assets.sync import Run
from connectors import corrections
from connectors.dialects import ONEC, V2
from connectors.odata import ODataClient
from schemas import TABLES
from schemas.desk import Role
from schemas.errors import InvalidValueError
from schemas.source import RawPage, RawUnit, Scope
from store import audit, landing, operations, records, rejections
from tests.unit.api.books import Books, guid
from tests.unit.desk.signed_in import browser, htmx

BAD, WORSE = guid(501), guid(502)
BASE = "/desk/quarantine/ut11/manager"
JSON, ATOM = "application/json;odata=nometadata", "application/atom+xml;type=feed"
D, M = (f"http://schemas.microsoft.com/ado/2007/08/dataservices{rest}" for rest in ("", "/metadata"))


def row(key: str, off: object = "может быть") -> dict[str, object]:
    named = {"Ref_Key": key, "DataVersion": "AAA=", "Description": "Иван <b>", "DeletionMark": False}
    return {**named, "Недействителен": off}


def entry(key: str) -> str:
    inside = "".join(f"<d:{name}>{_text(value)}</d:{name}>" for name, value in row(key).items())
    return f'<m:properties xmlns:d="{D}" xmlns:m="{M}">{inside}</m:properties>'


def _text(value: object) -> str:
    return (
        str(value).lower().replace("<", "&lt;")
        if isinstance(value, bool)
        else str(value).replace("<", "&lt;")
    )


@dataclass
class Ward:
    books: Books
    source: Source

    def land(self, body: str, media_type: str = JSON) -> None:
        page = RawPage("/odata/Catalog_Пользователи", body.encode(), datetime.now(UTC), 0.1, media_type)
        landing.save(self.books.store, "ut11", "manager", RawUnit(Scope(), (page,)), run_id="run-1")
        map_pending(self.books.store, self.source.settings, self.source.entity("manager"), run_id="run-1")

    def client(self, role: Role = "ops") -> Any:
        return browser(self.books.store, self.books.settings, role=role, login=role)

    def run(self) -> None:
        with ODataClient(self.source.settings) as client:
            by_hand.work(self.books.store, client, self.source, Run("run-2", "ut11_by_hand"))

    def held(self) -> int:
        with self.books.store.reading() as tx:
            return rejections.count(tx, "ut11", "manager")

    def stored(self, key: str) -> Any:
        with self.books.store.reading() as tx:
            return records.get(tx, TABLES["manager"], "ut11", (key,))

    def audited(self) -> list[tuple[str, str, str | None]]:
        with self.books.store.reading() as tx:
            return [(one.operation, one.key_number, one.subject) for one in audit.read(tx, limit=9)]


@pytest.fixture
def ward(books: Books) -> Ward:
    made = Ward(books, sources(books.settings)[0])
    made.land(json.dumps({"value": [row(BAD), row(WORSE), row(guid(503), off=False)]}, ensure_ascii=False))
    return made


def test_held_records_are_listed_and_shown_with_the_field_marked(ward: Ward) -> None:
    client = ward.client("accountant")
    page = client.get("/desk/quarantine").text
    assert "One of its values is not what was agreed" in page
    assert f"{BASE}/record?id={BAD}" in page
    shown = client.get(f"{BASE}/record?id={BAD}").text
    assert "<mark>  &#34;Недействителен&#34;: &#34;может быть&#34;</mark>" in shown
    assert "Иван &lt;b&gt;" in shown
    assert "Correct it here" not in shown
    assert "Try again" not in shown


def test_a_corrected_record_is_landed_mapped_and_leaves(ward: Ward) -> None:
    client = ward.client()
    text = json.dumps(row(BAD, off=True), ensure_ascii=False, indent=2)
    form = {"text": text, "reason": "asked Ivan"}
    done = client.post(f"{BASE}/record/correct?id={BAD}", data=form, headers=htmx(client))
    assert done.status_code == 200
    assert "Waiting for its turn" in done.text
    ward.run()
    assert (ward.held(), ward.stored(BAD).name, ward.stored(BAD).active) == (1, "Иван <b>", False)
    with ward.books.store.reading() as tx:
        last = landing.found(tx, [max(one.id for one in landing.units(ward.books.store, "ut11", "manager"))])
        asked = operations.latest(tx, "replay", "ut11")
    assert last[0].pages[0].request.endswith("corrected by user:ops)")
    assert ward.audited()[0] == ("correctRecord", "user:ops", f"manager {BAD}")
    assert asked is not None
    told = client.get(f"/desk/quarantine/asked/{asked.id}", headers=htmx(client)).text
    assert "1 record left quarantine." in told
    assert "hx-get" not in told


def test_what_the_accounting_system_gives_later_wins(ward: Ward) -> None:
    client = ward.client()
    text = json.dumps(row(BAD, off=True), ensure_ascii=False)
    client.post(f"{BASE}/record/correct?id={BAD}", data={"text": text, "reason": "x"})
    ward.run()
    ward.land(json.dumps({"value": [row(BAD, off=False), row(WORSE), row(guid(503), off=False)]}))
    assert ward.stored(BAD).active is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no record any more"),
        ("[]", "no record any more"),
        (json.dumps(row(WORSE, off=True)), "another record"),
        ("{}", "another record"),
    ],
)
def test_what_is_no_such_record_is_not_landed(ward: Ward, text: str, said: str) -> None:
    client = ward.client()
    answer = client.post(f"{BASE}/record/correct?id={BAD}", data={"text": text, "reason": "x"})
    assert answer.status_code == 422
    assert said in answer.text
    assert len(list(landing.units(ward.books.store, "ut11", "manager"))) == 1


def test_all_of_a_kind_are_tried_again_and_nothing_changes_while_the_bytes_are_the_same(ward: Ward) -> None:
    client = ward.client()
    assert client.post(f"{BASE}/replay", headers=htmx(client)).status_code == 200
    ward.run()
    with ward.books.store.reading() as tx:
        asked = operations.latest(tx, "replay", "ut11")
    assert asked is not None
    told = client.get(f"/desk/quarantine/asked/{asked.id}", headers=htmx(client)).text
    assert "Nothing changed" in told
    assert asked.result == {"before": 2, "after": 2}


def test_a_record_is_settled_by_a_word_that_is_kept(ward: Ward) -> None:
    client = ward.client()
    assert client.post(f"{BASE}/record/settle?id={BAD}", data={"reason": ""}).status_code == 422
    assert client.post(f"{BASE}/record/settle?id={BAD}", data={"reason": "a test user"}).status_code == 303
    assert ward.held() == 1
    assert ward.audited()[0] == ("settleRecord", "user:ops", f"manager {BAD}")
    assert client.get(f"{BASE}/record?id={BAD}").status_code == 404


@pytest.mark.parametrize("what", ["replay", f"record/correct?id={BAD}", f"record/settle?id={BAD}"])
def test_an_accountant_only_reads(ward: Ward, what: str) -> None:
    client = ward.client("accountant")
    assert client.post(f"{BASE}/{what}", data={"reason": "x", "text": "{}"}).status_code == 403
    assert ward.held() == 2


def test_what_is_not_held_or_not_known_is_a_calm_page(ward: Ward) -> None:
    client = ward.client()
    for address in (
        f"{BASE}/record?id={guid(9)}",
        f"/desk/quarantine/ut11/nothing/record?id={BAD}",
        f"/desk/quarantine/nowhere/manager/record?id={BAD}",
        "/desk/quarantine/asked/0123",
        f"{BASE}/record?id={quote('<script>')}",
    ):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "<h1" in answer.text


def test_a_record_of_an_atom_answer_is_corrected_in_its_own_form(ward: Ward) -> None:
    feed = f"""<feed xmlns="http://www.w3.org/2005/Atom"><entry>
        <category term="StandardODATA.Catalog_Пользователи"/>
        <content type="application/xml">{entry(WORSE)}</content></entry></feed>"""
    ward.land(feed, ATOM)
    assert ward.held() == 1
    client = ward.client()
    shown = client.get(f"{BASE}/record?id={WORSE}").text
    assert "<mark>" in shown
    text = entry(WORSE).replace("может быть", "true")
    assert (
        client.post(f"{BASE}/record/correct?id={WORSE}", data={"text": text, "reason": "x"}).status_code
        == 303
    )
    ward.run()
    assert (ward.held(), ward.stored(WORSE).active) == (0, False)


@pytest.mark.parametrize(
    "text",
    [
        entry(WORSE),
        "<x/>",
        "<m:properties",
        f'<!DOCTYPE a [<!ENTITY b "c">]>{entry(BAD)}',
    ],
)
def test_no_other_record_and_no_doctype_gets_into_an_atom_correction(ward: Ward, text: str) -> None:
    wanted = ward.source.entity("manager").source_set
    with pytest.raises(InvalidValueError):
        corrections.answer_with(text, wanted, ONEC, ATOM, BAD)


def test_a_correction_has_the_envelope_of_its_dialect(ward: Ward) -> None:
    wanted, text = ward.source.entity("manager").source_set, json.dumps(row(BAD))
    for dialect, path in ((ONEC, ("value",)), (V2, ("d", "results"))):
        found = json.loads(corrections.answer_with(text, wanted, dialect, JSON, BAD))
        for name in path:
            found = found[name]
        assert found == [row(BAD)]

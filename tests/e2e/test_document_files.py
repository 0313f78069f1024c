"""Files of documents: as a base with the extension prints them, and as the hub does where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from api.app import create_app
from assets import document_files, ordinary
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from printing import document
from schemas.languages import Language
from schemas.print_forms import FORMS, OWN_FORMS, PrintForm
from simulator.faults import Fault, ready
from simulator.server import Server
from store import document_papers, file_requests, files, operations, pauses
from store.file_requests import Wanted
from store.files import FileRow
from store.operations import Operation
from store.standing_documents import DOCUMENT
from store.tables import LANDING_PAGE
from tests.e2e.test_worker import Hire, hire, looks_until_ended
from tests.e2e.world import SOURCE, World, make_world

__all__ = ["hire"]

NEEDED = (
    *("currency", "organization", "counterparty", "unit", "item", "contract", "order", "invoice"),
    *("shipping_note", "return_note", "bank_receipt", "cash_receipt"),
)


@dataclass
class Desk:
    """A hub that has pulled the papers of a base with the extension."""

    world: World

    def documents(self, *kinds: str) -> list[Any]:
        column = DOCUMENT.c
        wanted = select(column.id, column.kind, column.counterparty_id).where(
            column.kind.in_(kinds), column.posted
        )
        with self.world.store.reading() as tx:
            return list(tx.connection.execute(wanted.order_by(column.id)))

    def ask(self, of: Any, form: PrintForm, language: Language = "ru") -> Operation:
        wanted = Wanted(
            source=SOURCE, counterparty_id=of.counterparty_id, document_id=of.id, form=form, language=language
        )
        with self.world.store.transaction() as tx:
            asked = file_requests.ask(tx, wanted, by="key:1", most=99)
        assert asked is not None
        return asked

    def made(self, of: Any, form: PrintForm, language: Language = "ru") -> FileRow:
        ended = self.ended(self.ask(of, form, language))
        assert ended.state == "succeeded", ended
        with self.world.store.reading() as tx:
            row = files.get(tx, ended.result["file_id"])
        assert row is not None
        return row

    def ended(self, asked: Operation) -> Operation:
        document_files.work(self.world.store, self.source, Run("run-1", "test"))
        with self.world.store.reading() as tx:
            found = operations.get(tx, asked.id)
        assert found is not None
        return found

    @property
    def source(self) -> Source:
        return self.world.source

    def body(self, row: FileRow) -> bytes:
        return files.read(self.world.store, row)


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[Desk]:
    address = server.url.replace("/odata/standard.odata", "/ws/saldo.1cws")
    world = make_world(tmp_path, monkeypatch, database_url, server, f'soap_url = "{address}"')
    wanted = [entity for entity in world.source.entities if entity.name in NEEDED]
    with ODataClient(world.source.settings) as client:
        ordinary.pull(world.store, client, world.source, Run("run-1", "test"), wanted)
    yield Desk(world)
    server.faults.clear()
    world.store.close()
    world.instance.dispose()


def test_the_base_prints_what_it_can_and_the_hub_what_the_base_does_not(desk: Desk, server: Server) -> None:
    note, other, *_ = desk.documents("shipping_note")
    first = desk.ask(note, "shipping_note")
    assert desk.world.pull("statements").success  # the job that the warm worker runs
    of_base = desk.made(note, "shipping_note")
    assert first.id != desk.ask(note, "shipping_note").id
    assert (of_base.origin, of_base.version, of_base.media_type) == (
        "accounting_system",
        1,
        "application/pdf",
    )
    assert of_base.name.startswith("РасходнаяНакладная ")
    assert note.id.encode() in desk.body(of_base)
    assert b"Language ru" in desk.body(of_base)
    assert b"Language uk" in desk.body(desk.made(note, "shipping_note", "uk"))
    assert desk.made(note, "torg12").name.startswith("ТОРГ12 ")
    (receipt, *_) = desk.documents("bank_receipt")
    assert desk.made(receipt, "payment_receipt").origin == "hub"  # the base has no form for it

    server.faults.add(replace(ready("drop"), match="/ws/", times=0))
    assert desk.made(note, "shipping_note") == of_base  # what it printed before is still true
    assert desk.made(other, "shipping_note").origin == "hub"
    asked = len(server.requests)
    away = [desk.ask(one, "torg12", "en") for one in (note, other)]
    assert {desk.ended(one).error for one in away} == {"source_unavailable"}
    assert sum(method == "POST" for method, _, _ in server.requests[asked:]) <= 1  # one silence is enough
    server.faults.clear()

    again = desk.made(other, "shipping_note")
    assert (again.origin, again.version) == ("accounting_system", 2)


def test_what_the_base_refuses_is_printed_by_the_hub_and_kept_for_a_person(
    desk: Desk, server: Server
) -> None:
    note, *_ = desk.documents("shipping_note")
    refusal = Fault("soap_fault", message="[SALDO:no_such_form] Секрет", match="/ws/", method="POST", times=0)
    server.faults.add(refusal)
    assert desk.made(note, "shipping_note").origin == "hub"
    failed = desk.ended(desk.ask(note, "torg12"))
    assert (failed.state, failed.error) == ("failed", "source_refused")
    assert "Секрет" not in str(failed.hint)
    with desk.world.store.reading() as tx:
        kept = select(LANDING_PAGE.c.error).where(LANDING_PAGE.c.entity == "document_file")
        assert len(tx.connection.execute(kept).all()) == 2
    with desk.world.store.transaction() as tx:
        pauses.pause(tx, SOURCE, by="ops", reason="month's end")
    asked = len(server.requests)
    assert desk.ended(desk.ask(note, "torg12")).error == "source_paused"
    assert len(server.requests) == asked


def test_every_document_of_a_company_comes_to_its_amount_on_paper(desk: Desk) -> None:
    printed: dict[str, int] = {}
    for one in desk.documents(*FORMS):
        form = next((form for form in FORMS[one.kind] if form in OWN_FORMS), None)
        if form is None:
            continue
        with desk.world.store.reading() as tx:
            paper = document_papers.paper(tx, SOURCE, one.id, form)
        sheet = document.draw(paper, "uk")
        assert sheet.words
        assert len(sheet.lines) == len(paper.lines)
        printed[one.kind] = printed.get(one.kind, 0) + 1
    assert printed.keys() >= {"invoice", "shipping_note", "return_note", "bank_receipt"}


def test_the_storefront_asks_and_the_warm_worker_brings_it(desk: Desk, hire: Hire) -> None:
    note, *_ = desk.documents("shipping_note")
    world, address = desk.world, f"/v1/documents/{SOURCE}:{note.id}/files"
    worker = hire(world, world.instance)
    with TestClient(create_app(world.settings, world.store)) as client:
        client.headers["Authorization"] = f"Bearer {world.api_key()}"
        asked = client.post(address, json={"form": "torg12"}, headers={"Idempotency-Key": "1"})
        assert (asked.status_code, asked.json()["state"]) == (202, "pending")
        with world.store.reading() as tx:
            waiting = operations.get(tx, asked.json()["id"])
        assert waiting is not None
        assert looks_until_ended(worker, world, waiting).state == "succeeded"
        assert client.get(asked.headers["Location"]).json()["state"] == "succeeded"
        (file,) = client.get(address).json()["items"]
        assert (file["state"], file["origin"]) == ("ready", "accounting_system")
        assert client.get(file["url"]).content.startswith(b"%PDF-")

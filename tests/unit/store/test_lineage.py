from __future__ import annotations

import pytest

from schemas.errors import LineageError
from store import landing, lineage, runs
from tests.unit.store.desk import DOCUMENT, ENTRY, KEY, LINE, SOURCE, Desk, document, line, month, row


def test_a_document_is_traced_to_the_bytes_it_came_from(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        runs.start(tx, run_id="run-1", source=SOURCE, entity="shipping_note", job="sync_documents")
    unit = desk.land(month(3), b"first page", b"second page")
    pages = [
        {DOCUMENT: [document("a")]},
        {DOCUMENT: [document("b"), document("c", number="7")], LINE: [line("c", 1)]},
    ]
    desk.merge(unit, *pages, digest="declaration")
    with desk.store.reading() as tx:
        found = lineage.trace(tx, "document", SOURCE, "c")
    assert found.record["number"] == "7"
    assert (found.entity, found.place, found.mapping_digest, found.gone_at) == (
        "shipping_note",
        1,
        "declaration",
        None,
    )
    assert found.nested == {"document_line": 1}
    assert found.run is not None
    assert found.run.job == "sync_documents"
    assert (found.origin.unit_id, found.origin.scope) == (unit.id, month(3))
    assert landing.read(desk.store, found.origin.page) == b"second page"


def test_a_record_nobody_knows_is_an_error_with_a_hint(desk: Desk) -> None:
    with desk.store.reading() as tx, pytest.raises(LineageError, match="no document with this id"):
        lineage.trace(tx, "document", SOURCE, "nothing")


def test_a_record_is_found_in_the_sources_that_have_it(desk: Desk) -> None:
    desk.documents(month(3), document("a"))
    with desk.store.reading() as tx:
        assert lineage.sources(tx, "document", "a") == [SOURCE]
        assert lineage.sources(tx, "document", "b") == []


def test_a_balance_is_traced_to_its_movements(desk: Desk) -> None:
    desk.whole(KEY, *(row(KEY, id=f"k{n}", counterparty_id="party", contract_id=f"c{n}") for n in (1, 2)))
    fields = {"active": True, "currency": "RUB", "recorder_kind": "shipping_note"}
    desk.whole(
        ENTRY,
        row(ENTRY, recorder_id="late", at="2026-03-09T00:00:00", settlement_key_id="k1", amount=-5, **fields),
        row(ENTRY, recorder_id="early", at="2026-03-01T00:00:00", settlement_key_id="k1", amount=9, **fields),
        row(ENTRY, recorder_id="other", settlement_key_id="k2", amount=1, **fields),
        row(ENTRY, recorder_id="off", settlement_key_id="k1", amount=1, **{**fields, "active": False}),
    )
    with desk.store.reading() as tx:
        of_contract = lineage.movements(tx, SOURCE, "party", "c1")
        everything = lineage.movements(tx, SOURCE, "party")
        page = lineage.origin(tx, of_contract[0].landing_id).page
    assert [(found.recorder_id, found.amount) for found in of_contract] == [("early", 9), ("late", -5)]
    assert {found.recorder_id for found in everything} == {"early", "late", "other"}
    assert landing.read(desk.store, page)

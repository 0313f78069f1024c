from __future__ import annotations

from decimal import Decimal

import pytest

from schemas import TABLES
from schemas.errors import StoreError
from schemas.money import from_units, to_units
from schemas.source import Scope
from store import absence, landing, merge_sql, records
from store.batch import Rejection
from store.records import MergeCounts
from tests.unit.store.desk import DOCUMENT, ENTRY, LINE, SOURCE, Desk, batch_of, document, line, month, row

MARCH, APRIL = month(3), month(4)


def refused(key: str, landing_id: int, field: str = "amount") -> Rejection:
    return Rejection(key, field, ("СуммаДокумента",), "has three decimal places", "Correct it", landing_id, 7)


def test_money_comes_back_to_the_kopeck(desk: Desk) -> None:
    amount = Decimal("9999999999999999.99")
    desk.documents(MARCH, document("a", amount=to_units(amount, 2)), document("b", amount=-1))
    with desk.store.reading() as tx:
        found = records.get(tx, DOCUMENT, SOURCE, ("a",))
        assert from_units(found.amount, 2) == amount
        assert records.get(tx, DOCUMENT, SOURCE, ("b",)).amount == -1
        assert records.get(tx, DOCUMENT, SOURCE, ("none",)) is None


def test_a_record_comes_back_as_it_was_given(desk: Desk) -> None:
    given = document(
        "a", external_on="2026-02-28", due_on=None, purpose="Оплата «ёж»\t\\N\n", vat_amount=None
    )
    desk.documents(MARCH, given)
    extension = '{"Площадь":120.50,"Ранг":"A","Скидка":null}'
    desk.whole(TABLES["counterparty"], row(TABLES["counterparty"], id="c", name="ООО", extension=extension))
    with desk.store.reading() as tx:
        assert records.get(tx, DOCUMENT, SOURCE, ("a",)) == given
        assert records.get(tx, TABLES["counterparty"], SOURCE, ("c",)).extension == extension


def test_only_what_differs_is_written(desk: Desk) -> None:
    desk.documents(MARCH, document("a"), document("b"), lines=[line("a", 1), line("b", 1)])
    changed = [document("a"), document("b", amount=101)]
    counts = desk.documents(MARCH, *changed, lines=[line("a", 1), line("b", 1)], run_id="run-2")
    assert counts == MergeCounts(read=2, inserted=0, changed=1, unchanged=1, gone=0, rejected=0)
    lineage = desk.stored(DOCUMENT, "id", "landing_id", "place", "run_id")
    assert lineage == [("a", 1, 0, "run-1"), ("b", 2, 1, "run-2")]
    assert desk.stored(LINE, "document_id", "landing_id") == [("a", 1), ("b", 1)]


def test_another_declaration_takes_the_rows_it_reads_and_changes_none(desk: Desk) -> None:
    """What it says of an older page is not known: only the page it read is its own."""
    desk.documents(MARCH, document("a"), digest="old")
    before = desk.stored(DOCUMENT, "changed_at")
    counts = desk.documents(MARCH, document("a"), digest="new", run_id="run-2")
    assert (counts.changed, counts.unchanged) == (0, 1)
    lineage = desk.stored(DOCUMENT, "landing_id", "mapping_digest", "run_id")
    assert lineage == [(2, "new", "run-2")]
    assert desk.stored(DOCUMENT, "changed_at") == before


def test_a_replayed_page_changes_nothing(desk: Desk) -> None:
    unit = desk.land(MARCH, b"1")
    rows = {DOCUMENT: [document("a"), document("b")], LINE: [line("a", 1), line("a", 2)]}
    first = desk.merge(unit, rows)
    before = desk.stored(DOCUMENT), desk.stored(LINE)
    again = desk.merge(unit, rows, run_id="run-2")
    assert (first.inserted, again.inserted, again.changed, again.unchanged) == (2, 0, 0, 2)
    assert (desk.stored(DOCUMENT), desk.stored(LINE)) == before


def test_a_replay_with_a_corrected_mapping_takes_effect(desk: Desk) -> None:
    unit = desk.land(MARCH, b"1")
    desk.merge(unit, {DOCUMENT: [document("a", amount=1)], LINE: [line("a", 1, 1)]})
    desk.merge(unit, {DOCUMENT: [document("a", amount=2)], LINE: [line("a", 1, 2)]}, digest="corrected")
    assert desk.stored(DOCUMENT, "amount", "mapping_digest") == [(2, "corrected")]
    assert desk.stored(LINE, "amount") == [(2,)]


def test_what_a_complete_unit_no_longer_has_is_gone_and_may_come_back(desk: Desk) -> None:
    desk.documents(MARCH, document("a"), document("b"))
    assert desk.documents(MARCH, document("a")).gone == 1
    assert desk.live() == [("a",)]
    assert desk.documents(MARCH, document("a")).gone == 0
    back = desk.documents(MARCH, document("a"), document("b"))
    assert (back.inserted, back.changed, back.unchanged) == (0, 1, 1)
    assert desk.live() == [("a",), ("b",)]


def test_nothing_outside_the_scope_is_gone(desk: Desk) -> None:
    desk.documents(MARCH, document("first", "2026-03-01T00:00:00"), document("last", "2026-03-31T23:59:59"))
    desk.documents(APRIL, document("next", "2026-04-01T00:00:00"))
    assert desk.documents(APRIL).gone == 1
    assert desk.live() == [("first",), ("last",)]
    other = desk.land(MARCH, b"x", entity="invoice")
    assert desk.merge(other, {DOCUMENT: []}, entity="invoice").gone == 0
    assert desk.documents(Scope(None, MARCH.end)).gone == 2


def test_a_document_that_moved_is_found_by_the_window_it_moved_into(desk: Desk) -> None:
    desk.documents(MARCH, document("a", "2026-03-10T00:00:00"))
    desk.documents(MARCH)
    desk.documents(APRIL, document("a", "2026-04-02T00:00:00"))
    assert desk.live("id", "dated_at") == [("a", "2026-04-02T00:00:00")]
    desk.documents(MARCH)
    assert desk.live() == [("a",)]


def test_an_older_unit_mapped_late_does_not_overwrite_a_newer_one(desk: Desk) -> None:
    older, newer = desk.land(MARCH, b"1"), desk.land(MARCH, b"2")
    desk.merge(newer, {DOCUMENT: [document("a", amount=2), document("c")], LINE: [line("a", 1, 2)]})
    late = {DOCUMENT: [document("a", amount=1), document("b")], LINE: [line("a", 1, 1), line("b", 1)]}
    counts = desk.merge(older, late)
    assert (counts.changed, counts.gone) == (0, 0)
    assert desk.live("id", "amount") == [("a", 2), ("c", 100)]
    assert desk.stored(DOCUMENT, "id", "landing_id") == [("a", 2), ("b", 1), ("c", 2)]  # b was, and is gone
    assert desk.stored(LINE, "document_id", "amount") == [("a", 2), ("b", 50)]


def test_a_replay_of_all_units_brings_back_nothing_that_is_gone(desk: Desk) -> None:
    first, second = desk.land(MARCH, b"1"), desk.land(MARCH, b"2")
    rows = [{DOCUMENT: [document("a"), document("b")]}, {DOCUMENT: [document("b"), document("c")]}]
    for unit, mapped in zip((first, second), rows, strict=True):
        desk.merge(unit, mapped)
    before = desk.stored(DOCUMENT)
    for unit, mapped in zip((first, second), rows, strict=True):
        desk.merge(unit, mapped, run_id="replay")
    assert desk.stored(DOCUMENT) == before


def test_an_older_reading_of_a_whole_set_says_nothing_after_a_newer_one(desk: Desk) -> None:
    item = TABLES["item"]
    older, newer = desk.land(Scope(), b"1", entity="item"), desk.land(Scope(), b"2", entity="item")
    desk.merge(newer, {item: [row(item, id="i", name="new")]}, main=item, nested=(), entity="item")
    counts = desk.merge(older, {item: [row(item, id="j")]}, main=item, nested=(), entity="item")
    assert (counts.inserted, counts.gone) == (0, 0)
    assert desk.stored(item, "id", "name") == [("i", "new")]


def test_a_rejected_record_keeps_its_old_row(desk: Desk) -> None:
    desk.documents(MARCH, document("a"), document("b"))
    unit = desk.land(MARCH, b"2")
    counts = desk.merge(unit, {DOCUMENT: [document("a")]}, rejected=[refused("b", unit.pages[0].id)])
    assert (counts.read, counts.gone, counts.rejected) == (2, 0, 1)
    assert desk.live() == [("a",), ("b",)]


@pytest.mark.parametrize(("record_id", "left"), [("r", [1, 2, 3]), ("r/2", [1, 2])])
def test_a_rejected_line_of_a_record_set_keeps_its_row(desk: Desk, record_id: str, left: list[int]) -> None:
    entries = [row(ENTRY, recorder_id="r", line_no=number) for number in (1, 2, 3)]
    land = {"entity": "settlement_entry"}
    options = {"main": ENTRY, "nested": (), "entity": "settlement_entry"}
    desk.merge(desk.land(MARCH, b"1", **land), {ENTRY: entries}, **options)
    unit = desk.land(MARCH, b"2", **land)
    desk.merge(unit, {ENTRY: entries[:1]}, rejected=[refused(record_id, unit.pages[0].id)], **options)
    alive = [number for number, gone in desk.stored(ENTRY, "line_no", "gone_at") if gone is None]
    assert alive == left


def test_lines_are_replaced_with_their_document(desk: Desk) -> None:
    desk.documents(MARCH, document("a"), document("b"), lines=[line("a", 1), line("a", 2), line("b", 1)])
    desk.documents(MARCH, document("a"), document("b"), lines=[line("a", 1, 51), line("b", 1), line("b", 2)])
    kept = desk.stored(LINE, "document_id", "line_no", "amount", "landing_id")
    assert kept == [("a", 1, 51, 2), ("b", 1, 50, 1), ("b", 2, 50, 2)]
    desk.documents(MARCH, document("a"), document("b"))
    assert desk.stored(LINE) == []


def test_of_a_record_repeated_in_a_unit_the_last_one_counts_with_its_own_lines(desk: Desk) -> None:
    unit = desk.land(MARCH, b"1", b"2")
    first = {DOCUMENT: [document("a", amount=1)], LINE: [line("a", 1, 1), line("a", 2, 1)]}
    last = {DOCUMENT: [document("b"), document("a", amount=2)], LINE: [line("a", 1, 2)]}
    counts = desk.merge(unit, first, last)
    assert (counts.read, counts.inserted) == (3, 2)
    assert desk.stored(DOCUMENT, "id", "amount", "place") == [("a", 2, 1), ("b", 100, 0)]
    assert desk.stored(LINE, "line_no", "amount", "landing_id") == [(1, 2, unit.pages[1].id)]


def test_two_sources_do_not_see_each_other(desk: Desk) -> None:
    desk.documents(MARCH, document("a"))
    with desk.store.reading() as tx:
        assert records.get(tx, DOCUMENT, "other", ("a",)) is None
        assert (records.count(tx, DOCUMENT, SOURCE), records.count(tx, DOCUMENT, "other")) == (1, 0)


def test_a_merge_that_breaks_leaves_the_unit_landed_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.documents(MARCH, document("a"), lines=[line("a", 1)])
    before = desk.stored(DOCUMENT), desk.stored(LINE)
    unit = desk.land(MARCH, b"2")
    for module, step in ((merge_sql, "upsert"), (merge_sql, "stored_rows"), (absence, "mark_gone")):
        with monkeypatch.context() as broken:
            broken.setattr(module, step, lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                desk.merge(unit, {DOCUMENT: [document("a", amount=5)], LINE: [line("a", 1, 5)]})
        assert (desk.stored(DOCUMENT), desk.stored(LINE)) == before
        assert landing.pending(desk.store, SOURCE, "shipping_note") == [unit]
    desk.merge(unit, {DOCUMENT: [document("a", amount=5)], LINE: [line("a", 1, 5)]})
    assert landing.pending(desk.store, SOURCE, "shipping_note") == []


def test_a_database_error_undoes_the_whole_unit(desk: Desk) -> None:
    unit = desk.land(MARCH, b"1")
    nameless = list(document("b"))
    nameless[2] = None
    with pytest.raises(StoreError, match="refused rows of document") as error:
        desk.merge(unit, {DOCUMENT: [document("a", purpose="Иванов И. И."), tuple(nameless)]})
    assert "Иванов" not in str(error.value)
    assert error.value.__suppress_context__
    assert desk.stored(DOCUMENT) == []


def test_two_units_may_be_merged_in_one_transaction(desk: Desk) -> None:
    units = [desk.land(MARCH, b"1"), desk.land(APRIL, b"2")]
    with desk.store.transaction() as tx:
        for number, unit in enumerate(units):
            at = f"2026-0{number + 3}-05T00:00:00"
            batch = batch_of(unit, [{DOCUMENT: [document(f"d{number}", at)]}], DOCUMENT, (LINE,), ())
            merged = records.merge(
                tx,
                source=SOURCE,
                entity="shipping_note",
                main=DOCUMENT,
                unit=unit,
                batch=batch,
                mapping_digest="",
                run_id="",
                period="dated_at",
            )
            assert (merged.inserted, merged.gone) == (1, 0)
    assert desk.live() == [("d0",), ("d1",)]

from __future__ import annotations

from schemas.source import Scope
from store import landing, records
from tests.unit.store.desk import DOCUMENT, ENTRY, LINE, SOURCE, Desk, document, line, month, row

MARCH, APRIL = month(3), month(4)
OF_REGISTER = {"main": ENTRY, "nested": (), "entity": "settlement_entry"}


def keys(*named: str) -> Scope:
    return Scope(keys=named)


def movement(recorder: str, number: int, amount: int = 1) -> tuple[object, ...]:
    return row(ENTRY, recorder_id=recorder, line_no=number, amount=amount)


def test_a_unit_of_keys_speaks_of_its_keys_only(desk: Desk) -> None:
    desk.documents(MARCH, *(document(key) for key in "abc"))
    counts = desk.documents(keys("a", "b"), document("a", "2026-04-09T00:00:00"))
    assert (counts.changed, counts.gone) == (1, 1)
    assert desk.live("id", "dated_at") == [("a", "2026-04-09T00:00:00"), ("c", "2026-03-05T10:00:00")]


def test_keys_nobody_knew_are_simply_new(desk: Desk) -> None:
    counts = desk.documents(keys("a", "b"), document("a"), lines=[line("a", 1)])
    assert (counts.inserted, counts.gone) == (1, 0)
    assert desk.stored(LINE, "document_id") == [("a",)]


def test_a_recorder_that_is_named_loses_the_movements_it_no_longer_has(desk: Desk) -> None:
    land = {"entity": "settlement_entry"}
    before = [movement("r", 1), movement("r", 2), movement("s", 1)]
    desk.merge(desk.land(MARCH, b"1", **land), {ENTRY: before}, **OF_REGISTER)
    counts = desk.merge(desk.land(keys("r"), b"2", **land), {ENTRY: [movement("r", 1, 5)]}, **OF_REGISTER)
    assert (counts.changed, counts.gone) == (1, 1)
    found = desk.stored(ENTRY, "recorder_id", "line_no", "amount", "gone_reason")
    assert found == [("r", 1, 5, None), ("r", 2, 1, "deleted"), ("s", 1, 1, None)]


def test_keys_of_another_entity_are_not_touched(desk: Desk) -> None:
    desk.documents(MARCH, document("a"))
    unit = desk.land(keys("a"), b"2", entity="invoice")
    assert desk.merge(unit, {DOCUMENT: []}, entity="invoice").gone == 0


def test_an_older_window_says_nothing_of_what_was_named_since(desk: Desk) -> None:
    older, newer = desk.land(MARCH, b"1"), desk.land(keys("a", "b"), b"2")
    desk.merge(newer, {DOCUMENT: [document("a", amount=2)], LINE: [line("a", 1)]})
    late = [document("a", amount=1), document("b"), document("c")]
    desk.merge(older, {DOCUMENT: late, LINE: [line("a", 1, 9), line("a", 2, 9)]})
    assert desk.live("id", "amount") == [("a", 2), ("c", 100)]
    assert desk.stored(LINE, "line_no", "amount") == [(1, 50)]


def test_an_older_reading_by_key_says_nothing_of_a_window_read_since(desk: Desk) -> None:
    older, newer = desk.land(keys("a", "b", "c"), b"1"), desk.land(MARCH, b"2")
    desk.merge(newer, {DOCUMENT: [document("a", amount=2)]})
    late = [document("a", amount=1), document("b"), document("c", "2026-04-01T00:00:00")]
    desk.merge(older, {DOCUMENT: late})
    assert desk.live("id", "amount") == [("a", 2), ("c", 100)]


def test_a_row_seen_again_before_it_went_is_not_brought_back_by_what_lies_between(desk: Desk) -> None:
    there, elsewhere = document("a"), document("a", "2026-04-02T00:00:00")
    first, second, third, last = (
        desk.land(at, bytes([n])) for n, at in enumerate((MARCH, APRIL, MARCH, MARCH))
    )
    desk.merge(first, {DOCUMENT: [there]})
    desk.merge(third, {DOCUMENT: [there]})
    desk.merge(last, {DOCUMENT: []})
    desk.merge(second, {DOCUMENT: [elsewhere]})
    assert desk.live() == []


def test_a_row_that_moved_before_its_old_place_was_read_lives(desk: Desk) -> None:
    first, second, last = (desk.land(at, bytes([n])) for n, at in enumerate((MARCH, APRIL, MARCH)))
    desk.merge(first, {DOCUMENT: [document("a")]})
    desk.merge(last, {DOCUMENT: []})
    desk.merge(second, {DOCUMENT: [document("a", "2026-04-02T00:00:00")]})
    assert desk.live("id", "dated_at") == [("a", "2026-04-02T00:00:00")]


def test_what_is_gone_names_the_landing_that_missed_it_first(desk: Desk) -> None:
    desk.documents(MARCH, document("a"))
    second, third = desk.land(MARCH, b"2", b"3"), desk.land(MARCH, b"4")
    lineage = ("landing_id", "place", "gone_reason", "run_id")
    desk.merge(third, {DOCUMENT: []}, run_id="late")
    assert desk.stored(DOCUMENT, *lineage) == [(third.pages[-1].id, -1, "deleted", "late")]
    desk.merge(second, {DOCUMENT: []}, {DOCUMENT: []}, run_id="early")
    assert desk.stored(DOCUMENT, *lineage) == [(second.pages[-1].id, -1, "deleted", "late")]
    desk.documents(MARCH, document("a"))
    assert desk.stored(DOCUMENT, "place", "gone_at", "gone_reason") == [(0, None, None)]


def test_a_row_that_is_gone_and_whose_older_bytes_are_dropped_stays_gone(desk: Desk) -> None:
    older = desk.land(MARCH, b"1")
    desk.documents(MARCH, document("a"))
    desk.documents(MARCH)
    desk.merge(older, {DOCUMENT: [document("a", amount=5)]})
    assert desk.live() == []


def test_a_new_version_alone_moves_lineage_and_is_no_change(desk: Desk) -> None:
    desk.documents(MARCH, document("a", version="1"), lines=[line("a", 1)])
    ((before,),) = desk.stored(DOCUMENT, "changed_at")
    unit = desk.land(MARCH, b"2")
    same = {DOCUMENT: [document("z", version="1"), document("a", version="2")], LINE: [line("a", 1)]}
    counts = desk.merge(unit, same, run_id="run-2", digest="digest-2")
    assert (counts.inserted, counts.changed, counts.unchanged) == (1, 0, 1)
    page = unit.pages[0].id
    lineage = ("version", "landing_id", "place", "run_id", "mapping_digest", "changed_at")
    assert desk.stored(DOCUMENT, *lineage)[0] == ("2", page, 1, "run-2", "digest-2", before)


def test_a_version_and_a_field_together_are_a_change(desk: Desk) -> None:
    desk.documents(MARCH, document("a", version="1"), document("b", version="1"))
    counts = desk.documents(MARCH, document("a", version="2", amount=5), document("b", version="2"))
    assert (counts.inserted, counts.changed, counts.unchanged) == (0, 1, 1)


def test_a_record_whose_key_cannot_be_read_may_be_any_so_nothing_goes(desk: Desk) -> None:
    desk.documents(MARCH, document("a"), document("b"))
    unit = desk.land(MARCH, b"2")
    unreadable = records.Rejection("", "id", (), "no key", "mend it", unit.pages[0].id, 1)
    assert desk.merge(unit, {DOCUMENT: [document("a")]}, rejected=[unreadable]).gone == 0


def test_an_unreadable_unit_of_keys_is_set_aside_when_its_keys_are_read_again(desk: Desk) -> None:
    unit = desk.land(keys("a", "b"), b"1")
    for later, done in ((MARCH, False), (keys("a"), False), (keys("b", "c"), True)):
        desk.merge(desk.land(later, repr(later).encode()), {DOCUMENT: []})
        with desk.store.transaction() as tx:
            assert records.supersede(tx, SOURCE, "shipping_note", unit) is done
    assert landing.pending(desk.store, SOURCE, "shipping_note") == []
    other = desk.land(keys("d"), b"2")
    desk.documents(Scope())
    with desk.store.transaction() as tx:
        assert records.supersede(tx, SOURCE, "shipping_note", other)

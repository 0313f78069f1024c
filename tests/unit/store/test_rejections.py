from __future__ import annotations

import pytest

from schemas.source import Scope
from schemas.types import WallClock
from store import rejections
from store.batch import Rejection
from store.landing import LandedUnit
from tests.unit.store.desk import DOCUMENT, SOURCE, Desk, document, month

ENTITY = "shipping_note"
MARCH = month(3)


def refused(key: str, unit: LandedUnit, field: str = "amount", reason: str = "three decimals") -> Rejection:
    return Rejection(key, field, ("Сумма", "Валюта_Key"), reason, "Correct the sum", unit.pages[0].id, 4)


def reject(desk: Desk, key: str, scope: Scope = MARCH, field: str = "amount") -> LandedUnit:
    unit = desk.land(scope, f"{key}{field}{scope}".encode())
    desk.merge(unit, {DOCUMENT: []}, rejected=[refused(key, unit, field)])
    return unit


def still_open(desk: Desk) -> list[str]:
    with desk.store.reading() as tx:
        return [found.record_id for found in rejections.open_(tx, SOURCE, ENTITY)]


def test_a_rejected_record_is_listed_with_its_field_and_the_way_out(desk: Desk) -> None:
    unit = reject(desk, "bad")
    with desk.store.reading() as tx:
        (found,) = rejections.open_(tx, SOURCE)
        summary = rejections.summary(tx, SOURCE, ENTITY)
    assert (found.entity, found.record_id, found.field, found.paths) == (
        ENTITY,
        "bad",
        "amount",
        ("Сумма", "Валюта_Key"),
    )
    assert (found.reason, found.hint, found.landing_id, found.place) == (
        "three decimals",
        "Correct the sum",
        unit.pages[0].id,
        4,
    )
    assert (summary.count, summary.fields, summary.sample) == (1, {"amount": 1}, [found])


def test_a_record_rejected_again_keeps_when_it_was_first_seen(desk: Desk) -> None:
    reject(desk, "bad")
    with desk.store.reading() as tx:
        (before,) = rejections.open_(tx, SOURCE)
    again = reject(desk, "bad")
    with desk.store.reading() as tx:
        (after,) = rejections.open_(tx, SOURCE)
    assert (after.first_seen_at, after.landing_id) == (before.first_seen_at, again.pages[0].id)
    assert after.last_seen_at > before.last_seen_at


def test_a_record_that_is_mapped_later_is_resolved(desk: Desk) -> None:
    reject(desk, "bad")
    desk.documents(MARCH, document("other"), rejected=())
    reject(desk, "bad")
    desk.documents(month(4), document("bad", "2026-04-02T00:00:00"))
    assert still_open(desk) == []


def test_a_record_that_a_complete_scope_no_longer_has_is_resolved(desk: Desk) -> None:
    reject(desk, "bad")
    desk.documents(MARCH, document("other"))
    assert still_open(desk) == []


@pytest.mark.parametrize(
    ("second_end", "left"), [("2026-04-02T00:00:00", []), ("2026-03-30T00:00:00", ["bad"])]
)
def test_windows_of_another_size_resolve_it_only_together(
    desk: Desk, second_end: str, left: list[str]
) -> None:
    middle = WallClock("2026-03-15T00:00:00")
    reject(desk, "bad")
    desk.documents(Scope(None, middle))
    assert still_open(desk) == ["bad"]
    desk.documents(Scope(middle, WallClock(second_end)))
    assert still_open(desk) == left


def test_a_record_that_another_field_spoils_is_open_for_that_field_only(desk: Desk) -> None:
    reject(desk, "bad", field="amount")
    reject(desk, "bad", field="currency")
    with desk.store.reading() as tx:
        assert [found.field for found in rejections.open_(tx, SOURCE, ENTITY)] == ["currency"]
        assert rejections.count(tx, SOURCE) == 1


def test_a_record_without_a_readable_key_is_named_by_its_place(desk: Desk) -> None:
    unit = reject(desk, "")
    assert still_open(desk) == [f"page {unit.pages[0].id} place 4"]
    desk.documents(MARCH)
    assert still_open(desk) == []


def test_an_outdated_unit_rejects_nothing(desk: Desk) -> None:
    older, newer = desk.land(MARCH, b"1"), desk.land(MARCH, b"2")
    desk.merge(newer, {DOCUMENT: [document("bad")]})
    desk.merge(older, {DOCUMENT: []}, rejected=[refused("bad", older)])
    assert still_open(desk) == []


def test_a_replay_with_a_corrected_mapping_resolves(desk: Desk) -> None:
    unit = reject(desk, "bad")
    desk.merge(unit, {DOCUMENT: [document("bad")]}, digest="corrected")
    assert still_open(desk) == []
    assert desk.live() == [("bad",)]


def test_what_a_later_unit_refused_is_not_settled_by_an_earlier_one(desk: Desk) -> None:
    older, newer = desk.land(MARCH, b"1"), desk.land(MARCH, b"2")
    desk.merge(newer, {DOCUMENT: []}, rejected=[refused("bad", newer)])
    desk.merge(older, {DOCUMENT: [document("bad")]})
    assert still_open(desk) == ["bad"]


def test_another_entity_is_left_alone(desk: Desk) -> None:
    reject(desk, "bad")
    unit = desk.land(MARCH, b"x", entity="invoice")
    desk.merge(unit, {DOCUMENT: [document("bad2")]}, entity="invoice")
    assert still_open(desk) == ["bad"]


def keyed(*keys: str) -> Scope:
    return Scope(keys=keys)


def test_a_later_reading_by_key_settles_what_it_names(desk: Desk) -> None:
    reject(desk, "bad")
    reject(desk, "worse", month(4))
    desk.merge(desk.land(keyed("bad"), b"1"), {DOCUMENT: []})
    assert still_open(desk) == ["worse"]
    desk.merge(desk.land(keyed("worse"), b"2"), {DOCUMENT: [document("worse")]})
    assert still_open(desk) == []


def test_what_was_refused_by_key_waits_for_its_key_or_the_whole_set(desk: Desk) -> None:
    reject(desk, "bad", keyed("bad", "other"))
    desk.documents(MARCH, document("third"))
    desk.merge(desk.land(keyed("other"), b"1"), {DOCUMENT: []})
    assert still_open(desk) == ["bad"]
    desk.documents(Scope())
    assert still_open(desk) == []


def test_an_outdated_reading_by_key_refuses_only_what_nobody_named_since(desk: Desk) -> None:
    older = desk.land(keyed("bad", "worse"), b"1")
    desk.merge(desk.land(keyed("bad"), b"2"), {DOCUMENT: [document("bad")]})
    desk.merge(older, {DOCUMENT: []}, rejected=[refused("bad", older), refused("worse", older)])
    assert still_open(desk) == ["worse"]


def test_what_a_person_settled_stays_settled_for_the_same_reason(desk: Desk) -> None:
    reject(desk, "bad")
    with desk.store.transaction() as tx:
        said = {"by": "Ito", "resolution": "an old draft"}
        assert rejections.resolve(tx, SOURCE, ENTITY, "bad", **said) == 1
        assert rejections.resolve(tx, SOURCE, ENTITY, "bad", **said) == 0
    reject(desk, "bad")
    assert still_open(desk) == []
    unit = desk.land(MARCH, b"worse now")
    desk.merge(unit, {DOCUMENT: []}, rejected=[refused("bad", unit, reason="no currency")])
    assert still_open(desk) == ["bad"]


@pytest.mark.parametrize("settles", [Scope(MARCH.start, WallClock("2026-03-20T00:00:00")), month(4)])
def test_a_refusal_that_a_later_unit_settled_stays_settled_in_a_replay(desk: Desk, settles: Scope) -> None:
    older = reject(desk, "mended")
    desk.documents(settles, document("mended", str(settles.start)))
    assert still_open(desk) == []
    desk.merge(older, {DOCUMENT: []}, rejected=[refused("mended", older)])
    assert still_open(desk) == []

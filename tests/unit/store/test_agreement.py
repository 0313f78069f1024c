"""Comparisons with the books as they are kept and asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from schemas import TABLES
from schemas.ledger import Cell, Line, Stretch
from schemas.source import Scope
from schemas.types import WallClock
from store import agreement, ledger
from store.agreement import Agreement, Difference, Document
from store.engine import Store
from store.ledger import Movements
from tests.unit.store.desk import DUE, ENTRY, KEY, SOURCE, Desk, row

MARCH, APRIL = WallClock("2026-03-31T12:00:00"), WallClock("2026-04-01T12:00:00")
DOCUMENT = Document("d-1", "payment", WallClock("2026-03-05T10:00:00"), 500, 300, "differs")
DIFFERENCE = Difference("settlement_entry", "amount", "key-1", "RUB", 500, 300, (DOCUMENT,))
BEGAN = datetime(2026, 4, 1, 9, tzinfo=UTC)
FOUND = Agreement(SOURCE, "night", "run-1", BEGAN, None, MARCH, 10, 1, 7, "differs", None, (DIFFERENCE,))
AGREED = replace(FOUND, state="agreed", differing=0, differences=())


def save(store: Store, *found: Agreement) -> Agreement:
    with store.transaction() as tx:
        return [agreement.save(tx, one) for one in found][-1]


def state(store: Store, counterparty: str = "party-1") -> agreement.AgreementState:
    with store.reading() as tx:
        return agreement.state_of(tx, SOURCE, counterparty)


def know_the_key(desk: Desk) -> None:
    names = {"organization_id": "own-1", "counterparty_id": "party-1", "contract_id": "contract-1"}
    desk.whole(KEY, row(KEY, id="key-1", **names))


def test_a_comparison_is_read_as_it_was_written_with_the_owner_of_the_key(desk: Desk) -> None:
    know_the_key(desk)
    saved = save(desk.store, AGREED, FOUND)
    with desk.store.reading() as tx:
        assert agreement.latest(tx, SOURCE) == saved
        assert agreement.latest(tx, "kyiv") is None
        assert [one.state for one in agreement.history(tx, SOURCE, 10)] == ["differs", "agreed"]
        assert [one.recorder_id for one in agreement.open_documents(tx, SOURCE)] == ["d-1"]
    (difference,) = saved.differences
    owner = (difference.organization_id, difference.counterparty_id, difference.contract_id)
    assert owner == ("own-1", "party-1", "contract-1")
    assert difference.documents == (DOCUMENT,)


def test_only_an_agreement_moves_what_is_verified(store: Store) -> None:
    with store.reading() as tx:
        assert agreement.verified_through(tx, SOURCE) is None
    save(store, AGREED, replace(FOUND, moment=APRIL))
    with store.reading() as tx:
        assert agreement.verified_through(tx, SOURCE) == MARCH
    save(store, replace(AGREED, moment=APRIL), replace(AGREED, state="failed", error="away"))
    with store.reading() as tx:
        assert agreement.verified_through(tx, SOURCE) == APRIL


def test_a_counterparty_stands_as_its_own_figures_do(desk: Desk) -> None:
    know_the_key(desk)
    assert state(desk.store).state == "unknown"
    save(desk.store, AGREED, replace(FOUND, moment=APRIL))
    mine, other = state(desk.store), state(desk.store, "party-2")
    assert (mine.state, mine.verified_through, len(mine.differences)) == ("differs", MARCH, 1)
    assert (other.state, other.verified_through) == ("agreed", APRIL)


def test_what_was_still_changing_is_neither_equal_nor_wrong(desk: Desk) -> None:
    know_the_key(desk)
    in_motion = replace(DIFFERENCE, documents=(replace(DOCUMENT, verdict="unsettled"),))
    save(desk.store, AGREED, replace(FOUND, moment=APRIL, state="unsettled", differences=(in_motion,)))
    assert state(desk.store).state == "unknown"
    assert state(desk.store).verified_through == MARCH
    with desk.store.reading() as tx:
        assert agreement.open_documents(tx, SOURCE) == []


def test_a_comparison_that_failed_leaves_what_the_one_before_told(desk: Desk) -> None:
    know_the_key(desk)
    save(desk.store, FOUND, replace(AGREED, state="failed", moment=None, error="the base is away"))
    assert state(desk.store).state == "differs"
    with desk.store.reading() as tx:
        assert len(agreement.open_documents(tx, SOURCE)) == 1


def test_a_difference_without_its_documents_keeps_the_range_of_the_search(desk: Desk) -> None:
    know_the_key(desk)
    start, end = WallClock("2026-03-01T00:00:00"), WallClock("2026-03-15T00:00:00")
    narrowed = replace(DIFFERENCE, documents=(), range_start=start, range_end=end)
    save(desk.store, replace(FOUND, state="incomplete", differences=(narrowed,)))
    (found,) = state(desk.store).differences
    assert (found.range_start, found.range_end, found.documents) == (start, end, ())


def entry(recorder: str, line_no: int, at: str, amount: int, **more: object) -> tuple[object, ...]:
    told = {"active": True, "settlement_key_id": "key-1", "recorder_kind": "payment"} | more
    return row(ENTRY, recorder_id=recorder, line_no=line_no, at=at, amount=amount, **told)


MOVEMENTS = Movements(SOURCE, "settlement_entry", ENTRY, ("amount",))


def test_only_what_counts_before_the_moment_is_summed(desk: Desk) -> None:
    unit = desk.land(Scope(), entity="settlement_entry")
    rows = [
        entry("d-1", 1, "2026-03-05T10:00:00", 100),
        entry("d-1", 2, "2026-03-05T10:00:00", 9, active=False),
        entry("d-2", 1, "2026-03-31T12:00:00", 1000),
        entry("d-3", 1, "2026-03-06T10:00:00", -30, currency="USD"),
        entry("d-4", 1, "2026-03-07T10:00:00", 5, settlement_key_id="key-2"),
    ]
    desk.merge(unit, {ENTRY: rows}, main=ENTRY, nested=(), entity="settlement_entry")
    later = Stretch(WallClock("2026-03-06T00:00:00"), MARCH)
    with desk.store.reading() as tx:
        assert ledger.sums(tx, MOVEMENTS, Stretch(None, MARCH)) == {
            Cell("key-1", "RUB"): (100,),
            Cell("key-1", "USD"): (-30,),
            Cell("key-2", "RUB"): (5,),
        }
        assert ledger.sums(tx, MOVEMENTS, later, ["key-1"]) == {Cell("key-1", "USD"): (-30,)}
        assert ledger.counts(tx, MOVEMENTS, Stretch(None, MARCH), ["key-1", "key-9"]) == {"key-1": 2}
        assert ledger.lines(tx, MOVEMENTS, later, ["key-2"]) == [
            Line("key-2", "RUB", "d-4", "payment", 1, WallClock("2026-03-07T10:00:00"), (5,))
        ]
        assert ledger.recorders(tx, MOVEMENTS, ["d-2", "d-9"]) == {"d-2"}
        assert ledger.earliest(tx, MOVEMENTS) == "2026-03-05T10:00:00"


def test_two_amounts_of_a_movement_are_summed_side_by_side(desk: Desk) -> None:
    unit = desk.land(Scope(), entity="due_entry")
    told = {"active": True, "settlement_key_id": "key-1"}
    rows = [
        row(TABLES["due_entry"], recorder_id="d-1", line_no=1, debt=10, advance=0, **told),
        row(TABLES["due_entry"], recorder_id="d-1", line_no=2, debt=-4, advance=7, **told),
    ]
    desk.merge(unit, {DUE: rows}, main=DUE, nested=(), entity="due_entry")
    of = Movements(SOURCE, "due_entry", DUE, ("debt", "advance"))
    with desk.store.reading() as tx:
        assert ledger.sums(tx, of, Stretch(None, MARCH)) == {Cell("key-1", "RUB"): (6, 7)}

"""An order's way into the books, over HTTP, whatever happens on it."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets import push_steps
from schemas.submissions import State
from simulator.faults import WRITES
from store import leases, outbox, outbox_settling, outbox_waits, pauses, submissions
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION_VERSION
from tests.e2e.ordering import CREATES, ORDER, POSTS, SOURCE, Open, Ordering, is_through, ordering

__all__ = ["ordering"]
THROUGH: list[State] = ["created", "posted", "confirmed"]
DEAD = f"{socket.gethostname()}:4194305:gone"


def again(world: Ordering, one: Submission) -> None:
    with world.store.transaction() as tx:
        outbox_settling.again(tx, submissions.by_number(tx, one.number), "user:ito", "put right")
    world.push()


def test_an_order_is_there_once_posted_and_equal(ordering: Open) -> None:
    world = ordering()
    one = world.queued()
    (done,) = world.push()
    (paper,) = world.papers()
    assert (done.state, done.document_number) == ("confirmed", paper["Number"])
    assert world.states(one) == ["sending", *THROUGH]
    assert world.now(one).document_at == paper["Date"]
    assert world.now(one).ref_key == one.id
    assert world.attempts(one) == [
        (action, "done") for action in ("look", "look", "create", "read", "post", "read")
    ]
    with world.store.reading() as tx:
        attempt = outbox.attempts(tx, one)[2]
    assert attempt.sha256 is not None
    assert paper["Number"] in world.store.blobs.proven(attempt.sha256).decode()
    assert world.push() == []


@pytest.mark.parametrize("fault", ["drop_after", "malformed", "bad_gateway_after"])
def test_what_was_created_without_a_good_answer_is_found_and_not_sent_again(
    ordering: Open, fault: str
) -> None:
    world = ordering(chosen_key=fault == "malformed")
    ready = WRITES.get(fault)
    world.fault(ready.kind if ready else fault, CREATES, **_more(ready))
    one = world.queued()
    world.push()
    assert world.states(one) == ["sending", "uncertain", *THROUGH]
    is_through(world, one)


def _more(fault: Any) -> dict[str, Any]:
    told = ("status", "shape", "body", "content_type", "message", "done")
    return {name: getattr(fault, name) for name in told} if fault else {}


def test_with_a_key_of_ours_what_is_not_there_is_sent_again_at_once(ordering: Open) -> None:
    world = ordering()
    world.fault("drop", CREATES)
    one = world.queued()
    world.push()
    assert world.states(one) == ["sending", "uncertain", "queued", "sending", *THROUGH]
    is_through(world, one)


def test_without_one_it_is_absent_only_when_no_request_can_be_under_way(ordering: Open) -> None:
    world = ordering(chosen_key=False, settle_after_s=3600)
    world.server.change(chosen_keys=False)
    world.fault("drop", CREATES)
    one = world.queued()
    world.push()
    world.due()
    world.push()
    assert world.states(one) == ["sending", "uncertain"]
    with world.store.transaction() as tx:
        tx.connection.execute(OUTBOX.update().values(sent_at=tx.now - timedelta(hours=1)))
    world.due()
    world.push()
    assert world.states(one) == ["sending", "uncertain", "queued", "sending", *THROUGH]
    is_through(world, one)


def test_a_refused_order_keeps_the_books_words_and_is_not_tried_again_by_itself(ordering: Open) -> None:
    world = ordering()
    world.fault("refuse", CREATES, message="{Документ.ЗаказКлиента(1)}: период закрыт")
    one, other = world.queued("S-1"), world.queued("S-2")
    world.push()
    now = world.now(one)
    assert (now.state, now.why, now.words) == ("rejected", "creation_refused", "период закрыт")
    assert world.now(other).state == "confirmed"
    world.due()
    assert world.push() == []
    again(world, one)
    assert world.now(one).state == "confirmed"
    assert len(world.papers()) == 2


def test_a_refused_posting_leaves_the_document_and_is_posted_when_it_is_let_to(ordering: Open) -> None:
    world = ordering()
    world.fault("refuse", POSTS, message="Недостаточно товара на складе")
    one = world.queued()
    world.push()
    now = world.now(one)
    assert (now.state, now.why, now.words) == ("rejected", "posting_refused", "Недостаточно товара на складе")
    assert [paper["Posted"] for paper in world.papers()] == [False]
    again(world, one)
    is_through(world, one)


@pytest.mark.parametrize("fault", ["drop", "drop_after"])
def test_an_unclear_posting_is_read_before_it_is_asked_for_again(ordering: Open, fault: str) -> None:
    world = ordering()
    world.fault(fault, POSTS)
    one = world.queued()
    world.push()
    is_through(world, one)
    assert world.attempts(one).count(("post", "unclear")) == 1
    assert world.attempts(one).count(("post", "done")) == (0 if fault == "drop_after" else 1)


def test_a_base_that_is_away_is_tried_by_one_order_only_and_later_and_later(
    ordering: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_waits, "FIRST_S", 60)
    world = ordering()
    one, other = world.queued("S-1"), world.queued("S-2")
    world.server.change(locked=True)
    assert [(x.state, x.why) for x in world.push()] == [("queued", "source_unavailable")]
    assert world.now(other).why == "source_unavailable"
    assert world.push() == []
    world.due()
    world.push()
    with world.store.reading() as tx:
        rows = tx.connection.execute(OUTBOX.select()).all()
        waits = {round((row.next_at - leases.clock(tx)).total_seconds()) for row in rows}
    assert {row.attempts for row in rows} == {2}
    assert all(100 < wait <= 120 for wait in waits)
    world.server.change(locked=False)
    with world.store.transaction() as tx:
        outbox.wake(tx, one)
    world.push()
    assert [world.now(x).state for x in (one, other)] == ["confirmed"] * 2
    assert world.states(one) == ["sending", *THROUGH]


def test_one_whose_document_the_base_cannot_touch_keeps_no_other_waiting(ordering: Open) -> None:
    """A manager has it open, or it breaks the server: nothing tells that from a base that is away."""
    world = ordering()
    world.settings = replace(world.settings, limits=replace(world.settings.limits, sessions=1))
    one, other = world.queued("S-1"), world.queued("S-2")
    world.fault("status", f"{one.id}')/Post", times=0, message="Не удалось заблокировать запись")
    world.push()
    assert [world.now(x).state for x in (one, other)] == ["created", "queued"]
    with world.store.transaction() as tx:
        pause = timedelta(seconds=outbox_waits.FIRST_S - outbox_waits.TURN_S / 2)
        for row in tx.connection.execute(OUTBOX.select()).all():
            mine = OUTBOX.update().where(OUTBOX.c.submission_number == row.submission_number)
            tx.connection.execute(mine.values(next_at=row.next_at - pause))
    world.push()
    assert world.now(other).state == "confirmed"


def test_what_was_surely_not_received_is_queued_as_before(ordering: Open) -> None:
    world = ordering()
    world.fault("status", CREATES, status=406, shape=3)
    one = world.queued()
    world.push()
    assert world.states(one) == ["sending", "queued"]
    with world.store.reading() as tx:
        assert outbox.sent_at(tx, one) is None
    world.due()
    world.push()
    is_through(world, one)


@pytest.mark.parametrize("reached", [False, True])
def test_a_dead_workers_order_is_settled_by_looking(ordering: Open, reached: bool) -> None:
    world = ordering()
    one = world.queued()
    with world.store.transaction() as tx:
        claim = outbox.claim(tx, SOURCE, DEAD, 600)
        assert claim is not None
        submissions.step(tx, claim.submission, "sending", by="test")
        outbox.sending(tx, claim, tx.now)
    if reached:
        body = {"Контрагент_Key": one.lane, "Комментарий": f"[saldo {one.id}]", "Ref_Key": one.id}
        world.base.write(ORDER, [{**body, "НомерПоДаннымКлиента": "S-1", "Date": "2026-01-01T00:00:00"}])
    (done,) = world.push()
    if reached:  # but somebody else has written something into it
        assert (done.state, done.why) == ("rejected", "not_equal")
        assert "Товары" in world.now(one).words
        again(world, one)
    is_through(world, one)


def test_a_worker_that_lost_its_claim_asks_nothing_more(ordering: Open) -> None:
    world = ordering()
    one = world.queued()
    taken: list[object] = []

    def stolen(pushing: Any, submission: Submission) -> Any:
        if not taken:
            with world.store.transaction() as tx:
                tx.connection.execute(OUTBOX.update().values(held_until=tx.now - timedelta(seconds=9)))
                taken.append(outbox.claim(tx, SOURCE, f"{socket.gethostname()}:{os.getpid()}:thief", 600))
        return created(pushing, submission)

    created = push_steps.ACTS["created"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(push_steps, "ACTS", {**push_steps.ACTS, "created": stolen})
        world.push()
    assert world.states(one) == ["sending", "created"]
    assert world.attempts(one)[-1] == ("create", "done")


def test_a_paused_base_and_one_in_its_quiet_hours_are_left_alone(ordering: Open) -> None:
    world = ordering()
    one = world.queued()
    asked = len(world.server.requests)
    with world.store.transaction() as tx:
        pauses.pause(tx, SOURCE, by="test", reason="month's end")
    assert world.push() == []
    assert (world.now(one).state, world.now(one).why) == ("queued", "source_paused")
    with world.store.transaction() as tx:
        pauses.resume(tx, SOURCE)
    world.due()
    clock = datetime.now(UTC).astimezone(world.settings.time_zone)
    span = f"{clock - timedelta(hours=1):%H:%M}-{clock + timedelta(hours=1):%H:%M}"
    object.__setattr__(world.settings, "quiet_hours", (span,))
    assert world.push() == []
    assert world.now(one).why == "quiet_hours"
    assert len(world.server.requests) == asked


def test_what_the_books_keep_otherwise_is_not_posted_and_is_mended_only_when_let_to(ordering: Open) -> None:
    world = ordering()
    world.server.change(drop_fields=frozenset({f"{ORDER}.ЦенаВключаетНДС"}))
    one = world.queued()
    world.push()
    now = world.now(one)
    assert (now.state, now.why) == ("rejected", "not_equal")
    assert "ЦенаВключаетНДС" in now.words
    world.server.change(drop_fields=frozenset())
    again(world, one)
    assert ("change", "done") in world.attempts(one)
    is_through(world, one)


def test_of_several_a_person_says_which_it_is(ordering: Open) -> None:
    world = ordering(chosen_key=False)
    world.server.change(chosen_keys=False)
    one = world.queued()
    world.push()
    (first,) = world.papers()
    world.base.write(ORDER, [{**first, "Ref_Key": "11111111-1111-1111-1111-111111111111"}])
    with world.store.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE submission SET state = 'uncertain', ref_key = NULL")
    world.due()
    world.push()
    assert (world.now(one).state, world.now(one).why) == ("uncertain", "several_found")
    with world.store.transaction() as tx:
        outbox_settling.found(
            tx, submissions.by_number(tx, one.number), first["Ref_Key"], "user:ito", "by number"
        )
    world.push()
    assert (world.now(one).state, world.now(one).ref_key) == ("confirmed", first["Ref_Key"])


def test_a_content_that_was_not_approved_is_never_sent(ordering: Open) -> None:
    world = ordering()
    one = world.queued()
    with world.store.transaction() as tx:
        body = submissions.body(tx, one) | {"comment": "and a yacht"}
        tx.connection.execute(SUBMISSION_VERSION.update().values(body=json.dumps(body)))
    world.push()
    assert (world.now(one).state, world.now(one).why) == ("rejected", "not_equal")
    assert world.attempts(one) == []


def test_a_document_that_people_marked_for_deletion_is_not_posted(ordering: Open) -> None:
    world = ordering()
    world.fault("refuse", POSTS)
    one = world.queued()
    world.push()
    world.base.write(ORDER, [{**world.papers()[0], "DeletionMark": True}])
    again(world, one)
    assert (world.now(one).state, world.now(one).why) == ("rejected", "marked_in_books")


def test_back_offs_grow_to_some_minutes() -> None:
    waits = [outbox_waits.pause(attempts).total_seconds() for attempts in (1, 2, 3, 8, 99)]
    assert waits == [2, 4, 8, 256, 300]

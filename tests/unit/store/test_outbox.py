"""Whose turn it is in the outbox: lanes in order, nobody blocked for long, one worker each, a growing fence."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import update

from schemas.errors import LeaseLostError, StoreError
from schemas.submissions import State
from store import outbox, outbox_settling, outbox_troubles, outbox_waits, submissions
from store.engine import Store
from store.outbox import Claim
from store.submissions import Submission
from store.tables_of_orders import SUBMISSION

ALIVE = f"{socket.gethostname()}:{os.getpid()}:one"
ELSEWHERE = "another-host:1:two"


def queued(store: Store, reference: str, lane: str = "party", source: str = "ut11") -> Submission:
    with store.transaction() as tx:
        made = submissions.add(
            tx, source=source, kind="order", lane=lane, reference=reference, body={"of": reference}, by="test",
            named={"counterparty_id": lane},
        )  # fmt: skip
        made = submissions.step(tx, made, "approved", by="test", approved_digest=made.digest)
        made = submissions.step(tx, made, "queued", by="test")
        outbox.queue(tx, made)
    return made


def stepped(store: Store, one: Submission, *states: State) -> Submission:
    with store.transaction() as tx:
        for state in states:
            one = submissions.step(tx, submissions.by_number(tx, one.number), state, by="test")
    return one


def taken(store: Store, holder: str = ALIVE, ttl_s: float = 60.0) -> Claim:
    with store.transaction() as tx:
        found = outbox.claim(tx, "ut11", holder, ttl_s)
    assert found is not None
    return found


def turns(store: Store) -> list[str]:
    """The references of everything that can be taken now, in that order; nothing is released."""
    found = []
    with store.transaction() as tx:
        while (claim := outbox.claim(tx, "ut11", ALIVE, 60)) is not None:
            found.append(claim.submission.reference)
    return found


def later(store: Store, claim: Claim) -> None:
    with store.transaction() as tx:
        outbox.release(tx, claim, tx.now + timedelta(hours=1))


def test_one_lane_goes_in_order_and_lanes_go_side_by_side(store: Store) -> None:
    for reference, lane in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")):
        queued(store, reference, lane)
    queued(store, "other", "a", source="other")
    with store.reading() as tx:
        assert outbox.waiting(tx) == {"ut11", "other"}
    assert turns(store) == ["a1", "b1"]
    with store.reading() as tx:
        assert outbox.waiting(tx) == {"other"}


def test_what_backs_off_or_waits_for_a_person_blocks_nobody(store: Store) -> None:
    first, second = queued(store, "1"), queued(store, "2")
    queued(store, "3")
    claim = taken(store)
    stepped(store, first, "sending", "uncertain")
    later(store, claim)
    claim = taken(store)
    assert claim.submission.number == second.number
    later(store, claim)
    assert turns(store) == ["3"]


def test_what_is_looked_at_again_comes_first_and_blocks_nobody_of_its_lane(store: Store) -> None:
    stepped(store, queued(store, "1"), "sending", "uncertain")
    queued(store, "2")
    assert turns(store) == ["1", "2"]


def test_every_claim_raises_the_fence_and_ends_the_one_before(store: Store) -> None:
    queued(store, "1")
    old = taken(store, ELSEWHERE, ttl_s=-1)
    with store.transaction() as tx:
        outbox.check(tx, old)  # ran out, and nobody took it: its own writes still count
    with store.reading() as tx, pytest.raises(LeaseLostError):
        outbox.look(tx, old)  # but it asks nothing of the books any more
    new = taken(store)
    assert new.fence == old.fence + 1
    for act in (outbox.check, outbox.renew):
        with store.transaction() as tx, pytest.raises(LeaseLostError):
            act(tx, old)
    with store.transaction() as tx:
        outbox.release(tx, old)
        outbox.check(tx, new)
        outbox.renew(tx, new)
    with store.reading() as tx:
        outbox.look(tx, new)


def test_a_dead_process_of_this_host_loses_its_claim_at_once(store: Store) -> None:
    queued(store, "1")
    claim = taken(store, f"{socket.gethostname()}:4194305:gone")
    with store.reading() as tx:
        assert outbox.waiting(tx) == {"ut11"}
    assert taken(store).fence == claim.fence + 1
    assert turns(store) == []


def test_one_that_is_done_is_taken_again_only_to_be_cancelled(store: Store) -> None:
    one = queued(store, "1")
    with store.transaction() as tx:
        outbox.release(tx, outbox.claim(tx, "ut11", ALIVE, 60) or pytest.fail("nothing to claim"))
    one = stepped(store, one, "sending", "created", "posted", "confirmed")
    assert turns(store) == []
    with store.transaction() as tx:
        asked = {"cancel_asked_at": tx.now, "cancel_asked_by": "test"}
        tx.connection.execute(update(SUBMISSION).where(SUBMISSION.c.number == one.number).values(**asked))
        outbox.wake(tx, one)
    assert turns(store) == ["1"]


def test_what_a_person_decides_takes_it_from_the_worker(store: Store) -> None:
    one = queued(store, "1")
    claim = taken(store)
    one = stepped(store, one, "sending", "uncertain")
    with store.transaction() as tx:
        outbox.sending(tx, claim, tx.now)
        assert outbox.sent_at(tx, one) == tx.now
        decided = outbox_settling.absent(tx, one, "user:ito", "looked in 1C")
        assert outbox.sent_at(tx, decided) is None
    assert (decided.state, decided.why) == ("queued", "proven_absent")
    with store.transaction() as tx, pytest.raises(LeaseLostError):
        outbox.check(tx, claim)
    assert turns(store) == ["1"]
    with store.transaction() as tx, pytest.raises(StoreError, match="not uncertain"):
        outbox_settling.found(tx, decided, "ref", "user:ito", "")


def test_a_document_is_found_for_one_order_only(store: Store) -> None:
    one, other = (stepped(store, queued(store, name), "sending", "uncertain") for name in "12")
    with store.transaction() as tx:
        assert outbox_settling.found(tx, one, "ref", "user:ito", "by number").ref_key == "ref"
    with store.transaction() as tx, pytest.raises(StoreError, match=f"order {one.number} already"):
        outbox_settling.found(tx, other, "ref", "user:ito", "")


def test_only_what_the_books_refused_is_sent_again_and_only_as_it_was_approved(store: Store) -> None:
    one, other = (queued(store, name) for name in "12")
    with store.transaction() as tx:
        for each in (one, other):
            submissions.step(tx, each, "sending", by="test")
        one = submissions.step(
            tx, submissions.by_number(tx, one.number), "rejected", by="test", why="creation_refused"
        )
        assert outbox_settling.again(tx, one, "user:ito", "stock is there").state == "queued"
        other = submissions.step(
            tx, submissions.by_number(tx, other.number), "rejected", by="test", why="posting_refused"
        )
        changed = submissions.change(tx, other, {"of": "else"}, "test", {})
        with pytest.raises(StoreError, match="not approved"):
            outbox_settling.again(tx, changed, "user:ito", "")


def test_a_queue_that_is_refreshed_goes_to_its_end(store: Store) -> None:
    first = queued(store, "1")
    queued(store, "2")
    with store.transaction() as tx:
        outbox.queue(tx, first)
    second = taken(store)
    assert (second.submission.reference, second.fence) == ("2", 1)
    stepped(store, second.submission, "cancelled")
    assert taken(store).fence == 2


def test_a_base_that_does_not_answer_rests_as_a_whole_and_together(store: Store) -> None:
    for reference, lane in (("1", "a"), ("2", "b"), ("3", "c")):
        queued(store, reference, lane)
    first, second = taken(store), taken(store)
    with store.transaction() as tx:
        until = outbox_waits.away(tx, first)
        assert outbox_waits.away(tx, second) == until
    assert turns(store) == []
    with store.reading() as tx:
        assert {one.why for one in submissions.read(tx)} == {"source_unavailable"}
    with store.transaction() as tx:
        outbox_waits.back(tx, "ut11")
        outbox_waits.rest(tx, "ut11", "source_paused", 60)
    assert turns(store) == []
    with store.transaction() as tx:
        outbox.wake(tx, first.submission)
    again = taken(store)
    with store.transaction() as tx:
        outbox_waits.later(tx, again, 3)
    with store.reading() as tx:
        assert outbox.waiting(tx) == set()
        assert outbox_troubles.counts(tx, "ut11", "order") == {"queued": 3}
        assert len(outbox_troubles.troubled(tx, "ut11", "order", tx.now)) == 3
        assert outbox_troubles.troubled(tx, "ut11", "order", tx.now - timedelta(hours=1)) == []


def test_a_person_and_a_worker_wait_for_each_other_in_one_order(store: Store) -> None:
    one = stepped(store, queued(store, "1"), "sending", "uncertain")
    claim = taken(store)

    def settles() -> None:
        with store.transaction() as tx:
            outbox_settling.absent(tx, one, "user:ito", "looked")

    with ThreadPoolExecutor(1) as pool:
        with store.transaction() as tx:
            seen = outbox.check(tx, claim)
            person = pool.submit(settles)
            wait([person], timeout=0.15)
            submissions.step(tx, seen, "created", by="worker")
        with pytest.raises(StoreError):
            person.result(20)
    with store.reading() as tx:
        assert submissions.by_number(tx, one.number).state == "created"


def test_one_that_is_about_to_be_asked_for_may_arrive_beside_its_lane(store: Store) -> None:
    first, second, elsewhere = queued(store, "1", "a"), queued(store, "2", "a"), queued(store, "3", "b")

    def beside(one: Submission) -> bool:
        with store.reading() as tx:
            return outbox.may_arrive_beside(tx, one)

    assert [beside(one) for one in (first, second, elsewhere)] == [False] * 3
    stepped(store, first, "sending")  # before the request itself is noted
    assert [beside(one) for one in (first, second, elsewhere)] == [False, True, False]
    stepped(store, first, "created")
    assert not beside(second)

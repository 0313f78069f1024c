"""Cancelling what the books have, or may have: by a mark there, and never without looking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.submissions import State
from store import submissions
from store.tables_of_orders import OUTBOX
from tests.e2e.ordering import CREATES, ORDER, POSTS, Open, Ordering, is_through, ordering

__all__ = ["ordering"]


def _of_confirmed(world: Ordering) -> None:
    world.push()


def _of_created(world: Ordering) -> None:
    world.fault("status", POSTS, status=406, shape=3)
    world.push()


def _of_posted(world: Ordering) -> None:
    world.fault("status", ORDER, method="GET", status=406, shape=3, after=3)
    world.push()


def _of_uncertain(world: Ordering) -> None:
    world.fault("drop_after", CREATES)
    world.fault("status", ORDER, method="GET", status=406, shape=3, after=2)
    world.push()


def _of_rejected(world: Ordering) -> None:
    world.fault("refuse", POSTS)
    world.push()


@pytest.mark.parametrize(
    ("reach", "state"),
    [
        (_of_created, "created"),
        (_of_posted, "posted"),
        (_of_confirmed, "confirmed"),
        (_of_uncertain, "uncertain"),
        (_of_rejected, "rejected"),
    ],
)
def test_what_the_books_have_is_cancelled_by_a_mark(
    ordering: Open, reach: Callable[[Ordering], None], state: State
) -> None:
    world = ordering()
    one = world.queued()
    reach(world)
    assert world.now(one).state == state
    world.wish(one)
    world.push()
    assert (world.now(one).state, world.now(one).why) == ("cancelled", "on_request")
    (paper,) = world.papers()
    assert (paper["Posted"], paper["DeletionMark"]) == (False, True)


def test_what_may_still_arrive_is_not_cancelled_before_it_cannot(ordering: Open) -> None:
    world = ordering()
    world.fault("drop", CREATES)
    world.fault("status", ORDER, method="GET", status=406, shape=3, after=2)
    one = world.queued()
    world.push()
    world.wish(one)
    world.push()
    assert world.now(one).state == "uncertain"
    with world.store.transaction() as tx:
        tx.connection.execute(OUTBOX.update().values(sent_at=tx.now - timedelta(hours=1)))
    world.due()
    world.push()
    assert world.now(one).state == "cancelled"
    assert world.papers() == []


@pytest.mark.parametrize("refused", ["/Unpost", "guid"])
def test_where_the_books_refuse_to_cancel_the_order_stands_and_is_posted(
    ordering: Open, refused: str
) -> None:
    world = ordering()
    one = world.queued()
    world.push()
    world.fault("refuse", refused, method="POST" if refused == "/Unpost" else "PATCH", message="отгружено")
    world.wish(one)
    world.push()
    with world.store.reading() as tx:
        said = [step.words for step in submissions.steps(tx, one) if step.why == "cancelling_refused"]
    assert said == ["отгружено"]
    assert world.now(one).cancel_asked_at is None
    is_through(world, one)

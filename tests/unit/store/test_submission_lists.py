"""The lists of the company's people: by state and by who rejected, by numbers, by whose it is."""

from __future__ import annotations

from typing import Any

from schemas.submissions import State, Why
from store import outbox, submission_lists, submissions
from store.engine import Store, Tx
from store.submission_lists import Wanted
from store.submissions import Submission
from tests import pushed_orders

ALL = Wanted(kind="order")


def placed(tx: Tx, reference: str, who: str = "anna", **given: Any) -> Submission:
    order = pushed_orders.content(who, ("nail", 10, 1_000), **given)
    return pushed_orders.place(tx, "ut11", reference, order)


def taken(tx: Tx, one: Submission, *way: State, why: Why | None = None) -> Submission:
    for place, state in enumerate(way, 1):
        one = submissions.step(tx, one, state, by="test", why=why if place == len(way) else None)
    return one


def test_what_people_rejected_is_told_from_what_the_books_did_and_orders_are_found(store: Store) -> None:
    with store.transaction() as tx:
        placed(tx, "Z-1")
        taken(
            tx, placed(tx, "Z-2", "boris", branch_id="anna"), "awaiting_approval", "rejected", why="declined"
        )
        one = taken(
            tx, placed(tx, "Z_3"), "approved", "queued", "sending", "rejected", why="creation_refused"
        )
        submissions.note(tx, one, document_number="УТ00-17", branch_id="kiosk")
        outbox.queue(tx, one)
    both: tuple[State, ...] = ("rejected",)
    with store.reading() as tx:

        def found(after: int | None = None, **more: Any) -> list[str]:
            wanted = Wanted(**{"kind": "order", **more})
            return [one.reference for one in submission_lists.found(tx, wanted, after=after, limit=10)]

        assert submission_lists.counts(tx, ALL) == {
            ("draft", False): 1,
            ("rejected", True): 1,
            ("rejected", False): 1,
        }
        assert found() == ["Z_3", "Z-2", "Z-1"]
        assert found(after=3) == ["Z-2", "Z-1"]
        assert (found(states=both, declined=True), found(states=both, declined=False)) == (["Z-2"], ["Z_3"])
        assert found(counterparty_id="kiosk") == ["Z_3"]
        assert found(text="ут00-1") == ["Z_3"]
        assert found(text="z_") == ["Z_3"], "no letter is a pattern"
        assert found(text="2") == ["Z-2"]
        assert found(text="nobody", parties=[("ut11", "boris"), ("other", "anna")]) == ["Z-2"]
        assert found(source="other") == found(kind="counterparty") == []
        assert submission_lists.next_try(tx, submissions.by_number(tx, 3)) is not None
        assert submission_lists.next_try(tx, submissions.by_number(tx, 1)) is None

"""FIFO never gives more than there is, misses nothing it could give, and does not mind the order it is asked in."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from schemas.allocation import Owed, fifo
from schemas.types import WallClock

UNITS = st.integers(-5, 1_000)
OWED = st.lists(st.tuples(st.integers(1, 28), UNITS), max_size=8)


def owed(name: str, drawn: list[tuple[int, int]]) -> list[Owed]:
    return [
        Owed(WallClock(f"2026-03-{day:02d}T10:00:00"), f"{name}{number}", units)
        for number, (day, units) in enumerate(drawn)
    ]


@given(OWED, OWED)
def test_nothing_is_given_twice_and_nothing_that_could_be_given_is_kept(
    paid: list[tuple[int, int]], charged: list[tuple[int, int]]
) -> None:
    payments, documents = owed("p", paid), owed("d", charged)
    given_, taken = Counter[str](), Counter[str]()
    for part in fifo(payments, documents):
        assert part.units > 0
        given_[part.payment_id] += part.units
        taken[part.document_id] += part.units
    worth = {one.id: max(one.units, 0) for one in (*payments, *documents)}
    assert all(units <= worth[key] for key, units in (given_ + taken).items())
    in_all = min(sum(worth[one.id] for one in payments), sum(worth[one.id] for one in documents))
    assert given_.total() == taken.total() == in_all


@given(OWED, OWED, st.randoms())
def test_the_order_of_the_input_does_not_matter(
    paid: list[tuple[int, int]], charged: list[tuple[int, int]], chance: object
) -> None:
    payments, documents = owed("p", paid), owed("d", charged)
    before = fifo(payments, documents)
    chance.shuffle(payments)  # type: ignore[attr-defined]
    chance.shuffle(documents)  # type: ignore[attr-defined]
    assert fifo(payments, documents) == before


@given(OWED, OWED)
def test_the_oldest_is_paid_first(paid: list[tuple[int, int]], charged: list[tuple[int, int]]) -> None:
    payments, documents = owed("p", paid), owed("d", charged)
    taken = Counter[str]()
    for part in fifo(payments, documents):
        taken[part.document_id] += part.units
    rests = [one.units - taken[one.id] for one in sorted(documents) if one.units > 0]
    touched = [taken[one.id] for one in sorted(documents) if one.units > 0]
    for place, rest in enumerate(rests):
        if rest:
            assert not any(touched[place + 1 :])

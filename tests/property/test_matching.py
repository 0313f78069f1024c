from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from schemas.matching import DAYS, Entry, Matched, match

FEW = st.builds(
    Entry,
    on=st.integers(0, 9).map(lambda day: date(2026, 9, 1) + timedelta(day)),
    number=st.sampled_from(["", "1", "УТ-001", "2", "ут-001", "А 2"]),
    amount=st.sampled_from([-200, -100, 100, 200, 300]),
    place=st.just(0),
)
LINES = st.lists(FEW, max_size=8).map(
    lambda lines: [line._replace(place=place) for place, line in zip(count(), lines)]
)


def sides(matched: Matched) -> tuple[list[Entry], list[Entry]]:
    ours = [pair.ours for pair in matched.agreed] + [x.ours for x in matched.disagreements if x.ours]
    theirs = [pair.theirs for pair in matched.agreed] + [x.theirs for x in matched.disagreements if x.theirs]
    return ours, theirs


@given(LINES, LINES)
def test_every_line_is_in_exactly_one_result(ours: list[Entry], theirs: list[Entry]) -> None:
    mine, yours = sides(match(ours, theirs))
    assert (sorted(mine), sorted(yours)) == (sorted(ours), sorted(theirs))


@given(LINES, LINES)
def test_disagreements_sum_to_the_difference_of_turnovers(ours: list[Entry], theirs: list[Entry]) -> None:
    off = sum(x.amount for x in theirs) - sum(x.amount for x in ours)
    assert sum(found.amount for found in match(ours, theirs).disagreements) == off


@given(LINES, LINES)
def test_agreed_lines_have_one_amount_and_near_days(ours: list[Entry], theirs: list[Entry]) -> None:
    for mine, yours in match(ours, theirs).agreed:
        assert mine.amount == yours.amount
        assert abs(mine.on - yours.on).days <= DAYS


@given(LINES)
def test_a_statement_agrees_with_itself(ours: list[Entry]) -> None:
    assert match(ours, list(reversed(ours))).disagreements == ()


@given(LINES, LINES)
def test_from_the_other_side_the_same_is_seen_in_the_mirror(ours: list[Entry], theirs: list[Entry]) -> None:
    def mirrored(lines: list[Entry]) -> list[Entry]:
        return [line._replace(amount=-line.amount) for line in lines]

    turned = {"missing_here": "missing_there", "missing_there": "missing_here"}
    here = match(ours, theirs)
    there = match(mirrored(theirs), mirrored(ours))
    assert len(here.agreed) == len(there.agreed)
    assert Counter((x.kind, x.amount) for x in here.disagreements) == Counter(
        (turned.get(x.kind, x.kind), x.amount) for x in there.disagreements
    )

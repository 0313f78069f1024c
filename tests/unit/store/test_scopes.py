from __future__ import annotations

from dataclasses import replace

import pytest

from schemas.source import Scope
from schemas.types import WallClock
from store import scopes


def scope(start: str | None, end: str | None) -> Scope:
    return Scope(start and WallClock(start), end and WallClock(end))


@pytest.mark.parametrize(
    ("given", "merged"),
    [
        ([], []),
        ([("3", "4"), ("1", "2")], [("1", "2"), ("3", "4")]),
        ([("1", "3"), ("2", "4")], [("1", "4")]),
        ([("1", "2"), ("2", "3")], [("1", "3")]),
        ([("1", "9"), ("2", "3")], [("1", "9")]),
        ([(None, "2"), ("2", None)], [(None, None)]),
        ([("5", None), ("1", "2"), ("7", "8")], [("1", "2"), ("5", None)]),
        ([("4", "4")], []),
    ],
)
def test_scopes_that_touch_become_one(
    given: list[tuple[str | None, str | None]], merged: list[tuple[str | None, str | None]]
) -> None:
    assert scopes.union(scope(*bounds) for bounds in given) == [scope(*bounds) for bounds in merged]


def test_only_scopes_that_meet_may_hold_something_of_each_other() -> None:
    march, april, june = (scope(f"2026-0{month}", f"2026-0{month + 1}") for month in (3, 4, 6))
    one, other = (replace(scope(None, None), keys=(key,)) for key in ("one", "other"))
    assert scopes.may_hold(april, march)
    assert not scopes.may_hold(june, march)
    assert not scopes.may_hold(one, march)
    assert scopes.may_hold(march, one)
    assert scopes.may_hold(one, replace(one, keys=("one", "other")))
    assert not scopes.may_hold(other, one)


@pytest.mark.parametrize(
    ("whole", "part", "covered"),
    [
        (("1", "9"), ("2", "3"), True),
        (("1", "9"), ("1", "9"), True),
        (("1", "9"), ("1", None), False),
        (("1", "9"), (None, "2"), False),
        ((None, None), (None, None), True),
        ((None, "9"), (None, "8"), True),
        (("2", "3"), ("1", "3"), False),
    ],
)
def test_a_scope_is_covered_only_as_a_whole(
    whole: tuple[str | None, str | None], part: tuple[str | None, str | None], covered: bool
) -> None:
    assert scopes.covers([scope(*whole)], scope(*part)) is covered

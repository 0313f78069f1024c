"""Arithmetic of scopes: half-open intervals of wall-clock time, open where an end is None, and sets of keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.source import Scope
from schemas.types import WallClock


@dataclass(frozen=True, slots=True)
class Held:
    """What several units hold completely, together: `intervals` of time, merged, and single records by `keys`.

    `units` are the intervals unit by unit: (id, scope).
    """

    intervals: tuple[Scope, ...]
    keys: frozenset[str]
    units: tuple[tuple[int, Scope], ...]

    @classmethod
    def by(cls, units: Iterable[tuple[int, Scope]]) -> Held:
        found = list(units)
        timed = tuple((number, scope) for number, scope in found if scope.keys is None)
        keys = frozenset(key for _, scope in found for key in scope.keys or ())
        return cls(tuple(union(scope for _, scope in timed)), keys, timed)

    def __bool__(self) -> bool:
        return bool(self.intervals or self.keys)

    @property
    def everything(self) -> bool:
        return Scope() in self.intervals

    def holds(self, scope: Scope) -> bool:
        """Whether nothing of `scope` is outside. Where a single record is dated is not known from its key."""
        if scope.keys is None:
            return covers(self.intervals, scope)
        return self.everything or self.keys.issuperset(scope.keys)


def may_hold(part: Scope, whole: Scope) -> bool:
    """Whether `part`, together with others, may hold something of `whole`."""
    if part.keys is not None:
        return whole.keys is not None and not set(part.keys).isdisjoint(whole.keys)
    return whole.keys is not None or (_reaches(part, whole) and _reaches(whole, part))


def _reaches(one: Scope, other: Scope) -> bool:
    return one.end is None or other.start is None or one.end >= other.start


def union(scopes: Iterable[Scope]) -> list[Scope]:
    """Merge intervals that touch or overlap, in order of time."""
    merged: list[Scope] = []
    for scope in sorted(scopes, key=lambda scope: scope.start or ""):
        if scope.start is not None and scope.start == scope.end:
            continue
        if merged and _touches(merged[-1], scope):
            merged[-1] = Scope(merged[-1].start, _later(merged[-1], scope))
        else:
            merged.append(scope)
    return merged


def covers(merged: Iterable[Scope], scope: Scope) -> bool:
    """True where one of the `merged` intervals holds all of `scope`."""
    return any(
        (whole.start is None or (scope.start is not None and whole.start <= scope.start))
        and (whole.end is None or (scope.end is not None and scope.end <= whole.end))
        for whole in merged
    )


def _touches(before: Scope, after: Scope) -> bool:
    return before.end is None or after.start is None or after.start <= before.end


def _later(one: Scope, other: Scope) -> WallClock | None:
    return None if one.end is None or other.end is None else max(one.end, other.end)

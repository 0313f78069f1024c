"""Arithmetic of scopes: half-open intervals of wall-clock time, open where an end is None."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.source import Scope
from schemas.types import WallClock


def union(scopes: Iterable[Scope]) -> list[Scope]:
    """Merge scopes that touch or overlap, in order of time."""
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
    """True where one of the `merged` scopes holds all of `scope`."""
    return any(
        (whole.start is None or (scope.start is not None and whole.start <= scope.start))
        and (whole.end is None or (scope.end is not None and scope.end <= whole.end))
        for whole in merged
    )


def _touches(before: Scope, after: Scope) -> bool:
    return before.end is None or after.start is None or after.start <= before.end


def _later(one: Scope, other: Scope) -> WallClock | None:
    return None if one.end is None or other.end is None else max(one.end, other.end)

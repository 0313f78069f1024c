"""How to read all of an entity set: three small values that know nothing of any particular set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from connectors import skip_pages, whole, windows
from connectors.reading import Reading
from schemas.source import RawUnit, SourceSet
from schemas.types import WallClock


class Strategy(Protocol):
    def read(self, reading: Reading, start: WallClock | None, end: WallClock | None) -> Iterator[RawUnit]: ...


@dataclass(frozen=True, slots=True)
class PeriodWindows:
    """Windows over the set's period, each complete in one answer and committed as one unit.

    A window grows while answers are light and halves when they are heavy or refused; `blind` is the widest
    window that is asked for where the base does not count its records beforehand.
    """

    blind: timedelta = timedelta(days=31)
    fill: float = 0.8  # of page_rows and page_bytes: an answer that hits the limits costs a halving

    def read(self, reading: Reading, start: WallClock | None, end: WallClock | None) -> Iterator[RawUnit]:
        return windows.read(reading, windows.Reach(start, end), self.blind, self.fill)


@dataclass(frozen=True, slots=True)
class SkipPages:
    """Pages of a set in its unique order, all of them one unit, proven complete by count and keys.

    A pass in which rows moved between pages is thrown away and read again with pages `growth` times larger,
    at last in one answer.
    """

    growth: int = 4

    def read(self, reading: Reading, start: WallClock | None, end: WallClock | None) -> Iterator[RawUnit]:
        if start is not None or end is not None:
            raise ValueError(f"{reading.source_set.name} has no period: it is read as a whole")
        return skip_pages.read(reading, self.growth)


@dataclass(frozen=True, slots=True)
class OneAnswer:
    """A virtual table, as it is now."""

    def read(self, reading: Reading, start: WallClock | None, end: WallClock | None) -> Iterator[RawUnit]:
        if start is not None or end is not None:
            raise ValueError(f"{reading.source_set.name} has no period: it is read as a whole")
        return whole.read(reading)


def strategy_for(source_set: SourceSet) -> Strategy:
    if source_set.is_virtual:
        return OneAnswer()
    return SkipPages() if source_set.period is None else PeriodWindows()

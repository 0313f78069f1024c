"""Sums of settlement movements and the movements themselves, as the books and the hub are compared by them."""

from __future__ import annotations

from typing import NamedTuple

from schemas.types import WallClock

Figures = tuple[int, ...]  # one for each amount of the record, in minor units, signed


class Cell(NamedTuple):
    """What is summed together: a settlement key and a currency (its key, where the hub does not know it)."""

    settlement_key_id: str
    currency: str


class Line(NamedTuple):
    """One movement; one that the register has switched off counts for nothing."""

    settlement_key_id: str
    currency: str
    recorder_id: str
    recorder_kind: str
    line_no: int
    at: WallClock
    amounts: Figures
    active: bool = True

    @property
    def cell(self) -> Cell:
        return Cell(self.settlement_key_id, self.currency)


class Stretch(NamedTuple):
    """A period of the base's clock: start <= at < end, None is open."""

    start: WallClock | None
    end: WallClock

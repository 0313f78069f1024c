"""Both sides of a comparison as the proof sees them, and what everything on each sums to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from assets import bisect
from assets.bisect import CountedLedger, Ledger
from schemas.ledger import Cell, Figures
from schemas.types import WallClock


class Books(Ledger, Protocol):
    """`requests` were asked so far; `unreadable` are documents whose movements could not be had."""

    requests: int
    unreadable: set[str]

    def balance(self, moment: WallClock) -> Mapping[Cell, Figures]: ...


class Hub(CountedLedger, Protocol):
    def balance(self, moment: WallClock) -> Mapping[Cell, Figures]: ...
    def recorders(self, ids: Collection[str]) -> set[str]: ...
    def quarantined(self) -> set[str]: ...
    def earliest(self) -> WallClock | None: ...


@dataclass(frozen=True, slots=True)
class Register:
    """A register on both sides; `fields` are its amounts in the order of every figure."""

    name: str
    fields: tuple[str, ...]
    books: Books
    hub: Hub


@dataclass(frozen=True, slots=True)
class Totals:
    """What everything before a moment sums to, on both sides."""

    books: Mapping[Cell, Figures]
    hub: Mapping[Cell, Figures]
    zero: Figures

    def of(self, cell: Cell) -> tuple[Figures, Figures]:
        return self.books.get(cell, self.zero), self.hub.get(cell, self.zero)

    @property
    def compared(self) -> int:
        return len(self.books.keys() | self.hub.keys()) * len(self.zero)

    @property
    def differing(self) -> dict[Cell, Figures]:
        off = {cell: bisect.less(*self.of(cell)) for cell in sorted(self.books.keys() | self.hub.keys())}
        return {cell: figures for cell, figures in off.items() if any(figures)}

    @classmethod
    def now(cls, register: Register, moment: WallClock) -> Totals:
        zero = (0,) * len(register.fields)
        return cls(register.books.balance(moment), register.hub.balance(moment), zero)

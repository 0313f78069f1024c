"""What every part of the company stands on: its options, its days, its words and the base it writes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from simulator.company.book import Book
from simulator.company.chance import Chance, Guids
from simulator.company.days import Days
from simulator.company.words import Words

MOST_DOCUMENTS = 1_000_000
_NAMED = {"tiny": (300, 12), "small": (1_500, 40), "demo": (10_000, 200)}


@dataclass(frozen=True, slots=True)
class CompanyOptions:
    """The same options give the same company, to the byte."""

    seed: int = 1
    size: str | int = "demo"
    currency: str = "RUB"
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class Scale:
    """How many of everything a size means."""

    documents: int
    counterparties: int

    @staticmethod
    def of(size: str | int) -> Scale:
        if isinstance(size, str) and size in _NAMED:
            return Scale(*_NAMED[size])
        documents = int(size) if str(size).isdigit() else 0
        if not 50 <= documents <= MOST_DOCUMENTS:
            names = ", ".join(_NAMED)
            raise ValueError(
                f"unknown size {size!r}: give {names}, or a number of documents from 50 to {MOST_DOCUMENTS}"
            )
        return Scale(documents, max(8, round(200 * (documents / 10_000) ** 0.75)))

    @property
    def organizations(self) -> int:
        return 1 if self.documents <= 300 else 2 if self.documents <= 1_500 else 3

    @property
    def managers(self) -> int:
        return max(2, min(40, self.counterparties // 15))

    @property
    def items(self) -> int:
        return max(30, min(2_000, int(self.documents**0.5 * 2.5)))


@dataclass(frozen=True, slots=True)
class Ground:
    options: CompanyOptions
    scale: Scale
    days: Days
    words: Words
    guid: Guids
    book: Book

    def chance(self, *key: object) -> Chance:
        return Chance(self.options.seed, self.options.currency, *key)

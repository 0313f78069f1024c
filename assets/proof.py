"""Telling a discrepancy from a lag: what the books say the same before and after a pull, and the hub does not.

A comparison with a base that people work in finds differences all the time: what was posted a moment ago is
not pulled yet. So what differs is looked for, pulled, and looked at again. What the pull cures was a lag; what
changed in the books meanwhile is looked for once more, at most `ROUNDS` times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assets import bisect
from assets.bisect import CountedLedger, Found, Ledger, Part, Suspect
from schemas.ledger import Cell, Figures, Stretch
from schemas.types import WallClock
from store.agreement import Verdict

ROUNDS = 3


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


@dataclass(frozen=True, slots=True)
class Named:
    """A document behind a difference, and what is the matter with it."""

    recorder_id: str
    recorder_kind: str
    dated_at: WallClock | None
    in_books: Figures
    in_hub: Figures
    verdict: Verdict

    @property
    def is_proven(self) -> bool:
        return self.verdict != "unsettled"


@dataclass(frozen=True, slots=True)
class Judged:
    """One settlement key and currency whose figures differ. `left` is where documents were not searched for.

    `settled` means that another round would tell nothing new.
    """

    cell: Cell
    in_books: Figures
    in_hub: Figures
    documents: tuple[Named, ...]
    left: Stretch | None
    settled: bool

    @property
    def is_proven(self) -> bool:
        return any(one.is_proven for one in self.documents) or (self.settled and self.left is not None)


@dataclass(slots=True)
class Proof:
    """`judged` is what differs in the end, by register."""

    compared: int = 0
    judged: dict[str, list[Judged]] = field(default_factory=dict)

    @property
    def every(self) -> list[Judged]:
        return [one for found in self.judged.values() for one in found]


@dataclass(frozen=True, slots=True)
class Terms:
    """`few` movements are read at once; `limit` is the most that one comparison may ask the books."""

    moment: WallClock
    history: WallClock
    few: int
    limit: int


def prove(registers: Sequence[Register], terms: Terms, pull: Callable[[], object] | None) -> Proof:
    """Compare, and name what differs for good. Without a `pull` everything that differs now is given."""
    before = [_totals(register, terms.moment) for register in registers]
    proof = Proof(sum(totals.compared for totals in before))
    for _ in range(ROUNDS):
        if not any(totals.differing for totals in before):
            return Proof(sum(totals.compared for totals in before))
        searched = [_search(registers, number, totals, terms) for number, totals in enumerate(before)]
        if pull is None:
            after = before
        else:
            pull()
            after = [_totals(register, terms.moment) for register in registers]
        proof = Proof(sum(totals.compared for totals in after))
        for register, was, found, now in zip(registers, before, searched, after, strict=True):
            again = _look_again(register, found, now) if pull else found
            proof.judged[register.name] = _judge(register, was, found, now, again)
        if pull is None or all(one.settled for one in proof.every):
            break
        before = after
    return proof


def _totals(register: Register, moment: WallClock) -> Totals:
    zero = (0,) * len(register.fields)
    return Totals(register.books.balance(moment), register.hub.balance(moment), zero)


def _search(registers: Sequence[Register], number: int, totals: Totals, terms: Terms) -> Found:
    """Search one register with half of the requests that are left: the other half is for looking again."""
    register = registers[number]
    spent = sum(other.books.requests for other in registers)
    allowed = register.books.requests + max(terms.limit - spent, 0) // 2
    first = register.hub.earliest()
    return bisect.search(
        register.books,
        register.hub,
        Part(Stretch(None, terms.moment), totals.differing),
        floor=min(terms.history, first) if first else terms.history,
        few=terms.few,
        may_ask=lambda: register.books.requests < allowed,
    )


def _look_again(register: Register, found: Found, now: Totals) -> Found:
    """Read again what was compared movement by movement, where figures still differ."""
    again = Found()
    keys = {cell.settlement_key_id for cell in now.differing}
    for part in found.read:
        still = part.only(keys)
        if still.cells:
            bisect.read(register.books, register.hub, still, again)
    return again


def _judge(register: Register, was: Totals, found: Found, now: Totals, again: Found) -> list[Judged]:
    verdicts = _verdicts(register, found, again)
    judged = []
    for cell, off in now.differing.items():
        documents = [_named(one, verdicts, off) for one in again.suspects.values() if one.cell == cell]
        rest = _rest(off, documents)
        if any(rest) and register.books.unreadable and found.range_of(cell) is None:
            documents += _unreadable(register, rest)
            rest = _rest(off, documents)
        left = found.range_of(cell) if any(rest) else None
        same = was.of(cell)[0] == now.of(cell)[0]
        settled = all(one.is_proven for one in documents) and (not any(rest) or (left is not None and same))
        judged.append(Judged(cell, *now.of(cell), tuple(documents), left, settled))
    return judged


def _rest(off: Figures, documents: Iterable[Named]) -> Figures:
    """What of a difference its documents do not make up."""
    for one in documents:
        off = bisect.less(off, bisect.less(one.in_books, one.in_hub))
    return off


def _verdicts(register: Register, found: Found, again: Found) -> dict[bisect.Place, Verdict]:
    """What is the matter with every suspect that is still one."""
    quarantined = register.hub.quarantined() if again.suspects else set()
    lacking = {one.recorder_id for one in again.suspects.values() if not one.hub}
    elsewhere_in_hub = register.hub.recorders(lacking) if lacking else set()
    in_books = {one.recorder_id for one in again.suspects.values() if one.books}
    verdicts: dict[bisect.Place, Verdict] = {}
    for place, one in again.suspects.items():
        before = found.suspects.get(place)
        if before is None or before.books != one.books:
            verdicts[place] = "unsettled"
        elif one.recorder_id in quarantined:
            verdicts[place] = "rejected"
        elif not one.hub and one.recorder_id not in elsewhere_in_hub:
            verdicts[place] = "missing_in_hub"
        elif not one.books and one.recorder_id not in in_books:
            verdicts[place] = "missing_in_books"
        else:
            verdicts[place] = "differs"
    return verdicts


def _named(one: Suspect, verdicts: Mapping[bisect.Place, Verdict], zero: Figures) -> Named:
    none = (0,) * len(zero)
    document = (one.recorder_id, one.recorder_kind, one.dated_at)
    return Named(*document, one.in_books or none, one.in_hub or none, verdicts[one.cell, one.recorder_id])


def _unreadable(register: Register, rest: Figures) -> list[Named]:
    """Documents whose movements the books count but cannot give: the first stands for what they sum to."""
    none = (0,) * len(rest)
    first, *others = sorted(register.books.unreadable)
    named = [Named(first, "", None, rest, none, "rejected")]
    return named + [Named(other, "", None, none, none, "rejected") for other in others]

"""From a figure that differs down to the documents behind it: halves of time, then movement by movement.

Only a difference of a whole figure is followed: what cancels inside a settlement key and currency is not
looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from schemas.ledger import Cell, Figures, Line, Stretch
from schemas.types import WallClock

KEYS_AT_ONCE = 5  # a condition with more makes an address of more than the 2 048 bytes that IIS takes
MONTHS, DAYS = timedelta(days=62), timedelta(days=2)

Said = frozenset[tuple[int, str, Figures]]  # what one side has of a document: line number, date, amounts
Place = tuple[Cell, str]  # where a document counts, and which one


class Ledger(Protocol):
    """One side's movements of one register, by settlement keys."""

    def turnovers(self, keys: Collection[str], stretch: Stretch) -> Mapping[Cell, Figures]: ...
    def lines(self, keys: Collection[str], stretch: Stretch) -> Sequence[Line]: ...


class CountedLedger(Ledger, Protocol):
    """The side that is cheap to ask: it also tells how much there is to compare."""

    def counts(self, keys: Collection[str], stretch: Stretch) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Suspect:
    """A document whose movements under one settlement key and currency are others in the books."""

    cell: Cell
    recorder_id: str
    recorder_kind: str
    dated_at: WallClock | None
    books: Said
    hub: Said

    @property
    def in_books(self) -> Figures | None:
        return _sum(amounts for _, _, amounts in self.books)

    @property
    def in_hub(self) -> Figures | None:
        return _sum(amounts for _, _, amounts in self.hub)


@dataclass(frozen=True, slots=True)
class Part:
    """Figures that differ within one stretch of time, and by how much."""

    stretch: Stretch
    cells: Mapping[Cell, Figures]

    @property
    def keys(self) -> list[str]:
        return sorted({cell.settlement_key_id for cell in self.cells})

    def only(self, keys: Collection[str]) -> Part:
        kept = {cell: off for cell, off in self.cells.items() if cell.settlement_key_id in keys}
        return Part(self.stretch, kept)


@dataclass(slots=True)
class Found:
    """`read` are the parts that were compared movement by movement; `left` those the budget did not reach."""

    suspects: dict[Place, Suspect] = field(default_factory=dict)
    read: list[Part] = field(default_factory=list)
    left: list[Part] = field(default_factory=list)

    def range_of(self, cell: Cell) -> Stretch | None:
        """Between when and when the rest of a figure's difference must lie; None where nothing is left."""
        stretches = [part.stretch for part in self.left if cell in part.cells]
        if not stretches:
            return None
        starts = [stretch.start for stretch in stretches]
        start = None if None in starts else min(start for start in starts if start is not None)
        return Stretch(start, max(stretch.end for stretch in stretches))


def search(
    books: Ledger, hub: CountedLedger, whole: Part, *, floor: WallClock, few: int, may_ask: Callable[[], bool]
) -> Found:
    """Name the documents behind every figure of `whole`.

    What has at most `few` movements in the hub is read and compared at once; the rest is halved in time, an
    open beginning at `floor`. `may_ask` is asked before every request to the books.
    """
    found = Found()
    parts = [whole]
    while parts:
        part = parts.pop()
        counts = hub.counts(part.keys, part.stretch)
        middle = _middle(part.stretch, floor)
        small = [key for key in part.keys if middle is None or counts.get(key, 0) <= few]
        for keys in _packs(small, counts, few):
            pack = part.only(keys)
            if may_ask():
                read(books, hub, pack, found)
            else:
                found.left.append(pack)
        large = [key for key in part.keys if key not in set(small)]
        for place in range(0, len(large), KEYS_AT_ONCE):
            pack = part.only(large[place : place + KEYS_AT_ONCE])
            if middle is not None and may_ask():
                parts += _halves(books, hub, pack, middle)
            else:
                found.left.append(pack)
    return found


def read(books: Ledger, hub: Ledger, part: Part, found: Found) -> None:
    """Compare a part movement by movement, document by document."""
    found.read.append(part)
    theirs = _by_document(books.lines(part.keys, part.stretch), part.cells)
    ours = _by_document(hub.lines(part.keys, part.stretch), part.cells)
    for place in sorted(theirs.keys() | ours.keys()):
        their_lines, our_lines = theirs.get(place, []), ours.get(place, [])
        in_books, in_hub = _said(their_lines), _said(our_lines)
        if in_books == in_hub:
            continue
        first = (their_lines or our_lines)[0]
        before = found.suspects.get(place)
        if before is not None:  # its movements lie in two parts: it was dated anew
            in_books, in_hub = in_books | before.books, in_hub | before.hub
        found.suspects[place] = Suspect(*place, first.recorder_kind, first.at, in_books, in_hub)


def _halves(books: Ledger, hub: Ledger, part: Part, middle: WallClock) -> Iterator[Part]:
    """The half or halves of time in which the books and the hub moved differently."""
    earlier, later = Stretch(part.stretch.start, middle), Stretch(middle, part.stretch.end)
    theirs, ours = books.turnovers(part.keys, earlier), hub.turnovers(part.keys, earlier)
    zero = dict.fromkeys(part.cells, (0,) * len(next(iter(part.cells.values()))))
    first = {cell: less(theirs.get(cell, zero[cell]), ours.get(cell, zero[cell])) for cell in part.cells}
    second = {cell: less(off, first[cell]) for cell, off in part.cells.items()}
    for stretch, cells in ((earlier, first), (later, second)):
        differing = {cell: off for cell, off in cells.items() if any(off)}
        if differing:
            yield Part(stretch, differing)


def _packs(keys: Iterable[str], counts: Mapping[str, int], few: int) -> Iterator[list[str]]:
    """Keys that are read together: not more of them, nor of their movements, than one answer should hold."""
    pack: list[str] = []
    held = 0
    for key in sorted(keys, key=lambda key: (counts.get(key, 0), key)):
        number = counts.get(key, 0)
        if pack and (held + number > few or len(pack) == KEYS_AT_ONCE):
            yield pack
            pack, held = [], 0
        pack.append(key)
        held += number
    if pack:
        yield pack


def _middle(stretch: Stretch, floor: WallClock) -> WallClock | None:
    """Where to cut: at a month, at a day, at last at a second; None where there is nothing to cut."""
    if stretch.start is None:
        return floor if floor < stretch.end else None
    start, end = datetime.fromisoformat(stretch.start), datetime.fromisoformat(stretch.end)
    middle = start + timedelta(seconds=int((end - start).total_seconds()) // 2)
    if end - start > MONTHS:
        middle = middle.replace(day=1, hour=0, minute=0, second=0)
    elif end - start > DAYS:
        middle = middle.replace(hour=0, minute=0, second=0)
    return WallClock(middle.isoformat()) if start < middle < end else None


def _by_document(lines: Iterable[Line], cells: Collection[Cell]) -> dict[Place, list[Line]]:
    documents: dict[Place, list[Line]] = {}
    for line in lines:
        if line.cell in cells:
            documents.setdefault((line.cell, line.recorder_id), []).append(line)
    return documents


def _said(lines: Iterable[Line]) -> Said:
    return frozenset((line.line_no, line.at, line.amounts) for line in lines)


def less(one: Figures, other: Figures) -> Figures:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def _sum(figures: Iterable[Figures]) -> Figures | None:
    """None where there is nothing to sum."""
    return tuple(sum(column) for column in zip(*figures, strict=True)) or None

"""What is the matter with every figure that differs: which documents, proven or still in motion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assets import bisect
from assets.bisect import Found, Place, Suspect
from assets.sides import Register, Totals
from schemas.ledger import Cell, Figures, Stretch
from schemas.types import WallClock
from store.agreement import Verdict


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


def look_again(register: Register, found: Found, now: Totals) -> Found:
    """Read again what was compared movement by movement, where figures still differ."""
    again = Found()
    keys = {cell.settlement_key_id for cell in now.differing}
    for part in found.read:
        still = part.only(keys)
        if still.cells:
            bisect.read(register.books, register.hub, still, again)
    return again


def judge(register: Register, was: Totals, found: Found, now: Totals, again: Found) -> list[Judged]:
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


def _verdicts(register: Register, found: Found, again: Found) -> dict[Place, Verdict]:
    """What is the matter with every suspect that is still one."""
    quarantined = register.hub.quarantined() if again.suspects else set()
    lacking = {one.recorder_id for one in again.suspects.values() if not one.hub}
    elsewhere_in_hub = register.hub.recorders(lacking) if lacking else set()
    in_books = {one.recorder_id for one in again.suspects.values() if one.books}
    verdicts: dict[Place, Verdict] = {}
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


def _named(one: Suspect, verdicts: Mapping[Place, Verdict], zero: Figures) -> Named:
    none = (0,) * len(zero)
    document = (one.recorder_id, one.recorder_kind, one.dated_at)
    return Named(*document, one.in_books or none, one.in_hub or none, verdicts[one.cell, one.recorder_id])


def _unreadable(register: Register, rest: Figures) -> list[Named]:
    """Documents whose movements the books count but cannot give: the first stands for what they sum to."""
    none = (0,) * len(rest)
    first, *others = sorted(register.books.unreadable)
    named = [Named(first, "", None, rest, none, "rejected")]
    return named + [Named(other, "", None, none, none, "rejected") for other in others]

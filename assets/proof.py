"""Telling a discrepancy from a lag: what the books say the same before and after a pull, and the hub does not.

A comparison with a base that people work in finds differences all the time: what was posted a moment ago is
not pulled yet. So what differs is looked for, pulled, and looked at again. What the pull cures was a lag; what
changed in the books meanwhile is looked for once more, at most `ROUNDS` times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assets import bisect, judging
from assets.bisect import Found, Part
from assets.judging import Judged
from assets.sides import Register, Totals
from schemas.ledger import Stretch
from schemas.types import WallClock

ROUNDS = 3


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
    before = [Totals.now(register, terms.moment) for register in registers]
    proof = Proof(sum(totals.compared for totals in before))
    for _ in range(ROUNDS):
        if not any(totals.differing for totals in before):
            return Proof(sum(totals.compared for totals in before))
        searched = [_search(registers, number, totals, terms) for number, totals in enumerate(before)]
        if pull is None:
            after = before
        else:
            pull()
            after = [Totals.now(register, terms.moment) for register in registers]
        proof = Proof(sum(totals.compared for totals in after))
        for register, was, found, now in zip(registers, before, searched, after, strict=True):
            again = judging.look_again(register, found, now) if pull else found
            proof.judged[register.name] = judging.judge(register, was, found, now, again)
        if pull is None or all(one.settled for one in proof.every):
            break
        before = after
    return proof


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

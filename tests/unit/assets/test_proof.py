"""A lag, a discrepancy, a base in motion: told apart by what a pull changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from assets.judging import Judged
from assets.proof import Proof, Terms, prove
from assets.sides import Register
from schemas.ledger import Cell, Figures, Line, Stretch
from schemas.types import WallClock

MOMENT = WallClock("2026-04-01T00:00:00")
TERMS = Terms(MOMENT, WallClock("2020-01-01T00:00:00"), 10, 100)


@dataclass
class Ledger:
    """Either side, kept in memory."""

    rows: list[Line]
    requests: int = 0
    unreadable: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)

    def _in(self, stretch: Stretch, keys: Collection[str] | None = None) -> list[Line]:
        return [
            row
            for row in self.rows
            if (keys is None or row.settlement_key_id in keys)
            and (stretch.start or "") <= row.at < stretch.end
        ]

    def balance(self, moment: WallClock) -> dict[Cell, Figures]:
        self.requests += 1
        return self._summed(Stretch(None, moment))

    def turnovers(self, keys: Collection[str], stretch: Stretch) -> dict[Cell, Figures]:
        self.requests += 1
        return self._summed(stretch, keys)

    def lines(self, keys: Collection[str], stretch: Stretch) -> list[Line]:
        self.requests += 1
        return [row for row in self._in(stretch, keys) if row.recorder_id not in self.unreadable]

    def counts(self, keys: Collection[str], stretch: Stretch) -> Counter[str]:
        return Counter(row.settlement_key_id for row in self._in(stretch, keys))

    def recorders(self, ids: Collection[str]) -> set[str]:
        return {row.recorder_id for row in self.rows} & set(ids)

    def quarantined(self) -> set[str]:
        return self.rejected

    def earliest(self) -> WallClock | None:
        return min((row.at for row in self.rows), default=None)

    def _summed(self, stretch: Stretch, keys: Collection[str] | None = None) -> dict[Cell, Figures]:
        sums: dict[Cell, Figures] = {}
        for row in self._in(stretch, keys):
            sums[row.cell] = (sums.get(row.cell, (0,))[0] + row.amounts[0],)
        return sums


def line(document: str, amount: int, key: str = "key-1", at: str = "2026-03-05T10:00:00") -> Line:
    return Line(key, "RUB", document, "payment", 1, WallClock(at), (amount,))


@dataclass
class Sides:
    books: Ledger
    hub: Ledger

    def prove(self, pull: Callable[[], object] | None, terms: Terms = TERMS) -> Proof:
        return prove([Register("entry", ("amount",), self.books, self.hub)], terms, pull)

    def copy(self) -> None:
        """What a pull does that sees everything."""
        self.hub.rows = list(self.books.rows)


def sides(theirs: list[Line], ours: list[Line]) -> Sides:
    return Sides(Ledger(theirs), Ledger(ours))


def verdicts(found: list[Judged]) -> dict[str, str]:
    return {document.recorder_id: document.verdict for one in found for document in one.documents}


def nothing() -> None:
    """A pull that sees no change."""


def test_equal_totals_cost_one_request() -> None:
    both = sides([line("d-1", 5)], [line("d-1", 5)])
    assert both.prove(nothing).every == []
    assert both.books.requests == 1


def test_what_the_pull_cures_was_a_lag() -> None:
    both = sides([line("d-1", 5), line("d-2", 7)], [line("d-1", 5)])
    proof = both.prove(both.copy)
    assert proof.every == []
    assert proof.compared == 1


def test_what_the_pull_does_not_cure_is_named() -> None:
    theirs = [line("same", 1), line("new", 7), line("other", 10), line("moved", 3, "key-2")]
    ours = [line("same", 1), line("gone", 4), line("other", 11), line("moved", 3)]
    found = sides(theirs, ours).prove(nothing).every
    assert verdicts(found) == {
        "new": "missing_in_hub",
        "gone": "missing_in_books",
        "other": "differs",
        "moved": "differs",
    }
    assert all(one.is_proven and one.settled for one in found)
    assert {one.cell.settlement_key_id: (one.in_books, one.in_hub) for one in found} == {
        "key-1": ((18,), (19,)),
        "key-2": ((3,), (0,)),
    }


def test_without_a_pull_everything_that_differs_now_is_given() -> None:
    both = sides([line("late", 7)], [])
    assert verdicts(both.prove(None).every) == {"late": "missing_in_hub"}
    assert both.books.requests == 2


def test_a_document_in_quarantine_is_named_as_such() -> None:
    both = sides([line("bad", 7)], [])
    both.hub.rejected.add("bad")
    assert verdicts(both.prove(nothing).every) == {"bad": "rejected"}


def test_a_document_that_changes_during_the_comparison_raises_no_alarm() -> None:
    both = sides([line("d-1", 5)], [])

    def pull_then_post_again() -> None:
        both.copy()
        both.books.rows = [line("d-1", both.books.rows[0].amounts[0] + 1)]

    found = both.prove(pull_then_post_again).every
    assert verdicts(found) == {"d-1": "unsettled"}
    assert not any(one.is_proven for one in found)


def test_a_base_that_comes_to_rest_between_two_rounds_agrees() -> None:
    both = sides([line("d-1", 5)], [])
    pulls = iter(range(10))

    def pull() -> None:
        both.copy()
        if next(pulls) == 0:
            both.books.rows = [line("d-1", 6)]

    assert both.prove(pull).every == []
    assert next(pulls) == 2


def test_a_discrepancy_is_named_while_other_documents_are_in_motion() -> None:
    both = sides([line("lost", 5), line("busy", 1, "key-2")], [])

    def pull() -> None:
        both.hub.rows = [row for row in both.books.rows if row.recorder_id != "lost"]
        both.books.rows = [*both.books.rows[:1], line("busy", both.books.rows[1].amounts[0] + 1, "key-2")]

    found = both.prove(pull).every
    assert verdicts(found) == {"lost": "missing_in_hub", "busy": "unsettled"}
    assert [one.is_proven for one in found] == [True, False]


def test_what_cancels_inside_a_differing_figure_is_named_too() -> None:
    theirs = [line("a", 5), line("b", 5), line("c", 1)]
    ours = [line("a", 6), line("b", 4)]
    assert verdicts(sides(theirs, ours).prove(nothing).every).keys() == {"a", "b", "c"}


def test_when_the_requests_end_the_figure_keeps_its_range() -> None:
    theirs = [line(f"d-{n}", n, at=f"2026-{1 + n % 3:02d}-{1 + n % 28:02d}T10:00:00") for n in range(60)]
    both = sides(theirs, [*theirs[:20], *theirs[21:]])
    terms = Terms(MOMENT, TERMS.history, 2, 7)
    (found,) = both.prove(nothing, terms).every
    assert found.documents == ()
    assert found.left is not None
    assert TERMS.history < (found.left.start or "") <= theirs[20].at < found.left.end
    assert found.is_proven
    assert both.books.requests <= terms.limit


def test_movements_that_the_books_count_but_cannot_give_are_named_by_what_is_missing() -> None:
    both = sides([line("d-1", 5), line("broken", 7)], [line("d-1", 5)])
    both.books.unreadable.add("broken")
    (found,) = both.prove(nothing).every
    assert verdicts([found]) == {"broken": "rejected"}
    assert found.documents[0].in_books == (7,)
    assert found.is_proven

"""The search for the documents behind a difference, over registers spoiled at random."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log2

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.bisect import Found, Part, search
from schemas.ledger import Cell, Figures, Line, Stretch
from schemas.types import WallClock

FEW = 6
START, DAYS = datetime(2023, 1, 1), 3 * 365
END = WallClock((START + timedelta(days=DAYS)).isoformat())
KEYS = [f"key-{number}" for number in range(20)]


def at(minute: int) -> WallClock:
    return WallClock((START + timedelta(minutes=minute)).isoformat())


minutes = st.integers(0, DAYS * 24 * 60 - 1).map(at)
amounts = st.tuples(st.integers(-500, 500), st.integers(-500, 500))


@dataclass
class Register:
    """One side's movements; `requests` counts what it was asked."""

    rows: list[Line]
    requests: int = 0

    def _in(self, keys: Collection[str], stretch: Stretch) -> Iterable[Line]:
        return (
            row
            for row in self.rows
            if row.settlement_key_id in keys and (stretch.start or "") <= row.at < stretch.end
        )

    def turnovers(self, keys: Collection[str], stretch: Stretch) -> dict[Cell, Figures]:
        self.requests += 1
        return summed(self._in(keys, stretch))

    def lines(self, keys: Collection[str], stretch: Stretch) -> list[Line]:
        self.requests += 1
        return list(self._in(keys, stretch))

    def counts(self, keys: Collection[str], stretch: Stretch) -> Counter[str]:
        return Counter(row.settlement_key_id for row in self._in(keys, stretch))


def summed(rows: Iterable[Line]) -> dict[Cell, Figures]:
    sums: dict[Cell, Figures] = {}
    for row in rows:
        one, two = sums.get(row.cell, (0, 0))
        sums[row.cell] = (one + row.amounts[0], two + row.amounts[1])
    return sums


def differing(books: Register, hub: Register) -> dict[Cell, Figures]:
    theirs, ours = summed(books.rows), summed(hub.rows)
    off = {}
    for cell in theirs.keys() | ours.keys():
        (a, b), (c, d) = theirs.get(cell, (0, 0)), ours.get(cell, (0, 0))
        if (a, b) != (c, d):
            off[cell] = (a - c, b - d)
    return off


@dataclass
class Spoiled:
    """A register, a copy of it in which some documents are others, and which."""

    books: Register
    hub: Register
    changed: set[str] = field(default_factory=set)


@st.composite
def spoiled(draw: st.DrawFn) -> Spoiled:
    rows = []
    for number in range(draw(st.integers(1, 60))):
        key, currency = draw(st.sampled_from(KEYS)), draw(st.sampled_from(["RUB", "USD"]))
        moment = draw(minutes)
        lines = range(draw(st.integers(1, 3)))
        rows += [
            Line(key, currency, f"doc-{number}", "payment", line, moment, draw(amounts)) for line in lines
        ]
    books = Register(rows)
    documents = sorted({row.recorder_id for row in rows})
    changed = set(draw(st.lists(st.sampled_from(documents), max_size=5)))
    hub_rows = [row for row in rows if row.recorder_id not in changed]
    for name in sorted(changed):
        mine = [row for row in rows if row.recorder_id == name]
        what = draw(st.sampled_from(["amount", "missing", "date", "key"]))
        other_date, other_key = draw(minutes), draw(st.sampled_from(KEYS))
        other_amount = draw(amounts)
        if what == "amount":
            hub_rows += [mine[0]._replace(amounts=other_amount), *mine[1:]]
        elif what == "date":
            hub_rows += [row._replace(at=other_date) for row in mine]
        elif what == "key":
            hub_rows += [row._replace(settlement_key_id=other_key) for row in mine]
    for number in range(draw(st.integers(0, 2))):  # the hub has what the books never had
        name = f"extra-{number}"
        hub_rows.append(
            Line(draw(st.sampled_from(KEYS)), "RUB", name, "payment", 1, draw(minutes), draw(amounts))
        )
        changed.add(name)
    return Spoiled(books, Register(hub_rows), changed)


def find(case: Spoiled, may_ask: int = 10_000) -> tuple[Found, dict[Cell, Figures]]:
    off = differing(case.books, case.hub)
    whole = Part(Stretch(None, END), off)
    floor = WallClock(START.isoformat())
    left = iter(range(may_ask))
    found = search(
        case.books, case.hub, whole, floor=floor, few=FEW, may_ask=lambda: next(left, None) is not None
    )
    return found, off


@settings(max_examples=150, deadline=None)
@given(spoiled())
def test_the_documents_that_were_changed_are_named_and_no_others(case: Spoiled) -> None:
    found, off = find(case)
    assert {recorder for _, recorder in found.suspects} <= case.changed
    named: dict[Cell, Figures] = dict.fromkeys(off, (0, 0))
    for suspect in found.suspects.values():
        theirs, ours = suspect.in_books or (0, 0), suspect.in_hub or (0, 0)
        one, two = named[suspect.cell]
        named[suspect.cell] = (one + theirs[0] - ours[0], two + theirs[1] - ours[1])
    assert named == off, "together the documents explain every difference, whole"
    assert not found.left


@settings(max_examples=100, deadline=None)
@given(spoiled())
def test_a_discrepancy_costs_requests_by_the_logarithm_of_time(case: Spoiled) -> None:
    find(case)
    cuts = log2(DAYS * 24 * 60 * 60) + 2
    places = len(differing(case.books, case.hub)) + len(case.changed)
    assert case.books.requests <= places * (cuts + 1)


@settings(max_examples=100, deadline=None)
@given(spoiled(), st.integers(0, 6))
def test_without_requests_left_every_figure_keeps_the_range_it_got_to(case: Spoiled, allowed: int) -> None:
    found, off = find(case, allowed)
    assert case.books.requests <= allowed
    explained = dict.fromkeys(off, (0, 0))
    for suspect in found.suspects.values():
        theirs, ours = suspect.in_books or (0, 0), suspect.in_hub or (0, 0)
        one, two = explained[suspect.cell]
        explained[suspect.cell] = (one + theirs[0] - ours[0], two + theirs[1] - ours[1])
    for cell, whole in off.items():
        if found.range_of(cell) is None:
            assert explained[cell] == whole


def test_a_big_account_is_halved_in_time_and_not_read_whole() -> None:
    rows = [Line("key-0", "RUB", f"doc-{n}", "payment", 1, at(n * 1500), (n, 0)) for n in range(1, 1000)]
    books = Register([*rows[:500], rows[500]._replace(amounts=(7, 0)), *rows[501:]])
    hub = Register(rows)
    found, _ = find(Spoiled(books, hub))
    assert [recorder for _, recorder in found.suspects] == ["doc-501"]
    assert found.read[0].stretch.start is not None
    assert len(books.lines(["key-0"], found.read[0].stretch)) <= FEW
    assert books.requests < 15

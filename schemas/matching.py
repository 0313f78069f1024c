"""The counterparty's own statement against ours, line by line: what agrees, and what does not.

Numbers are of two books and often differ, days slip by a few. So the most certain pairs are made first: by number,
amount and day, then with one of the three loosened at a time. Each line is in exactly one result, and the amounts of
the disagreements always sum to the difference of the turnovers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from schemas.reconciliation import Line, Statement

Kind = Literal[
    "missing_here",  # only they have it
    "missing_there",  # only we have it
    "amount",  # the same document with another amount
    "side",  # the same amount on the wrong side
    "date",  # the same document and amount, further apart than days may slip
]
DAYS = 3
DIGITS = re.compile(r"\d+")


class Entry(NamedTuple):
    """A line in the signs of our books: what makes the counterparty owe more is positive.

    `place` tells which line it is: of the statement, counted from 0, or the row of their file.
    """

    on: date
    number: str
    amount: int
    place: int


class ReceivedLine(NamedTuple):
    """A line of the counterparty's own books, in their sides: what they owe us is their credit."""

    on: date
    number: str
    debit: int
    credit: int
    row: int


@dataclass(frozen=True, slots=True)
class Received:
    """A statement the counterparty sent. Balances in our signs; None where their file has none."""

    lines: tuple[ReceivedLine, ...]
    opening: int | None
    closing: int | None

    def entries(self) -> tuple[Entry, ...]:
        return tuple(Entry(x.on, x.number, x.credit - x.debit, x.row) for x in self.lines)

    @property
    def off(self) -> int | None:
        """By how much their own balances and lines do not add up."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - sum(entry.amount for entry in self.entries())


class Agreed(NamedTuple):
    ours: Entry
    theirs: Entry


class Disagreement(NamedTuple):
    """`amount` is what their line has more (positive) or less than ours, in our signs."""

    kind: Kind
    ours: Entry | None
    theirs: Entry | None
    amount: int


@dataclass(frozen=True, slots=True)
class Matched:
    agreed: tuple[Agreed, ...]
    disagreements: tuple[Disagreement, ...]


def entries(statement: Statement) -> tuple[Entry, ...]:
    """Our lines; a document that moved several contracts is one line to the counterparty."""
    whole: dict[Hashable, list[tuple[int, Line]]] = defaultdict(list)
    for place, line in enumerate(statement.lines):
        whole[line.document_id or place].append((place, line))
    return tuple(_entry(lines) for lines in whole.values())


def match(ours: Iterable[Entry], theirs: Iterable[Entry], days: int = DAYS) -> Matched:
    """Pair the lines; `days` is how far the days of one document may be apart."""
    left, right = (
        [Entry(*one) for one in ours],
        [Entry(*one) for one in theirs],
    )  # each its own: equal lines are two
    agreed: list[Agreed] = []
    found: list[Disagreement] = []
    for key, reach, kind in _stages(days):
        pairs, left, right = _paired(left, right, key, reach)
        for one, other in pairs:
            if kind is None:
                agreed.append(Agreed(one, other))
            else:
                found.append(Disagreement(kind, one, other, other.amount - one.amount))
    found += [Disagreement("missing_there", one, None, -one.amount) for one in left]
    found += [Disagreement("missing_here", None, other, other.amount) for other in right]
    return Matched(tuple(sorted(agreed, key=_agreed_order)), tuple(sorted(found, key=_order)))


Key = Callable[[Entry, bool], Hashable]  # the second is true for a line of theirs; None matches nothing


def _stages(days: int) -> Iterator[tuple[Key, int | None, Kind | None]]:
    """What must be equal, how far days may be apart (None: any distance), and what such a pair is."""
    for number in (_whole, _tail):
        for reach in (0, days):
            yield _with_amount(number), reach, None
    for number in (_whole, _tail):
        yield _with_sign(number), days, "amount"
    yield (lambda entry, _: entry.amount), days, None
    for number in (_whole, _tail):
        yield _with_amount(number), None, "date"
    for number in (_whole, _tail):
        yield _with_amount(number, turned=True), days, "side"


def _with_amount(number: Callable[[str], str], turned: bool = False) -> Key:
    def key(entry: Entry, theirs: bool) -> Hashable:
        name = number(entry.number)
        return (name, -entry.amount if turned and theirs else entry.amount) if name else None

    return key


def _with_sign(number: Callable[[str], str]) -> Key:
    def key(entry: Entry, _: bool) -> Hashable:
        name = number(entry.number)
        return (name, entry.amount > 0) if name else None

    return key


def _whole(number: str) -> str:
    return "".join(number.split()).casefold()


def _tail(number: str) -> str:
    """The last digits without leading zeros: УТ00-000123 is 123 in the books of others."""
    digits = DIGITS.findall(number)
    return digits[-1].lstrip("0") if digits else ""


def _paired(
    left: Sequence[Entry], right: Sequence[Entry], key: Key, reach: int | None
) -> tuple[list[tuple[Entry, Entry]], list[Entry], list[Entry]]:
    """Pairs with equal keys, the nearest days first, and what is left of both."""
    ones, others = _by_key_and_day(left, False, key), _by_key_and_day(right, True, key)
    pairs: list[tuple[Entry, Entry]] = []
    for name in ones.keys() & others.keys():
        for one_day, other_day in _near(ones[name], others[name], reach):
            mine, yours = ones[name][one_day], others[name][other_day]
            count = min(len(mine), len(yours))
            pairs += zip(mine[:count], yours[:count], strict=True)
            del mine[:count], yours[:count]
    taken_left, taken_right = {id(one) for one, _ in pairs}, {id(other) for _, other in pairs}
    return (
        pairs,
        [entry for entry in left if id(entry) not in taken_left],
        [entry for entry in right if id(entry) not in taken_right],
    )


Days = dict[date, list[Entry]]


def _by_key_and_day(entries: Iterable[Entry], theirs: bool, key: Key) -> dict[Hashable, Days]:
    found: dict[Hashable, Days] = defaultdict(lambda: defaultdict(list))
    for entry in sorted(entries, key=lambda x: (abs(x.amount), _whole(x.number), x.place)):
        if (name := key(entry, theirs)) is not None:
            found[name][entry.on].append(entry)
    return found


def _near(ones: Days, others: Days, reach: int | None) -> list[tuple[date, date]]:
    """Days of both by their distance, in an order that is the same seen from either side."""
    days = [(one, other) for one in ones for other in others]
    near = [(abs((one - other).days), min(one, other), one, other) for one, other in days]
    return [(one, other) for apart, _, one, other in sorted(near) if reach is None or apart <= reach]


def _entry(lines: Sequence[tuple[int, Line]]) -> Entry:
    place, first = lines[0]
    on = date.fromisoformat(first.dated_on or first.at[:10])
    return Entry(on, first.number, sum(line.net for _, line in lines), place)


def _agreed_order(pair: Agreed) -> tuple[date, int]:
    return pair.ours.on, pair.ours.place


def _order(found: Disagreement) -> tuple[date, bool, int]:
    entry = found.ours or found.theirs
    assert entry is not None
    return entry.on, found.ours is None, entry.place

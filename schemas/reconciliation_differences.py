"""Two statements for one request, line by line: which documents make them differ, and what nothing explains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from schemas.reconciliation import Line, Part, Statement

DifferenceKind = Literal[
    "missing_left",  # only the right one has the document
    "missing_right",  # only the left one has it
    "amount",
    "sign",  # the same amount on the other side
    "date",  # another day
    "contract",  # under another contract
    "opening",  # of before the period: no document of the period is the reason
    "turnovers",  # the columns differ, and the lines do not tell why; moves no balance
    "unexplained",  # a rest of the closing balance that no document and no opening balance accounts for
]


class Difference(NamedTuple):
    """`amount` is what the right one has more (debit) or less (credit), in minor units."""

    kind: DifferenceKind
    left: Line | None
    right: Line | None
    amount: int
    contract_id: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The amounts of all differences sum to the difference of the closing balances, always."""

    left: Statement
    right: Statement
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """Differences for which no document can be shown."""
        return tuple(found for found in self.differences if found.left is None and found.right is None)


def compare(left: Statement, right: Statement) -> Comparison:
    """Match lines by document, else by number and date; errors: ValueError for statements of two requests."""
    if left.request != right.request:
        raise ValueError("two statements can be compared only if both answer the same request")
    pairs = list(_pairs(left, right))
    of_lines = [found for one, other in pairs for found in _judged(one, other)]
    of_openings = list(_openings(left, right))
    rest = [*_rests(left, right, pairs), *_turnovers(left, right, pairs)]
    explained = sum(found.amount for found in (*of_lines, *of_openings, *rest))
    if off := right.closing - left.closing - explained:
        rest.append(Difference("unexplained", None, None, off))
    return Comparison(left, right, (*of_openings, *of_lines, *rest))


Pair = tuple[Line | None, Line | None]


def _pairs(left: Statement, right: Statement) -> Iterator[Pair]:
    """Every line of both exactly once, the most certain matches first."""
    ones, others = _merged(left.lines), _merged(right.lines)
    for key in (_by_document_and_contract, _by_document, _by_number):
        known = defaultdict(list)
        for other in others:
            known[key(other)].append(other)
        unmatched: list[Line] = []
        for one in ones:
            if (name := key(one)) is not None and (found := _partner(one, known[name])):
                known[name].remove(found)
                others.remove(found)
                yield one, found
            else:
                unmatched.append(one)
        ones = unmatched
    yield from ((one, None) for one in ones)
    yield from ((None, other) for other in others)


def _partner(one: Line, found: Sequence[Line]) -> Line | None:
    """Two documents of their own are never one, whatever their numbers."""
    fitting = [
        x for x in found if x.document_id == one.document_id or not (x.document_id and one.document_id)
    ]
    return next((x for x in fitting if x.net == one.net), fitting[0] if fitting else None)


def _by_document_and_contract(line: Line) -> Hashable:
    return (line.document_id, line.contract_id) if line.document_id else None


def _by_document(line: Line) -> Hashable:
    return line.document_id or None


def _by_number(line: Line) -> Hashable:
    return (line.number.strip(), line.dated_on or line.at[:10]) if line.number.strip() else None


def _merged(lines: Iterable[Line]) -> list[Line]:
    """One line for each document and contract: a producer may have told one in pieces."""
    found: dict[Hashable, Line] = {}
    for place, line in enumerate(lines):
        key: Hashable = _by_document_and_contract(line) or place
        before = found.get(key)
        if before is not None:
            net = before.net + line.net
            line = before._replace(at=min(before.at, line.at), debit=max(net, 0), credit=max(-net, 0))
        found[key] = line
    return [line for line in found.values() if line.net]


def _judged(one: Line | None, other: Line | None) -> Iterator[Difference]:
    if one is None or other is None:
        line = one or other
        assert line is not None
        amount = line.net if one is None else -line.net
        yield Difference(
            "missing_left" if one is None else "missing_right", one, other, amount, line.contract_id
        )
        return
    off = other.net - one.net
    if one.contract_id != other.contract_id:
        yield Difference("contract", one, other, off)
    elif off:
        yield Difference("sign" if other.net == -one.net else "amount", one, other, off, one.contract_id)
    if one.at[:10] != other.at[:10]:
        yield Difference("date", one, other, 0, one.contract_id)


def _openings(left: Statement, right: Statement) -> Iterator[Difference]:
    told = 0
    for contract, one, other in _contracts(left, right):
        if off := other.opening - one.opening:
            told += off
            yield Difference("opening", None, None, off, contract)
    if off := right.opening - left.opening - told:
        yield Difference("opening", None, None, off)


def _rests(left: Statement, right: Statement, pairs: Sequence[Pair]) -> Iterator[Difference]:
    """What is left of a contract's closing balance when its opening balance and its lines are taken off."""
    for contract, one, other in _contracts(left, right):
        lines = _sum(pairs, 1, contract, _net) - _sum(pairs, 0, contract, _net)
        if off := (other.closing - other.opening) - (one.closing - one.opening) - lines:
            yield Difference("unexplained", None, None, off, contract)


def _turnovers(left: Statement, right: Statement, pairs: Sequence[Pair]) -> Iterator[Difference]:
    debit = _sum(pairs, 1, None, lambda line: line.debit) - _sum(pairs, 0, None, lambda line: line.debit)
    credit = _sum(pairs, 1, None, lambda line: line.credit) - _sum(pairs, 0, None, lambda line: line.credit)
    if (right.debit - left.debit, right.credit - left.credit) != (debit, credit):
        yield Difference("turnovers", None, None, 0)


def _net(line: Line) -> int:
    return line.net


def _sum(pairs: Sequence[Pair], side: int, contract: str | None, of: Callable[[Line], int]) -> int:
    lines = (pair[side] for pair in pairs)
    return sum(of(line) for line in lines if line and contract in (None, line.contract_id))


def _contracts(left: Statement, right: Statement) -> Iterator[tuple[str, Part, Part]]:
    ones, others = ({part.contract_id: part for part in side.parts} for side in (left, right))
    for contract in sorted(ones.keys() | others.keys()):
        nothing = Part(contract, 0, 0, 0, 0)
        yield contract, ones.get(contract, nothing), others.get(contract, nothing)

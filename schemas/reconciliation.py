"""The reconciliation statement (акт сверки): what is asked for, what it says, and its arithmetic.

Whoever produces it, a line is what one document did to the settlements: net, so that its debit or its credit is
zero. Documents whose movements cancel out (an advance set off against a debt) make no line. With `by_contract`
a line is what a document did under one contract. Amounts are minor units of the request's currency; a debt of
the counterparty is positive (debit), an advance negative.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from schemas.money import currencies
from schemas.types import Day, WallClock

Producer = Literal["soap", "odata", "store"]


@dataclass(frozen=True, slots=True)
class StatementRequest:
    """Settlements of one own organisation ("" is none) with one counterparty in one currency.

    Both days are in the period. Without a contract or a kind of contract: all contracts.
    """

    source: str
    organization_id: str
    counterparty_id: str
    currency: str
    first_on: date
    last_on: date
    contract_id: str | None = None
    contract_kind: str | None = None
    by_contract: bool = False

    def __post_init__(self) -> None:
        if self.last_on < self.first_on:
            raise ValueError(f"the period ends on {self.last_on}, before it begins on {self.first_on}")
        if self.contract_id is not None and self.contract_kind is not None:
            raise ValueError("a statement takes one contract or a kind of contract, not both")
        if self.currency not in currencies():
            raise ValueError(f"unknown currency {self.currency!r}")

    @property
    def start(self) -> WallClock:
        return WallClock(f"{self.first_on.isoformat()}T00:00:00")

    @property
    def end(self) -> WallClock:
        """The first second after the period."""
        return WallClock(f"{(self.last_on + timedelta(1)).isoformat()}T00:00:00")


class Posting(NamedTuple):
    """What a document moved under one contract ("" is none): `amount` is signed."""

    contract_id: str
    document_id: str
    document_kind: str
    number: str
    dated_on: Day | None
    at: WallClock
    amount: int


class Line(NamedTuple):
    """`text` is the accounting system's own name of the document, "" where it gave none.

    `contract_id` is "" where the document moved more than one contract and they are not told apart.
    """

    at: WallClock
    document_id: str
    document_kind: str
    number: str
    dated_on: Day | None
    text: str
    debit: int
    credit: int
    contract_id: str

    @property
    def net(self) -> int:
        return self.debit - self.credit


class Part(NamedTuple):
    """One contract of a statement that tells contracts apart."""

    contract_id: str
    opening: int
    debit: int
    credit: int
    closing: int


@dataclass(frozen=True, slots=True)
class Statement:
    """`as_of` is the moment it is true for; `parts` are there only if contracts are told apart."""

    request: StatementRequest
    producer: Producer
    as_of: datetime
    opening: int
    lines: tuple[Line, ...]
    debit: int
    credit: int
    closing: int
    parts: tuple[Part, ...] = ()


class Flaw(NamedTuple):
    """A statement that does not add up: where, under which contract, and by how much."""

    where: Literal["line", "period", "turnovers", "closing", "parts"]
    contract_id: str
    off: int


@dataclass(frozen=True, slots=True)
class Balances:
    """What is owed under each contract before the period and at its end, as the producer's books say it."""

    opening: Mapping[str, int]
    closing: Mapping[str, int]


def draw(
    request: StatementRequest,
    producer: Producer,
    as_of: datetime,
    balances: Balances,
    postings: Iterable[Posting],
) -> Statement:
    """Put a statement together. Its closing balance is the books' own: `flaws` tells whether lines lead to it."""
    lines = in_order(_lines(request, postings))
    opening, closing = sum(balances.opening.values()), sum(balances.closing.values())
    parts = tuple(_parts(balances, lines)) if request.by_contract else ()
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    return Statement(request, producer, as_of, opening, lines, debit, credit, closing, parts)


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The one order of lines, whoever gives them: the same statement is the same document."""
    return tuple(sorted(lines, key=lambda line: (line.at, line.number, line.document_id, line.contract_id)))


def flaws(statement: Statement) -> tuple[Flaw, ...]:
    """Everything that does not add up; nothing for a good statement."""
    return tuple(_flaws(statement))


def _lines(request: StatementRequest, postings: Iterable[Posting]) -> Iterator[Line]:
    groups: dict[tuple[str, str], list[Posting]] = defaultdict(list)
    for posting in postings:
        groups[posting.document_id, posting.contract_id if request.by_contract else ""].append(posting)
    for group in groups.values():
        net = sum(posting.amount for posting in group)
        first = min(group, key=lambda posting: posting.at)
        contracts = {posting.contract_id for posting in group}
        if net:
            yield Line(
                first.at, first.document_id, first.document_kind, first.number, first.dated_on, "",
                max(net, 0), max(-net, 0), contracts.pop() if len(contracts) == 1 else "",
            )  # fmt: skip


def _parts(balances: Balances, lines: Iterable[Line]) -> Iterator[Part]:
    debits: dict[str, int] = defaultdict(int)
    credits: dict[str, int] = defaultdict(int)
    for line in lines:
        debits[line.contract_id] += line.debit
        credits[line.contract_id] += line.credit
    owed = balances.opening.items() | balances.closing.items()
    for contract in sorted({contract for contract, units in owed if units} | debits.keys()):
        before, after = balances.opening.get(contract, 0), balances.closing.get(contract, 0)
        yield Part(contract, before, debits[contract], credits[contract], after)


def _flaws(statement: Statement) -> Iterator[Flaw]:
    first, last = statement.request.start, statement.request.end
    for line in statement.lines:
        if line.debit < 0 or line.credit < 0 or (line.debit and line.credit) or not line.net:
            yield Flaw("line", line.contract_id, line.net)
        if not first <= line.at < last:
            yield Flaw("period", line.contract_id, line.net)
    yield from _sums(statement, "", statement.lines)
    if not statement.request.by_contract:
        return
    for part in statement.parts:
        yield from _sums(
            part, part.contract_id, [x for x in statement.lines if x.contract_id == part.contract_id]
        )
    strangers = {line.contract_id for line in statement.lines} - {
        part.contract_id for part in statement.parts
    }
    for contract in sorted(strangers):
        yield Flaw("parts", contract, sum(x.net for x in statement.lines if x.contract_id == contract))
    for field in ("opening", "debit", "credit", "closing"):
        if off := getattr(statement, field) - sum(getattr(part, field) for part in statement.parts):
            yield Flaw("parts", "", off)


def _sums(of: Statement | Part, contract: str, lines: Iterable[Line]) -> Iterator[Flaw]:
    lines = list(lines)
    for told, summed in (
        (of.debit, sum(line.debit for line in lines)),
        (of.credit, sum(line.credit for line in lines)),
    ):
        if told != summed:
            yield Flaw("turnovers", contract, told - summed)
    if off := of.closing - (of.opening + of.debit - of.credit):
        yield Flaw("closing", contract, off)

"""Statements add up whatever happened, and a comparison of two names every document that makes them differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from schemas.reconciliation import Balances, Posting, Statement, StatementRequest, draw, flaws
from schemas.reconciliation_differences import Comparison, compare
from schemas.types import Day, WallClock

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CONTRACTS, DOCUMENTS = ("", "c1", "c2"), tuple(f"d{number}" for number in range(8))
REQUESTS = st.booleans().map(
    lambda by: StatementRequest("ut11", "o", "p", "RUB", date(2026, 3, 1), date(2026, 3, 31), by_contract=by)
)


@st.composite
def postings(draw_: st.DrawFn) -> list[Posting]:
    """Movements of March; a document has one day and one number."""
    days = {document: draw_(st.integers(1, 31)) for document in DOCUMENTS}
    moves = st.tuples(
        st.sampled_from(DOCUMENTS),
        st.sampled_from(CONTRACTS),
        st.integers(-(10**12), 10**12) | st.integers(-3, 3),
    )
    return [
        posting(document, contract, amount, days[document])
        for document, contract, amount in draw_(st.lists(moves, max_size=12))
    ]


def posting(document: str, contract: str, amount: int, day: int) -> Posting:
    on = f"2026-03-{day:02d}"
    return Posting(
        contract, document, "shipping_note", f"N-{document}", Day(on), WallClock(f"{on}T10:00:00"), amount
    )


def drawn(
    request: StatementRequest, moves: Sequence[Posting], openings: dict[str, int] | None = None
) -> Statement:
    opening = openings or {}
    closing: dict[str, int] = defaultdict(int, opening)
    for move in moves:
        closing[move.contract_id] += move.amount
    return draw(request, "store", MOMENT, Balances(opening, closing), moves)


OPENINGS = st.dictionaries(st.sampled_from(CONTRACTS), st.integers(-(10**12), 10**12))


@given(request=REQUESTS, moves=postings(), openings=OPENINGS)
def test_every_drawn_statement_adds_up(
    request: StatementRequest, moves: list[Posting], openings: dict[str, int]
) -> None:
    statement = drawn(request, moves, openings)
    assert flaws(statement) == ()
    assert statement.opening + statement.debit - statement.credit == statement.closing
    assert sum(line.net for line in statement.lines) == sum(move.amount for move in moves)
    assert sum(part.closing for part in statement.parts) == (statement.closing if request.by_contract else 0)


@given(request=REQUESTS, moves=postings(), openings=OPENINGS, seed=st.randoms(use_true_random=False))
def test_the_order_of_the_movements_does_not_matter(
    request: StatementRequest, moves: list[Posting], openings: dict[str, int], seed: object
) -> None:
    shuffled = list(moves)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert drawn(request, shuffled, openings) == drawn(request, moves, openings)


@given(
    request=REQUESTS,
    moves=postings(),
    off=st.integers(1, 10**9),
    where=st.sampled_from(["opening", "debit", "credit", "closing"]),
)
def test_a_figure_that_is_off_is_a_flaw(
    request: StatementRequest, moves: list[Posting], off: int, where: str
) -> None:
    statement = drawn(request, moves)
    spoiled = replace(statement, **{where: getattr(statement, where) + off})
    assert {abs(flaw.off) for flaw in flaws(spoiled)} == {off}


@given(request=REQUESTS, moves=postings(), openings=OPENINGS)
def test_a_statement_agrees_with_itself(
    request: StatementRequest, moves: list[Posting], openings: dict[str, int]
) -> None:
    assert compare(drawn(request, moves, openings), drawn(request, moves, openings)).agrees


@given(request=REQUESTS, one=postings(), other=postings(), before=OPENINGS, after=OPENINGS)
def test_differences_sum_to_the_difference_of_the_closing_balances(
    request: StatementRequest,
    one: list[Posting],
    other: list[Posting],
    before: dict[str, int],
    after: dict[str, int],
) -> None:
    left, right = drawn(request, one, before), drawn(request, other, after)
    found = compare(left, right)
    assert sum(difference.amount for difference in found.differences) == right.closing - left.closing
    assert {difference.kind for difference in found.unexplained} <= {"opening"}
    assert found.agrees == (
        (left.lines, left.opening, left.parts) == (right.lines, right.opening, right.parts)
    )


@given(request=REQUESTS, one=postings(), other=postings())
def test_every_document_that_differs_is_named_and_no_other(
    request: StatementRequest, one: list[Posting], other: list[Posting]
) -> None:
    left, right = drawn(request, one), drawn(request, other)
    differing = {line.document_id for line in set(left.lines) ^ set(right.lines)}
    assert documents(compare(left, right)) == differing


@given(request=REQUESTS, one=postings(), other=postings(), before=OPENINGS)
def test_comparing_the_other_way_round_gives_the_same_documents_with_the_other_sign(
    request: StatementRequest, one: list[Posting], other: list[Posting], before: dict[str, int]
) -> None:
    left, right = drawn(request, one, before), drawn(request, other)
    there, back = compare(left, right), compare(right, left)
    assert documents(there) == documents(back)
    assert sum(x.amount for x in there.differences) == -sum(x.amount for x in back.differences)


@given(request=REQUESTS, moves=postings(), rest=st.integers(1, 10**9))
def test_a_rest_that_no_document_explains_is_named(
    request: StatementRequest, moves: list[Posting], rest: int
) -> None:
    statement = drawn(request, moves)
    found = compare(statement, replace(statement, closing=statement.closing + rest))
    assert [(x.kind, x.amount) for x in found.differences] == [("unexplained", rest)]


def documents(found: Comparison) -> set[str]:
    lines = (line for x in found.differences for line in (x.left, x.right) if line)
    return {line.document_id for line in lines}

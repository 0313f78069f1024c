"""Whatever is owed and on its way: the check is as strict as its figures, and can be done again from what is kept."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schemas import credit
from schemas.credit import FROM_MILD_TO_STRICT, Facts, Goods, InFlight, Policy, Sum
from schemas.settings import Outcome

UNITS = st.integers(-10_000, 10_000)
SOME = st.integers(0, 10_000)
CURRENCY = st.sampled_from(["RUB", "RUB", "RUB", "USD"])
DOUBTS = st.sampled_from([(), (), (), ("stale",), ("never_read",), ("differs",)])
SUMS = st.lists(st.builds(Sum, units=UNITS, currency=CURRENCY), max_size=3).map(tuple)
FLIGHTS = st.lists(
    st.builds(InFlight, id=st.uuids().map(str), counted=st.just("portal"), units=SOME, currency=CURRENCY),
    max_size=3,
).map(tuple)
GOODS = st.lists(
    st.builds(
        Goods,
        item_id=st.sampled_from("ab"),
        characteristic_id=st.just(""),
        wanted=st.none() | SOME,
        free=UNITS,
        in_flight=SOME,
    ),
    max_size=2,
).map(tuple)
FACTS = st.builds(
    Facts,
    order=st.builds(Sum, units=SOME, currency=CURRENCY),
    limit=st.none() | st.builds(Sum, units=SOME, currency=CURRENCY),
    blocks_when_overdue=st.booleans(),
    debts=SUMS,
    overdue=SUMS,
    in_flight=FLIGHTS,
    debts_as_of=st.none() | st.just("2026-11-22T06:00:00+00:00"),
    documents_as_of=st.none(),
    doubts=DOUBTS,
    goods=GOODS,
    stock_as_of=st.none(),
    stock_doubts=DOUBTS,
)
OUTCOME: st.SearchStrategy[Outcome] = st.sampled_from(FROM_MILD_TO_STRICT)
POLICY = st.builds(Policy, over_limit=OUTCOME, overdue=OUTCOME, over_stock=OUTCOME)


def strictness(facts: Facts, policy: Policy) -> int:
    return FROM_MILD_TO_STRICT.index(credit.judge(facts, policy).outcome)


@given(FACTS, POLICY, SOME, SOME)
def test_a_bigger_order_never_gets_a_milder_outcome(
    facts: Facts, policy: Policy, more: int, more_goods: int
) -> None:
    bigger = replace(
        facts,
        order=replace(facts.order, units=facts.order.units + more),
        goods=tuple(
            replace(one, wanted=None if one.wanted is None else one.wanted + more_goods)
            for one in facts.goods
        ),
    )
    assert strictness(bigger, policy) >= strictness(facts, policy)


@given(FACTS, POLICY, SOME)
def test_more_debt_and_more_on_its_way_are_never_milder(facts: Facts, policy: Policy, units: int) -> None:
    owed = Sum(units=units, currency="RUB")
    sent = InFlight(id="more", counted="books", units=units, currency="RUB")
    assert strictness(replace(facts, debts=(*facts.debts, owed)), policy) >= strictness(facts, policy)
    assert strictness(replace(facts, in_flight=(*facts.in_flight, sent)), policy) >= strictness(facts, policy)


@given(FACTS, POLICY)
def test_a_stricter_policy_is_never_milder_and_doubt_never_helps(facts: Facts, policy: Policy) -> None:
    strict = Policy(over_limit="hold", overdue="hold", over_stock="hold")
    assert strictness(facts, strict) >= strictness(facts, policy)
    doubted = replace(facts, doubts=("stale",), stock_doubts=("stale",))
    assert strictness(doubted, policy) >= strictness(facts, policy)


@given(FACTS, POLICY)
def test_what_is_kept_gives_the_outcome_again_and_its_sums_add_up(facts: Facts, policy: Policy) -> None:
    found = credit.judge(facts, policy)
    told = json.loads(json.dumps(credit.kept(facts, policy, found)))
    assert credit.again(told) == (facts, policy)
    assert credit.judge(*credit.again(told)) == found
    assert (found.why is None) == (found.outcome == "pass")
    limit = found.findings[0]
    if limit.expected is not None:
        same = [one.units for one in (*facts.debts, *facts.in_flight) if one.currency == facts.order.currency]
        assert limit.expected.units == sum(same) + facts.order.units
    if limit.result == "kept":
        assert facts.limit is not None
        assert limit.expected is not None
        assert limit.expected.units <= facts.limit.units

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from schemas import access
from schemas.access import STATES, AccessOverride, AccessRule, Debt, Decision, Figures, Segment

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TODAY = NOW.astimezone(ZONE).date()
TRAITS = {"kind": {"company"}, "rank": {"A"}}

states = st.sampled_from(STATES)
currencies = st.sampled_from(["RUB", "EUR"])
past = st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 22), timezones=st.just(UTC))
debts = st.lists(
    st.builds(
        Debt,
        currency=currencies,
        units=st.integers(1, 1000),
        overdue_from=st.dates(TODAY - timedelta(days=100), TODAY),
    ),
    max_size=8,
)
segments = st.none() | st.builds(
    Segment, field=st.sampled_from(["kind", "rank"]), value=st.sampled_from(["A", "B", "company"])
)
rules = st.lists(
    st.builds(
        AccessRule,
        number=st.integers(1, 1000),
        state=states,
        days=st.integers(1, 90),
        currency=st.none() | currencies,
        amount=st.integers(1, 3000),
        segment=segments,
        set_at=past,
    ),
    max_size=6,
    unique_by=lambda rule: rule.number,
)
overrides = st.lists(
    st.builds(
        AccessOverride,
        number=st.integers(1, 1000),
        state=states,
        set_at=past,
        expires_at=st.none()
        | st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    ),
    max_size=3,
)


def decided(
    rules: list[AccessRule],
    debts: list[Debt],
    *,
    said: list[AccessOverride] | None = None,
    freshness: str = "fresh",
    differs: bool = False,
) -> Decision:
    figures = Figures(debts, freshness, differs)  # type: ignore[arg-type]
    return access.decide(rules, said or [], figures, TRAITS, NOW, ZONE)


def strictness(decision: Decision) -> int:
    return STATES.index(decision.state)


@given(rules, debts, st.sampled_from(["stale", "never", "fresh"]), st.booleans())
def test_stale_or_disagreeing_figures_restrict_nobody_and_the_decision_says_why(
    given_: list[AccessRule], owed: list[Debt], freshness: str, differs: bool
) -> None:
    decision = decided(given_, owed, freshness=freshness, differs=differs)
    if freshness != "fresh" or differs:
        assert decision.state == "open"
        why = {"stale": "data_stale", "never": "data_never_read", "fresh": "data_differs"}[freshness]
        assert decision.reason in (why, "no_rule")
        assert (decision.rule, decision.since) == (None, None)


@given(rules, debts, debts)
def test_owing_more_never_opens_more(given_: list[AccessRule], owed: list[Debt], more: list[Debt]) -> None:
    assert strictness(decided(given_, owed)) <= strictness(decided(given_, owed + more))


@given(rules, debts)
def test_a_debt_that_grows_older_never_opens_more(given_: list[AccessRule], owed: list[Debt]) -> None:
    older = [replace(debt, overdue_from=debt.overdue_from - timedelta(days=1)) for debt in owed]
    assert strictness(decided(given_, owed)) <= strictness(decided(given_, older))


@given(rules, debts)
def test_the_rule_that_is_named_is_met_by_its_own_words(given_: list[AccessRule], owed: list[Debt]) -> None:
    """Against a plain reading of the rule: sums by currency of what is overdue so many days."""

    def is_met(rule: AccessRule) -> bool:
        sums: dict[str, int] = {}
        for debt in owed:
            if (TODAY - debt.overdue_from).days + 1 >= rule.days:
                sums[debt.currency] = sums.get(debt.currency, 0) + debt.units
        return any(units >= rule.amount for name, units in sums.items() if rule.currency in (None, name))

    mine = [rule for rule in given_ if rule.segment and rule.segment.value in TRAITS[rule.segment.field]] or [
        rule for rule in given_ if rule.segment is None
    ]
    decision = decided(given_, owed)
    expected = max((STATES.index(rule.state) for rule in mine if is_met(rule)), default=0)
    assert strictness(decision) == expected
    assert (decision.rule is not None) == (expected > 0)
    if decision.rule is not None:
        assert decision.rule in mine
        assert is_met(decision.rule)
        assert decision.since is not None
        assert decision.rule.set_at <= decision.since <= NOW


@given(rules, debts, overrides, st.sampled_from(["stale", "never", "fresh"]), st.booleans())
def test_the_last_word_of_a_person_that_has_not_expired_decides(
    given_: list[AccessRule], owed: list[Debt], said: list[AccessOverride], freshness: str, differs: bool
) -> None:
    decision = decided(given_, owed, said=said, freshness=freshness, differs=differs)
    valid = [one for one in said if one.expires_at is None or one.expires_at > NOW]
    assert (decision.reason == "set_by_hand") == bool(valid)
    if decision.override is not None:
        assert decision.override in valid
        assert (decision.state, decision.since) == (decision.override.state, decision.override.set_at)
        assert decision.since == max(one.set_at for one in valid)
    else:
        assert decision == decided(given_, owed, freshness=freshness, differs=differs)


@given(rules, debts)
def test_the_order_of_rules_and_debts_does_not_matter(given_: list[AccessRule], owed: list[Debt]) -> None:
    assert decided(given_, owed) == decided(given_[::-1], owed[::-1])


def test_a_rule_is_met_since_the_day_the_debts_reached_its_amount() -> None:
    rule = AccessRule(1, "blocked", 10, "RUB", 500, None, datetime(2026, 1, 1, tzinfo=UTC))
    owed = [
        Debt("RUB", 300, date(2026, 11, 1)),
        Debt("RUB", 200, date(2026, 11, 5)),
        Debt("EUR", 900, date(2026, 10, 1)),
        Debt("RUB", 900, date(2026, 11, 20)),
    ]
    decision = decided([rule], owed)
    assert decision.since == datetime(2026, 11, 14, tzinfo=ZONE)
    late = replace(rule, set_at=datetime(2026, 11, 20, 10, tzinfo=UTC))
    assert decided([late], owed).since == late.set_at

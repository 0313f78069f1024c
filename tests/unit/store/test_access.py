from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schemas import TABLES
from schemas.errors import StoreError
from schemas.settings import HubSettings, Secret, SourceSettings, TermsSettings
from store import access, access_rules, agreement, balances
from store.access import AccessState
from store.agreement import Agreement, Difference, Document
from tests.unit.store.desk import SOURCE, Desk, row
from tests.unit.store.test_balances import SEEN, due, entry, movements, parties

PARTY, PARTNER, PROPERTY = (TABLES[name] for name in ("counterparty", "partner", "property"))
MOSCOW = ZoneInfo("Europe/Moscow")
BASE = SourceSettings(SOURCE, "УТ", "http://127.0.0.1:1", "x", Secret("x"), MOSCOW, date(2026, 1, 1))
SETTINGS = HubSettings("", "", (BASE,), TermsSettings(default_days=14), fresh_for_s=3600)
SOON = SEEN + timedelta(minutes=10)  # 2026-04-01 in Moscow
SIGNED = {"by": "Ito", "reason": "house rule"}


def owing(desk: Desk, *, running: int = 100) -> None:
    """1.00 that has been overdue since 2026-03-20: for 13 days, today included."""
    parties(desk)
    late = due("key", 100, "note", arose_on="2026-03-05", due_on="2026-03-19", currency="RUB")
    movements(desk, entry("key", running), dues=(late,))
    with desk.store.transaction() as tx:
        balances.refresh(tx, SOURCE)


def rule(desk: Desk, **more: Any) -> int:
    with desk.store.transaction() as tx:
        return access_rules.add_rule(tx, SOURCE, **{"state": "blocked", "days": 10, **SIGNED} | more)


def by_hand(desk: Desk, state: str, **more: Any) -> int:
    with desk.store.transaction() as tx:
        return access_rules.add_override(tx, SOURCE, "party", state=state, **SIGNED | more)  # type: ignore[arg-type]


def evaluated(desk: Desk, now: datetime = SOON) -> AccessState:
    with desk.store.reading() as tx:
        found = access.evaluate(tx, SETTINGS, BASE, "party", now)
    assert found is not None
    return found


def state(desk: Desk, now: datetime = SOON) -> tuple[str, str]:
    decision = evaluated(desk, now).decision
    return decision.state, decision.reason


def test_a_rule_restricts_by_debts_that_are_overdue_and_the_figures_are_told(desk: Desk) -> None:
    owing(desk)
    number = rule(desk, currency="RUB", amount=100)
    found = evaluated(desk)
    assert (found.decision.state, found.decision.reason) == ("blocked", "rule")
    assert found.decision.rule is not None
    assert found.decision.rule.number == number
    assert [(one.currency, one.units, one.overdue_from) for one in found.overdue] == [
        ("RUB", 100, date(2026, 3, 20))
    ]
    assert found.as_of == SEEN


@pytest.mark.parametrize("more", [{"days": 14}, {"currency": "RUB", "amount": 101}, {"currency": "USD"}])
def test_a_rule_that_is_not_met_restricts_nobody(desk: Desk, more: dict[str, Any]) -> None:
    owing(desk)
    rule(desk, **more)
    assert state(desk) == ("open", "within_rules")


def test_midnight_of_the_accounting_zone_restricts_without_a_sync(desk: Desk) -> None:
    owing(desk)
    rule(desk, days=14)
    midnight = datetime(2026, 4, 2, tzinfo=MOSCOW)
    fresh = HubSettings("", "", (BASE,), SETTINGS.terms, fresh_for_s=10**6)
    with desk.store.reading() as tx:
        before = access.evaluate(tx, fresh, BASE, "party", midnight - timedelta(seconds=1))
        after = access.evaluate(tx, fresh, BASE, "party", midnight)
    assert before is not None
    assert after is not None
    assert (before.decision.state, after.decision.state) == ("open", "blocked")


def test_stale_figures_block_nobody_and_the_state_says_so(desk: Desk) -> None:
    owing(desk)
    rule(desk)
    assert state(desk, SEEN + timedelta(seconds=3600)) == ("blocked", "rule")
    assert state(desk, SEEN + timedelta(seconds=3601)) == ("open", "data_stale")


def test_figures_that_were_never_read_block_nobody(desk: Desk) -> None:
    parties(desk)
    rule(desk)
    assert state(desk) == ("open", "data_never_read")


def test_figures_that_differ_from_the_books_block_nobody(desk: Desk) -> None:
    owing(desk)
    rule(desk)
    wrong = Document("note", "shipping_note", None, 90, 100, "differs")
    difference = Difference("settlement_entry", "amount", "key", "RUB", 90, 100, (wrong,))
    compared: dict[str, Any] = {"source": SOURCE, "kind": "pull", "run_id": "run", "moment": None}
    compared |= {"ended_at": None, "compared": 1, "differing": 1, "requests": 2}
    with desk.store.transaction() as tx:
        told = Agreement(began_at=tx.now, state="differs", differences=(difference,), **compared)
        agreement.save(tx, told)
    assert state(desk) == ("open", "data_differs")


def test_debts_that_the_running_account_knows_otherwise_block_nobody(desk: Desk) -> None:
    owing(desk, running=40)
    rule(desk)
    assert state(desk) == ("open", "data_differs")


def test_a_word_by_hand_stands_in_for_rules_until_it_expires_or_is_ended(desk: Desk) -> None:
    owing(desk)
    rule(desk)
    later = datetime(2999, 1, 1, tzinfo=UTC)
    number = by_hand(desk, "balance_only", expires_at=later)
    assert state(desk) == ("balance_only", "set_by_hand")
    assert state(desk, SEEN + timedelta(days=9)) == ("balance_only", "set_by_hand")
    assert state(desk, later) == ("open", "data_stale")
    with desk.store.transaction() as tx:
        access_rules.end_override(tx, number, by="Ito", reason="paid")
    assert state(desk) == ("blocked", "rule")


def test_a_new_word_ends_the_one_before_it_which_stays_in_the_history(desk: Desk) -> None:
    owing(desk)
    first = by_hand(desk, "blocked")
    second = by_hand(desk, "open", by="Yamada", reason="promised")
    with desk.store.reading() as tx:
        living = access_rules.overrides(tx, SOURCE)
        every = access_rules.overrides(tx, SOURCE, ended=True)
    assert [one.id for one in living] == [second]
    assert [(one.id, one.state, one.ended_by) for one in every] == [
        (second, "open", None),
        (first, "blocked", "Yamada"),
    ]
    assert every[1].ended_reason == "replaced: promised"


def extended(desk: Desk, **more: Any) -> None:
    """The counterparty and its partner with an extension field each."""
    desk.whole(
        PROPERTY,
        row(PROPERTY, id="p-rank", name="Rank", title="Ранг"),
        row(PROPERTY, id="p-area", name="Area", title="Область"),
    )
    fields = {"p-area": {"type": "text", "value": "Kyiv"}}
    desk.whole(PARTNER, row(PARTNER, id="partner", extension=json.dumps(fields)))
    own = json.dumps({"p-rank": {"type": "text", "value": "A"}})
    desk.whole(PARTY, row(PARTY, id="party", kind="company", partner_id="partner", extension=own, **more))


@pytest.mark.parametrize(
    ("segment", "restricts"),
    [
        (("Rank", "A"), True),
        (("Ранг", "A"), True),
        (("p-rank", "A"), True),
        (("Area", "Kyiv"), True),
        (("kind", "company"), True),
        (("Rank", "B"), False),
        (("kind", "person"), False),
    ],
)
def test_a_rule_of_a_segment_is_for_those_who_have_its_value(
    desk: Desk, segment: tuple[str, str], restricts: bool
) -> None:
    owing(desk)
    extended(desk)
    rule(desk, segment=segment)
    assert state(desk) == (("blocked", "rule") if restricts else ("open", "no_rule"))


def test_rules_of_a_segment_stand_in_for_the_rules_for_all(desk: Desk) -> None:
    owing(desk)
    extended(desk)
    rule(desk, state="blocked", days=5)
    number = rule(desk, state="balance_only", days=30, segment=("Rank", "A"))
    assert state(desk) == ("open", "within_rules")
    with desk.store.transaction() as tx:
        access_rules.end_rule(tx, number, by="Ito", reason="no more favours")
    assert state(desk) == ("blocked", "rule")
    with desk.store.reading() as tx:
        (_, ended) = sorted(access_rules.rules(tx, SOURCE, ended=True), key=lambda one: one.id)
    assert (ended.segment_name, ended.ended_reason) == ("Rank", "no more favours")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "closed"},
        {"days": 0},
        {"days": 4000},
        {"currency": "RUR"},
        {"amount": 500},
        {"amount": 0, "currency": "RUB"},
        {"amount": 2**63, "currency": "RUB"},
        {"segment": ("Nothing", "A")},
        {"by": ""},
        {"reason": " "},
    ],
)
def test_a_rule_that_means_nothing_is_refused_with_a_hint(desk: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(StoreError) as refused:
        rule(desk, **wrong)
    assert refused.value.hint


@pytest.mark.parametrize(
    "wrong", [{"expires_at": SEEN - timedelta(days=400)}, {"state": "locked"}, {"by": ""}]
)
def test_a_word_that_means_nothing_is_refused_with_a_hint(desk: Desk, wrong: dict[str, Any]) -> None:
    parties(desk)
    with pytest.raises(StoreError) as refused:
        by_hand(desk, **{"state": "open"} | wrong)
    assert refused.value.hint


@pytest.mark.parametrize("end", [access_rules.end_rule, access_rules.end_override])
def test_what_is_not_in_force_cannot_be_ended(desk: Desk, end: Callable[..., None]) -> None:
    with desk.store.transaction() as tx, pytest.raises(StoreError) as refused:
        end(tx, 7, by="Ito", reason="tidy")
    assert "saldo access list" in refused.value.hint


def test_nobody_knows_the_access_of_a_counterparty_nobody_knows(desk: Desk) -> None:
    with desk.store.reading() as tx:
        assert access.evaluate(tx, SETTINGS, BASE, "stranger", SOON) is None
    with desk.store.transaction() as tx, pytest.raises(StoreError):
        access_rules.add_override(tx, SOURCE, "stranger", state="blocked", **SIGNED)

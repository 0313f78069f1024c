from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from store import access_rules, trading
from tests.unit.api.books import PARTY, READ_AT, STRANGER, Books, guid, record

NOTE = {"settled_id": guid(100), "settled_kind": "shipping_note", "arose_on": "2026-11-01", "debt": 700_00}
SIGNED = {"by": "a person of the company", "reason": "secret reason"}


def get(books: Books, counterparty_id: str = f"ut11:{PARTY}", status: int = 200) -> Any:
    with books.client() as client:
        answer = client.get(f"/v1/counterparties/{counterparty_id}/access")
    assert answer.status_code == status, answer.text
    return answer.json()


def owing(books: Books) -> None:
    """700.00 that has been overdue since 2026-11-16."""
    books.parties()
    books.settle([("RUB", 700_00)], [NOTE])


def rule(books: Books, **more: Any) -> None:
    with books.store.transaction() as tx:
        access_rules.add_rule(tx, "ut11", **{"state": "balance_only", "days": 5, **SIGNED} | more)


def test_whoever_owes_nothing_may_open_everything_and_the_answer_is_whole(books: Books) -> None:
    books.parties()
    books.settle([], [])
    answer = get(books)
    assert answer.pop("synced_at") is not None
    assert answer == {
        "counterparty": {"id": f"ut11:{PARTY}", "name": "Покупатель", "kind": "company", "status": "active"},
        "state": "open",
        "reason": "no_rule",
        "since": None,
        "expires_at": None,
        "rule": None,
        "overdue": [],
        "trading": {"status": "active", "decided_by": "both", "from_on": None, "to_on": None},
        "as_of": "2026-11-22T09:00:00+03:00",
        "computed_at": "2026-11-22T09:00:00+03:00",
        "freshness": {"state": "fresh", "age_seconds": 0, "target_seconds": 3600},
        "agreement": {"state": "unknown", "verified_through": None},
        "time_zone": "Europe/Moscow",
    }


def test_a_rule_that_is_met_is_named_with_the_figures_it_was_held_against(books: Books) -> None:
    owing(books)
    rule(books, currency="RUB", amount=500_00)
    answer = get(books)
    assert (answer["state"], answer["reason"]) == ("balance_only", "rule")
    assert answer["rule"] == {"days": 5, "currency": "RUB", "amount": "500.00"}
    assert answer["overdue"] == [{"currency": "RUB", "overdue": "700.00", "days_overdue": 7}]
    assert answer["overdue"][0]["overdue"] == books.balance()["totals"][0]["overdue"]
    assert answer["since"] is not None


def test_stale_figures_open_the_site_and_the_answer_says_why(books: Books) -> None:
    owing(books)
    rule(books)
    assert get(books)["state"] == "balance_only"
    books.now = READ_AT + timedelta(hours=2)
    answer = get(books)
    assert (answer["state"], answer["reason"], answer["rule"]) == ("open", "data_stale", None)
    assert answer["freshness"]["state"] == "stale"


def test_a_state_set_by_hand_tells_until_when(books: Books) -> None:
    owing(books)
    until = datetime(2999, 1, 1, tzinfo=UTC)
    with books.store.transaction() as tx:
        access_rules.add_override(tx, "ut11", PARTY, state="blocked", expires_at=until, **SIGNED)
    answer = get(books)
    assert (answer["state"], answer["reason"]) == ("blocked", "set_by_hand")
    assert answer["expires_at"] == "2999-01-01T03:00:00+03:00"


def test_trading_is_suspended_without_a_word_about_access(books: Books) -> None:
    owing(books)
    with books.store.transaction() as tx:
        trading.suspend(tx, "ut11", PARTY, from_on=date(2026, 11, 20), to_on=date(2026, 11, 30), **SIGNED)
    answer = get(books)
    assert answer["state"] == "open"
    assert answer["trading"] == {
        "status": "suspended",
        "decided_by": "site",
        "from_on": "2026-11-20",
        "to_on": "2026-11-30",
    }
    closed = {"name": "Покупатель", "kind": "company", "status": "closed"}
    books.put("counterparty", [record("counterparty", id=PARTY, **closed)])
    assert get(books)["trading"]["decided_by"] == "both"


def test_reasons_and_names_of_the_companys_people_do_not_leave(books: Books) -> None:
    owing(books)
    rule(books)
    with books.store.transaction() as tx:
        access_rules.add_override(tx, "ut11", PARTY, state="blocked", **SIGNED)
        trading.suspend(tx, "ut11", PARTY, from_on=date(2026, 11, 20), **SIGNED)
    told = str(get(books))
    assert not [word for word in SIGNED.values() if word in told]


@pytest.mark.parametrize(
    ("counterparty_id", "status", "code"),
    [
        (f"ut11:{STRANGER}", 404, "counterparty_not_found"),
        (f"elsewhere:{PARTY}", 404, "source_not_found"),
        ("nonsense", 400, "malformed_id"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    books: Books, counterparty_id: str, status: int, code: str
) -> None:
    assert get(books, counterparty_id, status)["code"] == code

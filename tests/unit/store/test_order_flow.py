from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from schemas import TABLES
from schemas.errors import InvalidValueError, StepRefusedError
from store import access_rules, approval_rules, events, order_flow, outbox, submissions, trading
from store.engine import Store
from store.submissions import Submission
from store.tables_of_orders import OUTBOX
from tests.unit.store.desk import SOURCE, Desk, row
from tests.unit.store.placing import PARTY, STAFF, Portal, books, order, owing, settings

CONTACT = TABLES["contact"]
SIGNED = {"by": "Ito", "reason": "house rule"}


@pytest.fixture
def portal(desk: Desk) -> Portal:
    books(desk)
    return Portal(desk.store, settings())


def rule(store: Store, **more: Any) -> int:
    with store.transaction() as tx:
        return approval_rules.add(tx, SOURCE, **SIGNED | more)


def waiting(store: Store) -> list[int]:
    with store.reading() as tx:
        return list(tx.connection.execute(select(OUTBOX.c.submission_number)).scalars())


def steps(store: Store, one: Submission) -> list[tuple[str, str, str | None]]:
    with store.reading() as tx:
        return [(step.after, step.by, step.why) for step in submissions.steps(tx, one)]


def refused(code: str) -> Any:
    return pytest.raises(StepRefusedError, check=lambda error: error.code == code)


def test_an_order_that_no_rule_holds_up_is_in_the_outbox_when_it_is_placed(portal: Portal) -> None:
    placed = portal.place()
    assert (placed.state, placed.why) == ("queued", None)
    assert placed.approved_digest == placed.digest != ""
    assert waiting(portal.store) == [placed.number]
    assert [state for state, _, _ in steps(portal.store, placed)] == ["approved", "queued"]
    assert portal.decision(placed).outcome == "pass"
    with refused("not_in_this_state"), portal.store.transaction() as tx:
        order_flow.place(tx, portal.settings, placed, "key:1")


def test_only_what_was_approved_may_be_pushed_and_a_change_needs_a_new_approval(portal: Portal) -> None:
    rule(portal.store, counterparty_id="party")
    placed = portal.place()
    assert (placed.state, placed.approved_digest) == ("awaiting_approval", None)
    assert waiting(portal.store) == []
    with portal.store.transaction() as tx:
        changed = order_flow.change(tx, placed, order(2000), "key:1")
    assert (changed.state, changed.version, changed.amount) == ("draft", 2, 2000)
    with portal.store.transaction() as tx:
        again = order_flow.place(tx, portal.settings, changed, "key:1")
    with refused("not_in_this_state"):
        portal.approve(placed)  # saw the first version
    approved = portal.approve(again)
    assert (approved.state, approved.approved_digest) == ("queued", again.digest)
    with refused("not_in_this_state"), portal.store.transaction() as tx:
        order_flow.change(tx, approved, order(3), "key:1")


def test_an_order_declined_may_be_changed_and_placed_again(portal: Portal) -> None:
    rule(portal.store)
    placed = portal.place()
    with refused("reason_missing"), portal.store.transaction() as tx:
        order_flow.decline(tx, placed, STAFF, " ")
    with portal.store.transaction() as tx:
        declined = order_flow.decline(tx, placed, STAFF, "too much")
        assert (declined.state, declined.why) == ("rejected", "declined")
        with refused("of_another_counterparty"):
            order_flow.change(tx, declined, order(1, counterparty_id="other"), "key:1")
        changed = order_flow.change(tx, declined, order(1), "key:1")
        again = order_flow.place(tx, portal.settings, changed, "key:1")
    assert again.state == "awaiting_approval"


def test_nobody_approves_what_he_placed_himself(portal: Portal) -> None:
    rule(portal.store)
    placed = portal.place(contact_id="anna")
    with refused("own_order"):
        portal.approve(placed, "key:2", contact_id="anna")
    assert portal.approve(placed, "key:2", contact_id="boris").state == "queued"


def test_rules_ask_for_branch_contact_currency_and_amount(desk: Desk, portal: Portal) -> None:
    people: dict[str, dict[str, Any]] = {"party": {}, "branch": {"head_id": "party"}, "stranger": {}}
    desk.whole(PARTY, *(row(PARTY, id=name, status="active", **own) for name, own in people.items()))
    desk.whole(CONTACT, row(CONTACT, id="anna"), row(CONTACT, id="boris"))
    cases: list[tuple[dict[str, Any], bool]] = [
        ({}, True),
        ({"counterparty_id": "party", "branch_id": "branch"}, True),
        ({"counterparty_id": "branch"}, True),
        ({"contact_id": "anna"}, True),
        ({"currency": "RUB", "amount": 1000}, True),
        ({"currency": "RUB", "amount": 1001}, False),
        ({"currency": "USD", "amount": 1}, False),
        ({"counterparty_id": "stranger"}, False),
        ({"contact_id": "boris"}, False),
    ]
    for place, (given, demands) in enumerate(cases):
        number = rule(portal.store, **given)
        placed = portal.place(f"Z-{place}", branch_id="branch", contact_id="anna")
        assert placed.state == ("awaiting_approval" if demands else "queued"), given
        with portal.store.transaction() as tx:
            approval_rules.end(tx, number, **SIGNED)


def test_a_rule_that_was_ended_demands_nothing(portal: Portal) -> None:
    number = rule(portal.store)
    with portal.store.transaction() as tx:
        approval_rules.end(tx, number, **SIGNED)
        assert approval_rules.list_(tx, SOURCE) == []
        assert [one.id for one in approval_rules.list_(tx, SOURCE, ended=True)] == [number]
    assert portal.place().state == "queued"


def test_a_rule_that_nobody_could_apply_is_not_kept(portal: Portal) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "amount": {"amount": 5},
        "currency": {"currency": "XXY"},
        "contact_id": {"contact_id": "nobody"},
        "branch_id": {"counterparty_id": "branch", "branch_id": "party"},
    }
    for field, given in wrong.items():
        with pytest.raises(InvalidValueError) as found:
            rule(portal.store, **given)
        assert found.value.field == field


def test_whom_the_company_does_not_trade_with_or_shut_out_gets_nowhere(portal: Portal) -> None:
    rule(portal.store)
    placed = portal.place()
    with portal.store.transaction() as tx:
        number = trading.suspend(tx, SOURCE, "party", from_on=datetime.now(UTC).date(), **SIGNED)
    with refused("trading_suspended"):
        portal.approve(placed)
    with refused("trading_suspended"):
        portal.place("Z-2")
    with portal.store.transaction() as tx:
        trading.end(tx, number, **SIGNED)
        access_rules.add_override(tx, SOURCE, "party", state="blocked", **SIGNED)
    with refused("access_blocked"):
        portal.approve(placed)
    with refused("unknown_counterparty"):
        portal.place("Z-3", counterparty_id="nobody")


def test_what_is_cancelled_before_the_push_is_cancelled_at_once(portal: Portal) -> None:
    queued = portal.place()
    cancelled = portal.cancel(queued)
    assert (cancelled.state, cancelled.why) == ("cancelled", "on_request")
    with portal.store.transaction() as tx:
        assert outbox.claim(tx, SOURCE, "worker", 60) is None
    with refused("not_in_this_state"):
        portal.cancel(cancelled)


def test_what_the_books_may_have_is_cancelled_by_the_worker(portal: Portal) -> None:
    sending = portal.pushed(portal.place(), "sending")
    asked = portal.cancel(sending)
    assert (asked.state, asked.cancel_asked_by) == ("sending", STAFF)
    assert portal.cancel(asked).cancel_asked_at == asked.cancel_asked_at
    refused_by_books = portal.pushed(portal.place("Z-2"), "sending", "rejected", why="creation_refused")
    assert portal.cancel(refused_by_books).state == "cancelled"
    posting = portal.pushed(portal.place("Z-3"), "sending", "created", ref_key="doc")
    assert portal.cancel(portal.pushed(posting, "rejected", why="posting_refused")).state == "rejected"


def test_what_goods_or_money_have_moved_for_is_cancelled_in_the_books_only(portal: Portal) -> None:
    confirmed = portal.pushed(portal.place(), "sending", "created", "posted", "confirmed", ref_key="doc")
    with portal.store.transaction() as tx:
        shipped = submissions.note(tx, confirmed, status="shipped_in_part")
    assert not order_flow.may_cancel(shipped)
    with refused("not_in_this_state"):
        portal.cancel(shipped)
    assert portal.cancel(portal.pushed(portal.place("Z-2"), "sending")).cancel_asked_by == STAFF


def test_who_cancels_waits_for_the_step_that_a_worker_is_at(portal: Portal) -> None:
    queued, at_it = portal.place(), Event()
    with portal.store.transaction() as tx:
        claim = outbox.claim(tx, SOURCE, "host:1:x", 60)
    assert claim is not None

    def work() -> None:
        with portal.store.transaction() as tx:
            current = outbox.check(tx, claim)
            at_it.set()
            time.sleep(0.1)
            submissions.step(tx, current, "sending", by="saldo push")

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work)
        at_it.wait(5)
        asked = portal.cancel(queued)
        worker.result()
    assert (asked.state, asked.cancel_asked_by) == ("sending", STAFF)


def test_a_hold_is_released_or_refused_with_a_reason(desk: Desk, portal: Portal) -> None:
    books(desk, limit=500)
    owing(desk, 100)
    held = portal.place()
    assert (held.state, held.why) == ("held", "over_limit")
    assert waiting(portal.store) == []
    with refused("reason_missing"):
        portal.release(held, "")
    released = portal.release(held)
    assert (released.state, released.why) == ("queued", "released")
    assert waiting(portal.store) == [released.number]
    other = portal.place("Z-2")
    with portal.store.transaction() as tx:
        no = order_flow.refuse(tx, other, STAFF, "first the old debts")
    assert (no.state, no.why) == ("rejected", "over_limit")
    with portal.store.reading() as tx:
        told = [one.type for one in events.read(tx)]
    assert told == [
        *("order.accepted", "order.approved", "order.held"),
        *("order.accepted", "order.approved", "order.held", "order.rejected"),
    ]


def test_two_orders_at_once_do_not_both_pass_under_a_limit_that_holds_one(desk: Desk, portal: Portal) -> None:
    books(desk, limit=1500)
    owing(desk, 100)
    drafts = [portal.draft(f"Z-{number}", order(1000)) for number in range(4)]

    def place(one: Submission) -> str:
        with portal.store.transaction() as tx:
            return order_flow.place(tx, portal.settings, one, "key:1").state

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(place, drafts)) == ["held", "held", "held", "queued"]


def test_figures_that_nobody_has_seen_or_that_are_old_hold_an_order(desk: Desk, portal: Portal) -> None:
    books(desk, limit=500_000)
    assert (portal.place().why, portal.decision(portal.place("Z-2")).findings[0].doubts) == (
        "not_checked",
        ("never_read",),
    )
    owing(desk, 100, seen=datetime.now(UTC) - timedelta(hours=2))
    assert portal.decision(portal.place("Z-3")).findings[0].doubts == ("stale",)
    owing(desk, 100)
    assert portal.place("Z-4").state == "queued"

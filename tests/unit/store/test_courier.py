"""Couriers: what they send in which order, when they try again, when they stop, and that two do no harm."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from assets.deliver import Delivered, deliver
from schemas.settings import Secret
from schemas.webhooks import DISABLED_AFTER, GIVEN_UP_AFTER, SPREAD, WAITS_S, Outcome
from store import api_keys, deliveries, delivery_log, webhooks
from store.delivery_log import Delivery
from store.engine import Store
from tests.unit.store.happenings import News

TAKEN, DOWN, REFUSED = Outcome(200, 0.1), Outcome(None, 10.0, "timeout"), Outcome(400, 0.1)


@dataclass
class Wire:
    """Stands in for `connectors.webhooks.Sender`: answers as it is told to, and keeps what it was given."""

    answering: Callable[[str, str], Outcome] = lambda _url, _id: TAKEN
    sent: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @contextmanager
    def line(self, url: str) -> Iterator[_Line]:
        yield _Line(self, url)

    def ids(self, url: str | None = None) -> list[str]:
        return [event for where, event in self.sent if url in (None, where)]


@dataclass
class _Line:
    wire: Wire
    url: str

    def post(self, message_id: str, body: bytes, secrets: Sequence[Secret]) -> Outcome:
        assert secrets
        self.wire.sent.append((self.url, message_id))
        self.wire.bodies.append(body)
        return self.wire.answering(self.url, message_id)


@dataclass
class Desk:
    """A courier with a clock of its own."""

    store: Store
    news: News
    wire: Wire = field(default_factory=Wire)
    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=1))

    def work(self) -> Delivered:
        return deliver(self.store, self.wire, lambda: self.now, budget_s=30)  # type: ignore[arg-type]

    def later(self, **after: float) -> Delivered:
        self.now += timedelta(**after)
        return self.work()

    def log(self, webhook_id: str) -> list[Delivery]:
        with self.store.reading() as tx:
            return delivery_log.page(tx, webhook_id, state=None, before=None, limit=99)[::-1]

    def webhook(self, webhook_id: str) -> webhooks.Webhook:
        with self.store.reading() as tx:
            return webhooks.must_get(tx, webhook_id)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, News(store))


def test_events_are_sent_in_order_and_noted(desk: Desk) -> None:
    made = desk.news.webhook()
    ids = desk.news.happen(*["balance.changed"] * 45)
    assert desk.work() == Delivered(delivered=45)
    assert desk.wire.ids() == ids
    assert desk.work() == Delivered()
    log = desk.log(made)
    assert [(one.event_id, one.state, one.attempts, one.last_status) for one in log] == [
        (event, "delivered", 1, 200) for event in ids
    ]
    assert [(one.status, one.seconds, one.error) for one in log[0].log] == [(200, 0.1, None)]


def test_a_message_says_what_happened_when_and_which_version_that_is(desk: Desk) -> None:
    desk.news.webhook()
    at = datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC)
    with desk.store.transaction() as tx:
        desk.news.happen_in(tx, "balance.changed", at=at)
    desk.work()
    (body,) = desk.wire.bodies
    assert json.loads(body) == {
        "type": "balance.changed",
        "timestamp": "2026-11-22T10:00:00.250000Z",
        "data": {"id": "ut11:00000000-0000-4000-8000-000000000003", "version": 1},
    }


def test_a_slow_receiver_does_not_hold_up_others(desk: Desk) -> None:
    slow, quick = "https://slow.example/", "https://quick.example/"
    desk.news.webhook(slow)
    desk.news.webhook(quick)
    ids = desk.news.happen(*["balance.changed"] * 30)
    all_quick = threading.Event()

    def answer(url: str, message: str) -> Outcome:
        if url == quick and message == ids[-1]:
            all_quick.set()
        if url == slow:
            assert all_quick.wait(10)
        return TAKEN

    desk.wire.answering = answer
    assert desk.work() == Delivered(delivered=60)


def test_a_failing_receiver_rests_and_gets_everything_in_order_later(desk: Desk) -> None:
    made = desk.news.webhook()
    ids = desk.news.happen(*["balance.changed"] * 3)
    desk.wire.answering = lambda _url, _id: DOWN
    assert desk.work() == Delivered(failed=1)
    assert desk.later(seconds=4) == Delivered()
    for _ in range(30):
        desk.later(minutes=5)
    assert desk.webhook(made).failing_since is not None
    tried = len(desk.wire.sent)
    assert tried <= 31
    desk.wire.answering = lambda _url, _id: TAKEN
    while not (found := desk.later(minutes=5)).delivered:  # until the next attempt at one of them
        assert len(desk.wire.sent) == tried
    assert found == Delivered(delivered=3)
    assert sorted(desk.wire.ids()[tried:]) == ids
    assert desk.webhook(made).failing_since is None
    assert [one.state for one in desk.log(made)] == ["delivered"] * 3


def test_one_message_that_is_refused_does_not_keep_the_others(desk: Desk) -> None:
    made = desk.news.webhook()
    bad, *good = desk.news.happen(*["balance.changed"] * 3)
    desk.wire.answering = lambda _url, message: REFUSED if message == bad else TAKEN
    for _ in range(3):
        desk.later(seconds=6)
    assert [one.state for one in desk.log(made)] == ["pending", "delivered", "delivered"]
    assert desk.wire.ids() == [bad, bad, *good]


def test_a_message_is_tried_for_three_days_ever_more_seldom_and_then_given_up(desk: Desk) -> None:
    made = desk.news.webhook()
    desk.news.happen("balance.changed")
    desk.wire.answering = lambda _url, _id: DOWN
    tried = [desk.now]
    desk.work()
    while (found := desk.log(made)[0]).state == "pending":
        desk.now = max(found.next_at, desk.webhook(made).resting_until or desk.now)
        tried.append(desk.now)
        desk.work()
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(tried)]
    assert len(waits) == len(WAITS_S)
    for waited, expected in zip(waits, WAITS_S, strict=True):
        assert expected <= waited <= max(expected * (1 + SPREAD), 10)
    assert (found.state, found.attempts, found.last_error) == ("given_up", 10, "timeout")
    assert tried[-1] - tried[0] >= GIVEN_UP_AFTER
    assert len(found.log) == 10
    with desk.store.reading() as tx:
        (standing,) = delivery_log.standings(tx)
    assert (standing.pending, standing.given_up) == (0, 1)
    assert standing.needs_somebody(desk.now)


def test_what_was_given_up_is_sent_when_it_is_replayed(desk: Desk) -> None:
    made = desk.news.webhook()
    desk.news.happen("balance.changed")
    desk.wire.answering = lambda _url, _id: DOWN
    desk.work()
    desk.later(hours=80)
    assert desk.log(made)[0].state == "given_up"
    with desk.store.transaction() as tx:
        assert deliveries.replay(tx, webhooks.must_get(tx, made), given_up=True) == 1
    desk.wire.answering = lambda _url, _id: TAKEN
    assert desk.later(minutes=6).delivered == 1
    with desk.store.reading() as tx:
        (standing,) = delivery_log.standings(tx)
    assert not standing.needs_somebody(desk.now)


def test_a_receiver_that_fails_for_five_days_is_left_alone(desk: Desk) -> None:
    made = desk.news.webhook()
    desk.wire.answering = lambda _url, _id: DOWN
    begun = desk.now
    while desk.webhook(made).disabled_at is None:
        desk.news.happen("balance.changed")
        desk.later(hours=8)
    assert desk.webhook(made).disabled_because == "failing"
    assert timedelta() <= desk.now - begun - DISABLED_AFTER <= timedelta(hours=8)
    tried = len(desk.wire.sent)
    desk.news.happen("balance.changed")
    desk.later(days=1)
    assert len(desk.wire.sent) == tried
    desk.wire.answering = lambda _url, _id: TAKEN
    with desk.store.transaction() as tx:
        waiting = deliveries.enable(tx, made)
    assert desk.later(days=1).delivered == waiting > 1


def test_who_says_that_nobody_is_there_is_asked_no_more(desk: Desk) -> None:
    made = desk.news.webhook()
    desk.news.happen("balance.changed", "balance.changed")
    desk.wire.answering = lambda _url, _id: Outcome(410, 0.1)
    assert desk.work() == Delivered(disabled=1)
    assert desk.webhook(made).disabled_because == "gone"
    desk.later(days=1)
    assert len(desk.wire.sent) == 1


def test_who_asks_for_time_gets_it(desk: Desk) -> None:
    made = desk.news.webhook()
    desk.news.happen("balance.changed", "balance.changed")
    desk.wire.answering = lambda _url, _id: Outcome(429, 0.1, asked=timedelta(minutes=20))
    desk.work()
    assert desk.webhook(made).resting_until == desk.now + timedelta(minutes=20)
    desk.later(minutes=19)
    assert len(desk.wire.sent) == 1
    desk.wire.answering = lambda _url, _id: TAKEN
    assert desk.later(minutes=2).delivered == 2


def test_two_couriers_at_once_send_each_message_once(desk: Desk) -> None:
    for number in range(4):
        desk.news.webhook(f"https://shop{number}.example/")
    ids = desk.news.happen(*["balance.changed"] * 20)
    under_way: set[tuple[str, str]] = set()
    crossed: list[tuple[str, str]] = []
    lock, both = threading.Lock(), threading.Barrier(2)

    def answer(url: str, message: str) -> Outcome:
        with lock:
            if (url, message) in under_way:
                crossed.append((url, message))
            under_way.add((url, message))
        threading.Event().wait(0.001)
        with lock:
            under_way.discard((url, message))
        return TAKEN

    desk.wire.answering = answer
    done: list[Delivered] = []

    def courier() -> None:
        both.wait()
        done.append(desk.work())

    couriers = [threading.Thread(target=courier) for _ in range(2)]
    for one in couriers:
        one.start()
    for one in couriers:
        one.join()
    assert crossed == []
    for number in range(4):
        assert desk.wire.ids(f"https://shop{number}.example/") == ids
    assert sum(one.delivered for one in done) == 80


def test_what_a_revoked_key_was_to_hear_is_not_sent(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        given: dict[str, Any] = {"name": "shop", "by": "test", "permissions": ("balances:read",)}
        key = api_keys.create(tx, **given)[0].number
    made = desk.news.webhook(key_number=key)
    desk.news.happen("balance.changed")
    with desk.store.transaction() as tx:
        api_keys.revoke(tx, key, by="test")
    assert desk.work() == Delivered()
    assert desk.webhook(made).disabled_because == "key_invalid"


def test_a_webhook_that_is_removed_or_disabled_meanwhile_gets_no_more(desk: Desk) -> None:
    removed, disabled = desk.news.webhook("https://a.example/"), desk.news.webhook("https://b.example/")
    desk.news.happen(*["balance.changed"] * 50)

    def answer(url: str, _message: str) -> Outcome:
        with desk.store.transaction() as tx:
            if url == "https://a.example/":
                webhooks.remove(tx, removed)
            else:
                webhooks.disable(tx, disabled, "by_hand", at=tx.now)
        return TAKEN

    desk.wire.answering = answer
    desk.work()
    assert len(desk.wire.sent) <= 40  # a round of each
    assert desk.log(removed) == []


def test_one_webhook_that_breaks_the_courier_stops_no_other(desk: Desk) -> None:
    bad, good = "https://bad.example/", "https://good.example/"
    desk.news.webhook(bad)
    desk.news.webhook(good)
    desk.news.happen("balance.changed")

    def answer(url: str, _message: str) -> Outcome:
        if url == bad:
            raise RuntimeError("a mistake of ours")
        return TAKEN

    desk.wire.answering = answer
    assert desk.work() == Delivered(delivered=1, failed=1)


def test_replays_and_changes_beside_a_courier_make_nobody_wait_for_ever(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    made = desk.news.webhook()
    ids = desk.news.happen(*["balance.changed"] * 40)
    begun = threading.Event()

    def answer(_url: str, _message: str) -> Outcome:
        begun.set()
        desk.now += timedelta(minutes=2)  # every failure is an outage, every answer hastens all that waits
        return DOWN if len(desk.wire.sent) % 3 == 0 else TAKEN

    def meddle() -> None:
        begun.wait(10)
        for _ in range(10):
            with desk.store.transaction() as tx:
                deliveries.replay(tx, webhooks.must_get(tx, made), event_ids=ids[::-1])
            with desk.store.transaction() as tx:
                deliveries.enable(tx, made)

    desk.wire.answering = answer
    thread = threading.Thread(target=meddle)
    thread.start()
    while thread.is_alive():
        desk.later(minutes=10)
    thread.join()
    desk.wire.answering = lambda _url, _id: TAKEN
    desk.later(hours=10)
    assert caplog.records == []
    assert desk.news.queued(made, "delivered") == ids


def test_no_message_is_begun_when_the_time_is_over(desk: Desk) -> None:
    desk.news.webhook()
    desk.news.happen("balance.changed")
    assert deliver(desk.store, desk.wire, lambda: desk.now, budget_s=0) == Delivered()  # type: ignore[arg-type]
    assert desk.wire.sent == []
    assert desk.work() == Delivered(delivered=1)

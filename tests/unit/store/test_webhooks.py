"""Who hears what: webhooks with their keys, and the deliveries that are queued for them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from schemas.api_keys import PERMISSIONS
from schemas.errors import InvalidValueError, StoreError
from schemas.events import EVENT_TYPES
from store import api_keys, deliveries, delivery_log, webhook_secrets, webhooks
from store.engine import Store
from store.tables_of_news import DELIVERY, DELIVERY_ATTEMPT
from tests.unit.store.happenings import BRANCH, HEAD, OTHER, News


@pytest.fixture
def news(store: Store) -> News:
    return News(store)


def key(store: Store, **bound: Any) -> str:
    with store.transaction() as tx:
        given = {"name": "shop", "by": "test", "permissions": PERMISSIONS, **bound}
        return api_keys.create(tx, **given)[0].number


def disable(store: Store, webhook_id: str) -> None:
    with store.transaction() as tx:
        webhooks.disable(tx, webhook_id, "by_hand", at=tx.now)


def enable(store: Store, webhook_id: str, key_number: str | None = None) -> int:
    with store.transaction() as tx:
        return deliveries.enable(tx, webhook_id, key_number)


def replay(store: Store, webhook_id: str, **which: Any) -> int:
    with store.transaction() as tx:
        return deliveries.replay(tx, webhooks.must_get(tx, webhook_id), **which)


def test_a_webhook_hears_what_happens_from_its_making_on(news: News) -> None:
    news.happen("balance.changed")
    made = news.webhook()
    after = news.happen("balance.changed", "document.ready")
    assert news.queued(made) == after


def test_it_hears_the_types_it_wants(news: News) -> None:
    some, every = news.webhook(events=("document.ready", "access.changed")), news.webhook()
    ids = news.happen(*EVENT_TYPES)
    wanted = [ids[EVENT_TYPES.index(one)] for one in ("document.ready", "access.changed")]
    assert news.queued(some) == wanted
    assert news.queued(every) == ids


def test_it_hears_of_the_source_and_the_counterparties_it_was_made_for(news: News) -> None:
    one_base = news.webhook(source="kyiv")
    one_party = news.webhook(source="ut11", counterparties=(BRANCH,))
    (here,) = news.happen("balance.changed", party=BRANCH)
    news.happen("balance.changed", party=HEAD)
    (there,) = news.happen("balance.changed", party=BRANCH, source="kyiv")
    (of_base,) = news.happen("sync.degraded", party=None, source="kyiv")
    assert news.queued(one_base) == [there, of_base]
    assert news.queued(one_party) == [here]


def test_a_bound_key_hears_of_its_company_only_as_the_company_is_now(news: News) -> None:
    news.parties()
    bound = key(news.store, source="ut11", counterparty_id=HEAD, reach="subtree")
    made = news.webhook(key_number=bound)
    own = [news.happen("balance.changed", party=party)[0] for party in (HEAD, BRANCH, OTHER)][:2]
    news.happen("balance.changed", party=HEAD, source="kyiv")
    news.happen("sync.degraded", party=None)
    assert news.queued(made) == own
    news.parties((OTHER, HEAD))
    assert news.queued(made) == own
    (later,) = news.happen("balance.changed", party=OTHER)
    assert news.queued(made) == [*own, later]


def test_a_key_hears_what_it_may_read(news: News) -> None:
    narrow = key(news.store, permissions=("documents:read", "webhooks:write"))
    made = news.webhook(key_number=narrow)
    ids = news.happen(*EVENT_TYPES)
    heard = [
        event for event, kind in zip(ids, EVENT_TYPES, strict=True) if kind[:8] in ("document", "payment.")
    ]
    assert news.queued(made) == heard


def test_a_revoked_key_hears_nothing_and_the_next_one_gets_all_of_it(news: News) -> None:
    old, new = key(news.store), key(news.store)
    made = news.webhook(key_number=old)
    before = news.happen("balance.changed")
    with news.store.transaction() as tx:
        api_keys.revoke(tx, old, by="test")
    meanwhile = news.happen("balance.changed", "overdue.changed")
    with news.store.reading() as tx:
        found = webhooks.must_get(tx, made)
    assert (found.disabled_because, news.queued(made)) == ("key_invalid", before)
    with pytest.raises(StoreError, match="revoked"):
        enable(news.store, made)
    assert enable(news.store, made, new) == 3
    assert news.queued(made) == [*before, *meanwhile]


def test_an_expired_key_hears_nothing(news: News) -> None:
    made = news.webhook(key_number=key(news.store, expires_at=datetime.now(UTC) + timedelta(milliseconds=1)))
    threading.Event().wait(0.002)
    news.happen("balance.changed")
    assert news.queued(made) == []


def test_what_happens_while_a_webhook_is_disabled_is_sent_once_it_is_enabled(news: News) -> None:
    made = news.webhook()
    waiting = news.happen("balance.changed")
    disable(news.store, made)
    meanwhile = news.happen("balance.changed", "document.ready")
    assert news.queued(made) == waiting
    disable(news.store, made)  # again: the moment it fell silent stays
    assert enable(news.store, made) == 3
    assert enable(news.store, made) == 3
    assert news.queued(made) == [*waiting, *meanwhile]


def test_none_is_missed_or_doubled_while_a_webhook_comes_and_goes(news: News) -> None:
    made = news.webhook()
    happened: list[str] = []

    def happening() -> None:
        for _ in range(25):
            happened.extend(news.happen("balance.changed"))

    thread = threading.Thread(target=happening)
    thread.start()
    while thread.is_alive():
        disable(news.store, made)
        enable(news.store, made)
    thread.join()
    enable(news.store, made)
    assert news.queued(made) == happened


def test_a_replay_sends_again_what_is_chosen(news: News) -> None:
    made = news.webhook(events=("balance.changed", "document.ready"))
    ids = news.happen("balance.changed", "document.ready", "access.changed")
    with news.store.transaction() as tx:
        tx.connection.execute(DELIVERY.update().values(state="delivered", attempts=3, delivered_at=tx.now))
        past = tx.now
    assert news.queued(made) == []
    assert replay(news.store, made, event_ids=ids[:1]) == 1
    assert news.queued(made) == ids[:1]
    assert replay(news.store, made, since=past - timedelta(hours=1)) == 2
    assert news.queued(made) == ids[:2]
    assert replay(news.store, made, since=past + timedelta(hours=1)) == 0
    assert replay(news.store, made, since=past - timedelta(hours=1), types=("document.ready",)) == 1
    assert replay(news.store, made, until=past - timedelta(hours=1)) == 0


def test_a_webhook_made_later_can_be_sent_what_came_before(news: News) -> None:
    ids = news.happen("balance.changed", "document.ready")
    made = news.webhook()
    assert replay(news.store, made, since=datetime.now(UTC) - timedelta(hours=1)) == 2
    assert news.queued(made) == ids


def test_a_replay_of_what_a_webhook_may_not_hear_is_refused(news: News) -> None:
    news.parties()
    made = news.webhook(key_number=key(news.store, source="ut11", counterparty_id=BRANCH))
    (strange,) = news.happen("balance.changed", party=OTHER)
    for ids in ([strange], ["evt_none"]):
        with pytest.raises(InvalidValueError, match="no events that this webhook hears"):
            replay(news.store, made, event_ids=ids)
    assert replay(news.store, made, since=datetime.now(UTC) - timedelta(hours=1)) == 0


def test_what_was_given_up_can_be_sent_again(news: News) -> None:
    made = news.webhook()
    lost, fine = news.happen("balance.changed", "document.ready")
    with news.store.transaction() as tx:
        first = select(func.min(DELIVERY.c.id)).scalar_subquery()
        tx.connection.execute(DELIVERY.update().values(state="delivered"))
        tx.connection.execute(DELIVERY.update().where(DELIVERY.c.id == first).values(state="given_up"))
    assert replay(news.store, made, given_up=True) == 1
    assert news.queued(made) == [lost]
    assert news.queued(made, "delivered") == [fine]


def test_a_secret_is_shown_once_and_the_old_one_signs_for_a_day_beside_the_new(news: News) -> None:
    made, first = news.webhook_with_secret("https://shop.example/hook")
    with news.store.transaction() as tx:
        second = webhook_secrets.rotate(tx, made)
        now = tx.now

    def valid(after: timedelta) -> list[str]:
        with news.store.reading() as tx:
            return [one.value for one in webhook_secrets.valid(tx, made, now + after)]

    assert valid(timedelta(hours=23)) == [second.value, first]
    assert valid(timedelta(hours=25)) == [second.value]
    for _ in range(9):
        with news.store.transaction() as tx:
            newest = webhook_secrets.rotate(tx, made)
    assert valid(timedelta(0))[0] == newest.value
    assert len(valid(timedelta(0))) == webhook_secrets.MOST


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hook",
        "ftp://shop.example",
        "https://",
        "https://user:word@shop.example/",
        "https://shop.example/#part",
        "https://shop.example/a b",
        "https://магазин.example/",
        "https://shop.example:port/",
        "https://[::1/",
        "https://10.0.0.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://shop.example/" + "a" * 2000,
    ],
)
def test_addresses_that_events_must_not_go_to_are_refused(news: News, url: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        news.webhook(url)
    assert refused.value.field == "url"


def test_hosts_that_the_settings_name_may_be_near_and_plain(news: News) -> None:
    news.webhook("http://127.0.0.1:8080/", own_hosts=("127.0.0.1",))
    news.webhook("http://crm.local:8080/", own_hosts=("crm.local:8080",))
    with pytest.raises(InvalidValueError, match="not https"):
        news.webhook("http://crm.local/", own_hosts=("crm.local:8080",))


def test_a_webhook_that_nobody_would_understand_is_refused(news: News) -> None:
    for given in ({"events": ("no.such",)}, {"events": ()}):
        with pytest.raises(InvalidValueError, match="no such type"):
            news.webhook(**given)
    with pytest.raises(InvalidValueError, match="of one source"):
        news.webhook(counterparties=(OTHER,))


def test_a_key_has_so_many_webhooks_at_most(news: News) -> None:
    number = key(news.store)
    for _ in range(webhooks.MOST):
        news.webhook(key_number=number)
    with pytest.raises(StoreError, match="may have"):
        news.webhook(key_number=number)
    news.webhook(key_number=key(news.store))


def test_a_webhook_is_seen_by_its_own_key(news: News) -> None:
    mine, others = key(news.store), key(news.store)
    made = news.webhook(key_number=mine)
    with news.store.reading() as tx:
        assert webhooks.get(tx, made, mine) is not None
        assert webhooks.get(tx, made, others) is None
        assert [one.id for one in webhooks.every(tx, mine)] == [made]
        assert webhooks.every(tx, others) == []
        with pytest.raises(StoreError, match="no webhook"):
            webhooks.must_get(tx, "wh_none")


def test_a_removed_webhook_leaves_nothing_behind(news: News) -> None:
    made, stays = news.webhook(), news.webhook()
    news.happen("balance.changed")
    with news.store.transaction() as tx:
        webhooks.remove(tx, made)
    with news.store.reading() as tx:
        assert webhooks.get(tx, made) is None
        assert tx.connection.execute(select(DELIVERY.c.webhook_id)).scalars().all() == [stays]
        assert tx.connection.execute(select(DELIVERY_ATTEMPT)).all() == []


def test_deliveries_of_dropped_events_are_dropped(news: News) -> None:
    made = news.webhook()
    news.happen("balance.changed", "document.ready")
    with news.store.transaction() as tx:
        first = tx.connection.execute(select(func.min(DELIVERY.c.event_number))).scalar_one()
        deliveries.drop_of(tx, [first])
    with news.store.reading() as tx:
        assert [one.type for one in delivery_log.page(tx, made, state=None, before=None, limit=9)] == [
            "document.ready"
        ]

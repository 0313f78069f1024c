"""What receivers were told goes along into a new database, and nothing of it is told again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from assets import telling
from assets.replay import replay_into
from assets.telling import Told
from schemas.api_keys import STOREFRONT
from store import api_keys, copying, events, news
from store.engine import Store
from store.tables_of_news import TOLD
from tests.e2e.shop import SOURCE, Shop

TOPICS = ("balance", "overdue", "access", "trading", "document", "sync")


def told(store: Store) -> list[tuple[object, ...]]:
    column = TOLD.c
    wanted = select(column.topic, column.subject_id, column.version, column.state)
    with store.reading() as tx:
        rows = tx.connection.execute(wanted.where(column.topic.in_(TOPICS)))
        return sorted((tuple(row) for row in rows), key=repr)


def tell(shop: Shop, store: Store) -> Told:
    return telling.tell(store, shop.settings, shop.source, datetime.now(UTC), budget_s=600)


def into(shop: Shop, url: str) -> Store:
    target = copying.new(url, shop.settings.landing_url)
    replay_into(shop.store, target, (shop.source,), run_id="again")
    return target


def to_a_new_database_and_on(shop: Shop, url: str) -> None:
    shop.load()
    assert tell(shop, shop.store).events == 0
    shop.live()
    first = tell(shop, shop.store)
    assert first.events > 0
    assert first.done
    with shop.store.transaction() as tx:
        _, key = api_keys.create(tx, name="portal", by="Ito", permissions=STOREFRONT)
        before = news.version(tx, SOURCE)
    target = into(shop, url)
    assert told(target) == told(shop.store)
    again = tell(shop, target)
    assert (again.events, again.done) == (0, True)
    assert again.looked_at > 0
    with target.reading() as tx:
        assert len(events.read(tx, limit=100_000)) == first.events
        assert api_keys.find(tx, key) is not None
        assert news.version(tx, SOURCE) > before
    there = replace(shop, store=target)
    there.live()
    assert tell(there, target).events > 0
    target.close()


def test_a_new_database_tells_only_what_is_new(shop_on_any: Shop, tmp_path: Path) -> None:
    to_a_new_database_and_on(shop_on_any, f"sqlite:///{tmp_path / 'new.db'}")


@pytest.mark.postgres
def test_a_store_that_moves_to_postgresql_tells_only_what_is_new(shop: Shop, postgres_url: str) -> None:
    to_a_new_database_and_on(shop, postgres_url)

"""The store again from the landed bytes, on both databases, without the accounting system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from assets import replay as replaying
from assets.preview import preview
from assets.replay import replay, replay_into
from connectors.odata import ODataClient
from mappings.readers import Reader
from schemas.errors import StoreError
from schemas.source import RawPage, RawUnit, Scope
from store import comparing, copying, landing
from store.engine import Store
from store.record_tables import STORED
from store.tables import LANDING_PAGE
from tests.e2e.shop import SOURCE, Shop

ROOT = Path(__file__).parents[2]


def differing(first: Store, second: Store) -> list[str]:
    return [str(found) for found in comparing.differences(first, second)]


def into(shop: Shop, url: str) -> Store:
    target = copying.new(url, shop.settings.landing_url)
    replayed = replay_into(shop.store, target, (shop.source,), run_id="again")
    assert not replayed[SOURCE].unreadable
    return target


def stamps(store: Store) -> list[tuple[object, ...]]:
    """What a comparison leaves out on purpose."""
    rows: list[tuple[object, ...]] = []
    with store.reading() as tx:
        for table in STORED.values():
            wanted = [table.c[name] for name in ("changed_at", "gone_at", "run_id") if name in table.c]
            keys = list(table.primary_key)
            rows += map(tuple, tx.connection.execute(select(*keys, *wanted).order_by(*keys)))
    return sorted(rows, key=repr)


def test_a_replay_into_a_new_database_gives_a_store_equal_to_the_living_one(
    shop_on_any: Shop, tmp_path: Path
) -> None:
    shop = shop_on_any
    shop.live()
    target = into(shop, f"sqlite:///{tmp_path / 'new.db'}")
    assert differing(shop.store, target) == []
    assert stamps(shop.store) == stamps(target)
    target.close()


@pytest.mark.postgres
def test_a_store_moves_from_sqlite_to_postgresql_and_goes_on_there(shop: Shop, postgres_url: str) -> None:
    shop.live()
    target = into(shop, postgres_url)
    assert differing(shop.store, target) == []
    with target.reading() as tx:
        last = tx.connection.execute(select(func.max(LANDING_PAGE.c.id))).scalar_one()
    there = replace(shop, store=target)
    there.load("currency", run_id="next")
    with target.reading() as tx:
        assert tx.connection.execute(select(func.max(LANDING_PAGE.c.id))).scalar_one() == last + 1
    target.close()


def test_a_replay_in_place_changes_nothing_and_mends_what_was_harmed(
    shop_on_any: Shop, tmp_path: Path
) -> None:
    shop = shop_on_any
    shop.live()
    sound = into(shop, f"sqlite:///{tmp_path / 'sound.db'}")
    again = replay(shop.store, shop.source, shop.source.entities, run_id="again")
    assert sum(counts.changed + counts.inserted + counts.gone for counts in again.counts.values()) == 0
    with shop.store.transaction() as tx:
        tx.connection.execute(text("UPDATE settlement_entry SET amount = amount + 100 WHERE gone_at IS NULL"))
        tx.connection.execute(text("DELETE FROM currency"))
        living = "SELECT id FROM document WHERE gone_at IS NULL"
        tx.connection.execute(text(f"DELETE FROM document_line WHERE document_id IN ({living})"))
    assert differing(sound, shop.store)
    replay(shop.store, shop.source, shop.source.entities, run_id="mended")
    assert differing(sound, shop.store) == []
    sound.close()


def test_a_replay_does_not_ask_the_accounting_system(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.load("currency", "counterparty")
    monkeypatch.setattr("requests.sessions.Session.request", lambda *_, **__: pytest.fail("asked"))
    replayed = replay(shop.store, shop.source, shop.source.entities, run_id="again")
    assert replayed.counts["counterparty"].unchanged > 0


def test_a_database_that_holds_anything_is_refused_untouched(shop: Shop, tmp_path: Path) -> None:
    shop.load("currency")
    with pytest.raises(StoreError, match="not empty"):
        copying.new(shop.settings.database_url, shop.settings.landing_url)
    strange = Store.open(f"sqlite:///{tmp_path / 'strange.db'}", shop.settings.landing_url)
    with strange.transaction() as tx:
        tx.connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(StoreError, match="not empty"):
        copying.new(f"sqlite:///{tmp_path / 'strange.db'}", shop.settings.landing_url)
    strange.close()


PROGRAM = """
import os, signal, sys
from pathlib import Path
from assets.replay import replay_into
from assets.source import sources
from schemas import settings_file
from store import copying
from store.engine import Store

settings = settings_file.load(Path(os.environ["SALDO_CONFIG"]), os.environ)
live = Store.open(settings.database_url, settings.landing_url)
target = copying.new(sys.argv[1], settings.landing_url)

def killed(entity, done, total):
    if (entity, done) == (sys.argv[2], int(sys.argv[3])):
        os.kill(os.getpid(), signal.SIGKILL)

replay_into(live, target, sources(settings), run_id="again", progress=killed)
"""


@pytest.mark.parametrize(("entity", "done"), [("currency", 0), ("shipping_note", 1), ("due_entry", 2)])
def test_a_replay_that_was_killed_is_finished_by_the_next(
    shop: Shop, tmp_path: Path, entity: str, done: int
) -> None:
    shop.live()
    url = f"sqlite:///{tmp_path / 'new.db'}"
    command = [sys.executable, "-c", PROGRAM, url, entity, str(done)]
    killed = subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=False)
    assert killed.returncode == -signal.SIGKILL
    target = into(shop, url)
    assert differing(shop.store, target) == []
    target.close()
    with pytest.raises(StoreError, match="not empty"):
        copying.new(url, shop.settings.landing_url)


def test_a_unit_that_no_declaration_reads_is_reported_and_holds_up_nothing(shop: Shop) -> None:
    shop.load("currency", "organization")
    page = replace(_a_page(shop, "currency"), body=b"<html>not an answer</html>")
    landing.save(shop.store, SOURCE, "currency", RawUnit(Scope(), (page,)), run_id="bad")
    replayed = replay(shop.store, shop.source, shop.source.entities, run_id="again")
    assert len(replayed.unreadable) == 1
    assert replayed.counts["organization"].read > 0


def _a_page(shop: Shop, entity: str) -> RawPage:
    with ODataClient(shop.source.settings) as client:
        return next(iter(client.read(shop.source.entity(entity).source_set, None, None))).pages[0]


def doubled(reader: Reader) -> Reader:
    convert = reader.convert
    assert convert is not None
    return replace(reader, options="doubled", convert=lambda *given: 2 * convert(*given))


def test_a_preview_lists_the_balances_a_changed_mapping_would_move_and_writes_nothing(
    shop_on_any: Shop,
) -> None:
    shop = shop_on_any
    shop.live()
    declared = shop.source
    entries = tuple(
        replace(one, fields={**one.fields, "amount": doubled(one.fields["amount"])})
        if one.name == "settlement_entry"
        else one
        for one in declared.entities
    )
    changed = replace(declared, entities=entries)
    before = copy_of(shop.store)
    shown = preview(shop.store, changed, [changed.entity("settlement_entry")], run_id="try")
    assert copy_of(shop.store) == before
    assert shown.moved
    assert all(one.then == 2 * one.now for one in shown.moved)
    assert shown.rows["settlement_entry"]["changed"] > 0
    assert shown.rows["settlement_entry"]["added"] == shown.rows["settlement_entry"]["removed"] == 0
    replay(shop.store, changed, [changed.entity("settlement_entry")], run_id="done")
    nothing = preview(shop.store, changed, changed.entities, run_id="try")
    assert (nothing.moved, nothing.rows) == ((), {})


def copy_of(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as tx:
        return [
            tuple(row)
            for table in (*STORED.values(), *comparing.COMPARED)
            for row in tx.connection.execute(select(table))
        ]


def test_entities_are_replayed_after_those_they_need(shop: Shop) -> None:
    ordered = replaying.in_order_of_needs(list(reversed(shop.source.entities)))
    seen: set[str] = set()
    for entity in ordered:
        assert set(entity.needs) <= seen
        seen.add(entity.name)
    assert len(ordered) == len(shop.source.entities)

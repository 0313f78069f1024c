"""What the desk's Today reads: failures that nobody undid, and what is held, by kind."""

from __future__ import annotations

from datetime import timedelta

from store import operations, rejections
from store.batch import Rejection
from store.engine import Store
from store.operations import Kind


def fail(store: Store, kind: Kind, party: str | None, run_id: str) -> None:
    with store.transaction() as tx:
        operations.ask(tx, kind, "ut11", party, key_number="user:vera", most=9)
        operations.take(tx, kind, "ut11", run_id)
        operations.fail(tx, run_id, error="internal_error", hint="Look.")


def failed(store: Store) -> list[tuple[str, str | None]]:
    with store.reading() as tx:
        return [(one.kind, one.counterparty_id) for one in operations.failed(tx, tx.now - timedelta(days=1))]


def test_a_failure_counts_until_the_same_is_asked_again_with_more_luck(store: Store) -> None:
    fail(store, "compare", None, "run-1")
    fail(store, "sync", "party-1", "run-2")
    assert failed(store) == [("compare", None), ("sync", "party-1")]
    with store.transaction() as tx:
        operations.ask(tx, "sync", "kyiv", "party-1", key_number="1", most=9)
        operations.ask(tx, "compare", "ut11", None, key_number="1", most=9)
    assert failed(store) == [("sync", "party-1")]
    fail(store, "sync", "party-1", "run-3")
    assert failed(store) == [("sync", "party-1")] * 2
    with store.reading() as tx:
        assert operations.failed(tx, tx.now + timedelta(seconds=1)) == []
        newest = operations.latest(tx, "compare", "ut11")
    assert newest is not None
    assert newest.state == "pending"


def test_what_is_held_is_counted_by_record_with_its_oldest(store: Store) -> None:
    def hold(entity: str, *fields: str) -> None:
        with store.transaction() as tx:
            found = [Rejection("one", field, (), "no", "Mend it.", 1, 0) for field in fields]
            rejections.save(tx, "ut11", entity, found, step="map")

    hold("item", "a", "b")
    hold("contract", "a")
    with store.reading() as tx:
        counted = rejections.by_entity(tx, "ut11")
        oldest = rejections.open_(tx, "ut11", "item")[0].first_seen_at
        assert rejections.by_entity(tx, "kyiv") == {}
    assert list(counted) == ["contract", "item"]
    assert counted["item"] == (1, oldest)
    assert counted["contract"][1] > oldest

from __future__ import annotations

from store import exchange_nodes, pauses
from store.engine import Store
from tests.unit.store.desk import SOURCE


def test_a_source_is_paused_until_it_is_resumed(store: Store) -> None:
    with store.transaction() as tx:
        assert pauses.get(tx, SOURCE) is None
        first = pauses.pause(tx, SOURCE, by="Ito", reason="inventory")
    with store.transaction() as tx:
        again = pauses.pause(tx, SOURCE, by="Yamada", reason="backup")
        assert (again.paused_at, again.reason) == (first.paused_at, "backup")
        assert pauses.get(tx, SOURCE) == again
        assert pauses.get(tx, "other") is None
    with store.transaction() as tx:
        assert pauses.resume(tx, SOURCE)
        assert not pauses.resume(tx, SOURCE)


def test_a_blocked_exchange_keeps_what_was_confirmed(store: Store) -> None:
    with store.transaction() as tx:
        assert exchange_nodes.get(tx, SOURCE) is None
        exchange_nodes.confirmed(tx, SOURCE, "hub", 7, at=tx.now)
        before = exchange_nodes.get(tx, SOURCE)
    with store.transaction() as tx:
        exchange_nodes.blocked(tx, SOURCE, "hub", "a control character", "mend the document")
        found = exchange_nodes.get(tx, SOURCE)
        now = tx.now
    assert before is not None
    assert found is not None
    assert (found.message_no, found.confirmed_at) == (7, before.confirmed_at)
    assert (found.blocked, found.blocked_hint) == ("a control character", "mend the document")
    assert found.looked_at == now
    with store.transaction() as tx:
        exchange_nodes.looked(tx, SOURCE, "hub", 7, at=tx.now)
        found = exchange_nodes.get(tx, SOURCE)
    assert found is not None
    assert (found.blocked, found.blocked_hint, found.confirmed_at) == (None, None, before.confirmed_at)


def test_an_exchange_that_never_worked_may_be_blocked(store: Store) -> None:
    with store.transaction() as tx:
        exchange_nodes.blocked(tx, SOURCE, "hub", "no such plan", "name it")
        found = exchange_nodes.get(tx, SOURCE)
    assert found is not None
    assert (found.message_no, found.confirmed_at) == (0, None)

from __future__ import annotations

import threading
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from schemas.errors import ConfigurationError
from store import records, watermarks
from store.engine import Store, connect
from tests.unit.store.desk import DOCUMENT, SOURCE, Desk, document, month


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://host/base"])
def test_a_database_that_cannot_be_used_is_refused_with_the_way_out(url: str) -> None:
    with pytest.raises(ConfigurationError, match="Set database_url to sqlite:///path"):
        connect(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_taken(scheme: str) -> None:
    engine = connect(f"{scheme}://user:secret@localhost:1/base")
    assert engine.url.drivername == "postgresql+psycopg"


def test_sqlite_is_opened_for_several_processes(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'a.db'}", "memory://engine")
    with store.reading() as tx:
        names = ("journal_mode", "synchronous", "busy_timeout")
        values = [tx.connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]
    store.close()
    assert values == ["wal", 2, 30_000]  # 2: a commit outlives a power cut


def test_an_error_of_the_database_does_not_tell_what_was_written(desk: Desk) -> None:
    """It goes into logs, and what is written names people, sums and what they wrote."""
    with desk.store.transaction() as tx, pytest.raises(SQLAlchemyError) as met:
        tx.connection.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Ivanov"})
    assert "Ivanov" not in str(met.value)


def test_a_transaction_commits_at_its_end_or_not_at_all(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        watermarks.put(tx, SOURCE, "kept", None, unit_id=None, run_id="r")
        assert tx.now.tzinfo is UTC
    with pytest.raises(ZeroDivisionError):
        put_and_fail(desk.store)
    with desk.store.reading() as tx:
        found = tx.connection.execute(text("SELECT entity FROM watermark")).scalars().all()
    assert found == ["kept"]


def put_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        watermarks.put(tx, SOURCE, "undone", None, unit_id=None, run_id="r")
        raise ZeroDivisionError


def test_a_reader_sees_one_state_while_another_writes(desk: Desk) -> None:
    desk.documents(month(3), document("a"))
    with desk.store.reading() as tx:
        before = records.count(tx, DOCUMENT, SOURCE)
        desk.documents(month(4), document("b", "2026-04-05T00:00:00"))
        assert records.count(tx, DOCUMENT, SOURCE) == before
    with desk.store.reading() as tx:
        assert records.count(tx, DOCUMENT, SOURCE) == 2


def test_two_writers_of_different_entities_wait_for_each_other(desk: Desk) -> None:
    failed: list[Exception] = []

    def write(entity: str) -> None:
        try:
            for number in range(5):
                unit = desk.land(month(3), f"{entity}{number}".encode(), entity=entity)
                desk.merge(unit, {DOCUMENT: [document(f"{entity}-{n}") for n in range(20)]}, entity=entity)
        except Exception as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(entity,)) for entity in ("invoice", "shipping_note")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    with desk.store.reading() as tx:
        assert records.count(tx, DOCUMENT, SOURCE) == 40

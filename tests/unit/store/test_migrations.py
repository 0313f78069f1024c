from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, Table, select

from schemas import TABLES
from store import (
    migrations,
    record_tables,
    tables,
    tables_of_api,
    tables_of_change,
    tables_of_desk,
    tables_of_news,
    tables_of_orders,
    tables_of_proof,
    tables_of_site,
    tables_of_statements,
)
from store.engine import Store, connect
from store.metadata import METADATA

MODULES = (
    record_tables,
    tables,
    tables_of_api,
    tables_of_change,
    tables_of_desk,
    tables_of_news,
    tables_of_orders,
    tables_of_proof,
    tables_of_site,
    tables_of_statements,
)  # what fills METADATA


def test_the_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    migrations.upgrade(database_url)
    engine = connect(database_url)
    with engine.connect() as connection:
        options = {"version_table": migrations.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_database_is_brought_up_once_and_then_left_alone(database_url: str, tmp_path: Path) -> None:
    store = Store.open(database_url, f"file://{tmp_path}")
    assert not migrations.is_current(store)
    migrations.upgrade(database_url)
    migrations.upgrade(database_url)
    assert migrations.is_current(store)
    store.close()


def test_processes_that_migrate_at_once_wait_for_each_other(database_url: str) -> None:
    failed: list[Exception] = []

    def migrate() -> None:
        try:
            migrations.upgrade(database_url)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_every_migration_can_be_taken_back(sqlite_url: str) -> None:
    migrations.upgrade(sqlite_url)
    engine = connect(sqlite_url)
    with engine.connect() as connection, connection.begin():
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = connection.dialect.get_table_names(connection)
    engine.dispose()
    assert set(left) <= {migrations.VERSION_TABLE, "sqlite_sequence"}


def test_items_that_are_there_can_be_looked_for_after_the_migration(database_url: str) -> None:
    engine = connect(database_url)
    with engine.connect() as connection, connection.begin():
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        words = dict.fromkeys(("version", "kind", "entity", "mapping_digest", "run_id"), "")
        item = record_tables.STORED[TABLES["item"]]
        old = Table(
            "item", MetaData(), *(Column(one.name, one.type) for one in item.c if one.name != "search")
        )
        row = {"source": "ut11", "id": "1", "code": "00-1", "article": "Ц-400", "name": "ЦЕМЕНТ"}
        row |= {"full_name": "Цемент М400", "deletion_mark": False, "landing_id": 1, "place": 0}
        connection.execute(old.insert().values(**words, **row, changed_at=datetime(2026, 3, 5, tzinfo=UTC)))
    migrations.upgrade_engine(engine)
    with engine.connect() as connection:
        found = connection.execute(select(item.c.search)).scalar_one()
    engine.dispose()
    assert found == "00-1\nц-400\nцемент\nцемент м400"


def test_the_history_has_one_line() -> None:
    script = ScriptDirectory.from_config(migrations.configuration())
    assert len(script.get_heads()) == 1
    assert len(list(script.walk_revisions())) == len(list(Path(script.versions).glob("0*.py")))


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=str)
def test_names_fit_postgresql(table: object) -> None:
    names = [index.name for index in getattr(table, "indexes", ())]
    assert all(name is not None and len(name) <= 63 for name in names)

"""A migrated store on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from tests import postgres
from tests.migrated import empty, migrate
from tests.unit.store.desk import Desk


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str) -> Iterator[str]:
    """One migrated database, emptied before each test: making a new one each time takes ten times longer."""
    with postgres.database(postgres_server) as url:
        migrate(url)
        yield url


@pytest.fixture
def migrated_postgres(shared_postgres: str) -> str:
    empty(shared_postgres)
    return shared_postgres


@pytest.fixture
def migrated_sqlite(sqlite_url: str) -> str:
    migrate(sqlite_url)
    return sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store with its landing in a folder, on both databases."""
    name = "migrated_sqlite" if request.param == "sqlite" else "migrated_postgres"
    opened = Store.open(request.getfixturevalue(name), f"file://{tmp_path / 'landing'}")
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)

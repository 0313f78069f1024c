"""A migrated store on each database, made by copying one migrated once."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store import migrations
from store.engine import Store
from store.metadata import METADATA
from tests.unit.store.desk import Desk


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = Path(tmp_path_factory.mktemp("migrated")) / "store.db"
    migrations.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def shared_postgres(postgres_server: str) -> str:
    """One migrated database, emptied before each test: making a new one each time takes ten times longer."""
    name = f"saldo_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = postgres_server.replace("/postgres?", f"/{name}?")
    migrations.upgrade(url)
    return url


@pytest.fixture
def migrated_postgres(shared_postgres: str) -> str:
    tables = ", ".join(f'"{name}"' for name in METADATA.tables)
    with psycopg.connect(shared_postgres, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
    return shared_postgres


@pytest.fixture
def migrated_sqlite(migrated_file: Path, tmp_path: Path) -> str:
    shutil.copy(migrated_file, tmp_path / "store.db")
    return f"sqlite:///{tmp_path / 'store.db'}"


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

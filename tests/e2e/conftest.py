"""Fixtures of the end-to-end tests: a tiny company, its base behind real HTTP, the hub on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions
from tests.e2e.shop import open_shop as open_shop
from tests.e2e.shop import shop as shop
from tests.e2e.shop import shop_on_any as shop_on_any
from tests.e2e.world import SOURCE, World, make_world


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'saldo.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'saldo.db'}"


@pytest.fixture
def books() -> Iterator[Base]:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny"))
    yield base
    base.close()


@pytest.fixture
def server(books: Base) -> Iterator[Server]:
    with running(books, ServerOptions(name=SOURCE)) as served:
        yield served


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[World]:
    made = make_world(tmp_path, monkeypatch, database_url, server)
    yield made
    made.store.close()
    made.instance.dispose()


@pytest.fixture
def world_that_lands_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[World]:
    made = make_world(tmp_path, monkeypatch, database_url, server, 'select = "all"')
    yield made
    made.store.close()
    made.instance.dispose()


@pytest.fixture
def world_on_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, any_database: str, server: Server
) -> Iterator[World]:
    made = make_world(tmp_path, monkeypatch, any_database, server)
    yield made
    made.store.close()
    made.instance.dispose()


@pytest.fixture
def world_by_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, any_database: str, server: Server
) -> Iterator[World]:
    """Changes come from the exchange plan, whose node 002 is the site."""
    plan = ('changes = "exchange"', 'exchange_plan = "ДляODATA"', 'exchange_node = "002"')
    made = make_world(tmp_path, monkeypatch, any_database, server, *plan, "brake_rows = 20")
    yield made
    made.store.close()
    made.instance.dispose()

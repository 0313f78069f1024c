"""A company's books, landed and mapped without Dagster: what replay, verify and retention work on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets.map import map_pending
from assets.source import Source, sources
from connectors.odata import ODataClient
from schemas import settings_file
from schemas.settings import HubSettings
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions
from store import balances, landing
from store.engine import Store
from tests.migrated import migrate

SOURCE = "ut11"
SETTINGS = """\
id = "ut11"
title = "Test base"
base_url = "{url}"
user = "{user}"
password_env = "TEST_PASSWORD"
time_zone = "Europe/Moscow"
history_from = {year}-01-01
[limits]
page_rows = 100
"""
NOTES = "Document_РеализацияТоваровУслуг"


@dataclass
class Shop:
    """The books' `base`, the hub's `store` for them, and `load` to read whole sets."""

    base: Base
    home: Path
    settings: HubSettings
    store: Store

    @property
    def source(self) -> Source:
        return sources(self.settings)[0]

    def load(self, *entities: str, run_id: str = "load") -> None:
        """Read the whole of every entity (or of those named), land it, map it, and refresh the balances."""
        source = self.source
        with ODataClient(source.settings) as client:
            for entity in source.entities:
                if entities and entity.name not in entities:
                    continue
                for unit in client.read(entity.source_set, None, None):
                    landing.save(self.store, SOURCE, entity.name, unit, run_id=run_id)
                map_pending(self.store, source.settings, entity, run_id=run_id)
        with self.store.transaction() as tx:
            balances.refresh(tx, SOURCE)

    def live(self) -> None:
        """A life: documents changed, shortened, moved and deleted, between three readings."""
        self.load()
        notes = [one for one in self.base.iterate(NOTES) if one["Posted"] and len(one["Товары"]) > 1]
        moved = (datetime.fromisoformat(str(notes[3]["Date"])) - timedelta(days=40)).isoformat()
        self.base.write(
            NOTES,
            [
                {**notes[0], "Комментарий": "changed"},
                {**notes[1], "Товары": notes[1]["Товары"][:1]},
                {**notes[3], "Date": moved},
            ],
        )
        self.base.delete(NOTES, notes[2]["Ref_Key"])
        self.load("shipping_note", "settlement_entry", "due_entry", run_id="load-2")
        self.load("counterparty", "contract", run_id="load-3")


Open = Callable[[str], Shop]


@contextmanager
def shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens shops on databases of the test's choice."""
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny"))
    opened: list[Shop] = []
    with running(base, ServerOptions(name=SOURCE)) as server:

        def open_one(database_url: str) -> Shop:
            opened.append(_opened(server, base, tmp_path, monkeypatch, database_url))
            return opened[-1]

        yield open_one
    for shop in opened:
        shop.store.close()
    base.close()


@contextmanager
def opened_for(
    server: Server, base: Base, home: Path, patch: pytest.MonkeyPatch, more: str = ""
) -> Iterator[Shop]:
    """A shop over a base that somebody else serves, on SQLite; `more` are settings of the source."""
    shop = _opened(server, base, home, patch, f"sqlite:///{home / 'store.db'}", more)
    yield shop
    shop.store.close()


def _opened(
    server: Server, base: Base, home: Path, patch: pytest.MonkeyPatch, database_url: str, more: str = ""
) -> Shop:
    (home / "sources").mkdir()
    text = SETTINGS.format(url=server.url, user=server.user, year=datetime.now(UTC).year - 3)
    (home / "sources/ut11.toml").write_text(text + more, encoding="utf-8")
    hub = f'[hub]\ndatabase_url = "{database_url}"\nlanding_url = "file://{home}/landing"\n'
    (home / "saldo.toml").write_text(hub, encoding="utf-8")
    environ = {"SALDO_CONFIG": str(home / "saldo.toml"), "TEST_PASSWORD": server.password}
    for name, value in environ.items():
        patch.setenv(name, value)
    migrate(database_url)
    settings = settings_file.load(home / "saldo.toml", environ)
    return Shop(base, home, settings, Store.open(settings.database_url, settings.landing_url))


@pytest.fixture
def open_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    with shops(tmp_path, monkeypatch) as opening:
        yield opening


@pytest.fixture
def shop(open_shop: Open, sqlite_url: str) -> Shop:
    return open_shop(sqlite_url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop_on_any(request: pytest.FixtureRequest, open_shop: Open) -> Shop:
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return open_shop(str(request.getfixturevalue(name)))

"""A small world: a simulated base behind real HTTP, the hub's settings for it, Dagster in this process."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets import sync
from assets.land import Reading
from assets.source import Source, sources
from assets.sync import Run
from connectors.odata import ODataClient
from jobs.definitions import defs
from schemas import settings_file
from schemas.api_keys import PERMISSIONS
from schemas.settings import HubSettings
from simulator.base import Base
from simulator.server import Server
from store import api_keys
from store.engine import Store
from tests.migrated import migrate

SOURCE = "ut11"


@dataclass
class World:
    """What a test touches: the books' `base`, its `server`, the hub's `store`, and `pull` to run jobs."""

    base: Base
    server: Server
    home: Path
    settings: HubSettings
    store: Store
    environ: Mapping[str, str] = field(repr=False)
    instance: dg.DagsterInstance = field(repr=False)

    def api_key(self) -> str:
        """A new key of the API that may do everything."""
        with self.store.transaction() as tx:
            return api_keys.create(tx, name="test", by="test", permissions=PERMISSIONS)[1]

    @property
    def source(self) -> Source:
        return sources(self.settings)[0]

    def load(self) -> None:
        """Read everything there is, without Dagster: where a test is not about it, it is most of the time."""
        run = Run(uuid.uuid4().hex, "full_load")
        with ODataClient(self.source.settings) as client:
            for entity in self.source.entities:
                sync.land_entity(self.store, client, entity, Reading(), run)
        for entity in self.source.entities:
            sync.map_entity(self.store, self.source, entity, run)
        sync.refresh_balances(self.store, self.source, everything=True)

    def pull(
        self,
        job: str = "full_load",
        *,
        only: tuple[str, ...] = (),
        partition: str | None = None,
        run_config: Mapping[str, Any] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """Run a job of the source as Dagster would; `only` names entities, both their stages."""
        keys = [dg.AssetKey([SOURCE, stage, name]) for name in only for stage in ("landing", "site")]
        definition = defs().resolve_job_def(f"{SOURCE}_{job}")
        return definition.execute_in_process(
            instance=self.instance,
            raise_on_error=False,
            asset_selection=keys or None,
            partition_key=partition,
            run_config=run_config,
        )


def make_world(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    server: Server,
    *lines: str,
) -> World:
    """`lines` are more lines of the source's file."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / f"{SOURCE}.toml").write_text(
        f'id = "{SOURCE}"\ntitle = "Test base"\nbase_url = "{server.url}"\nuser = "{server.user}"\n'
        f'password_env = "TEST_PASSWORD"\ntime_zone = "Europe/Moscow"\n'
        f"history_from = {datetime.now(UTC).year - 3}-01-01\n"
        + "".join(f"{line}\n" for line in lines)
        + "[limits]\nsessions = 2\nattempts = 2\nretry_for_s = 2\npage_rows = 100\n",
        encoding="utf-8",
    )
    path = tmp_path / "saldo.toml"
    landing = f"file://{tmp_path / 'landing'}"
    path.write_text(f'[hub]\ndatabase_url = "{database_url}"\nlanding_url = "{landing}"\n', encoding="utf-8")
    environ = {"SALDO_CONFIG": str(path), "TEST_PASSWORD": server.password}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    migrate(database_url)
    settings = settings_file.load(path, environ)
    store = Store.open(settings.database_url, settings.landing_url)
    instance = dg.DagsterInstance.ephemeral()
    return World(server.base, server, tmp_path, settings, store, environ, instance)

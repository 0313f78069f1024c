"""A hub with a company's books, the desk on a port of its own, and the process that draws statements."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvicorn

from assets import sync, telling
from assets.land import Reading
from assets.sync import Run
from connectors.odata import ODataClient
from desk.app import create_app
from desk.frame import passwords
from schemas import TABLES
from schemas.languages import LANGUAGES
from schemas.orders import Order, OrderLine
from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.server import Server, running
from simulator.settings import ServerOptions
from store import balances, catalog, desk_users, order_flow, records
from store.balances import ContractTotal
from store.catalog import ItemFilters
from store.submissions import Submission
from tests.e2e.shop import SOURCE, Shop, opened_for

PASSWORD = "four words of summer"
READY_S = 60.0
TAKES_ORDERS = """\
[orders]
accept = true
chosen_key = true
over_stock = "hold"
"""


@dataclass
class Hub:
    """`shop` has the books and the store, `url` is where people open the desk."""

    shop: Shop
    server: Server
    url: str

    def read(self, *families: str) -> None:
        """Pull as the assets do: land, map, derive balances, hold them against what was agreed; then tell.

        The whole of some families, or of all.
        """
        run = Run(uuid4().hex, "sync")
        with ODataClient(self.shop.source.settings) as client:
            for entity in self.shop.source.entities:
                if not families or entity.family in families:
                    sync.land_entity(self.shop.store, client, entity, Reading(full=True), run)
                    sync.map_entity(self.shop.store, self.shop.source, entity, run)
        sync.refresh_balances(self.shop.store, self.shop.source)
        telling.tell(self.shop.store, self.shop.settings, self.shop.source, datetime.now(UTC))

    def happen(self, what: str, **about: str) -> None:
        """Make something happen in the accounting system, by its control address."""
        assert self.server.control is not None
        request = urllib.request.Request(f"{self.server.control.url}/do/{what}", json.dumps(about).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200

    def places(self, pieces: int) -> Submission:
        """An order of a customer whose debt has no limit; of more pieces than there are it is held."""
        with self.shop.store.transaction() as tx:
            owing = {one.contract_id: one for one in balances.totals(tx, SOURCE) if one.currency == "RUB"}
            free = (
                records.get(tx, TABLES["contract"], SOURCE, (key,)) for key in sorted(filter(None, owing))
            )
            contract: Any = next(
                one for one in free if one and one.credit_limit is None and not one.blocks_when_overdue
            )
            item = catalog.items(tx, ItemFilters(), sources=[SOURCE], after=None, limit=1).rows[0]
            line = OrderLine(item_id=item.id, quantity=pieces * 1_000_000, price=10_000, amount=pieces)
            said = Order(
                counterparty_id=contract.counterparty_id,
                organization_id=contract.organization_id,
                contract_id=contract.id,
                currency="RUB",
                lines=(line,),
                amount=pieces,
            )
            kept = order_flow.draft(tx, SOURCE, uuid4().hex[:12], said, "key:1")
            return order_flow.place(tx, self.shop.settings, kept, "key:1")

    def customers(self) -> list[ContractTotal]:
        """Who owes something in roubles, most of all first; each counterparty once."""
        with self.shop.store.reading() as tx:
            totals = [one for one in balances.totals(tx, SOURCE) if one.currency == "RUB" and one.debt > 0]
        first = {one.counterparty_id: one for one in sorted(totals, key=lambda one: one.debt)}
        return sorted(first.values(), key=lambda one: -one.debt)


@contextmanager
def serving(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Everything that a person at the desk needs; three of them, one for each language, may sign in."""
    base = Base(TRADE)
    build(base, CompanyOptions(seed=7, size="tiny"))
    options = ServerOptions(name=SOURCE, control=True)
    with running(base, options) as server, opened_for(server, base, folder, patch, TAKES_ORDERS) as shop:
        patch.setenv("DAGSTER_HOME", str(_dagster_home(folder)))
        with drawing(folder) as worker:
            _people(shop)
            with _desk(shop) as url:
                hub = Hub(shop, server, url)
                hub.read()
                _wait_until_ready(worker, folder / "worker.log")
                yield hub
    base.close()


def _people(shop: Shop) -> None:
    with shop.store.transaction() as tx:
        for language in LANGUAGES:
            name = {"ru": "Вера", "uk": "Віра", "en": "Vera"}[language]
            given = {"login": f"vera-{language}", "name": name, "role": "admin", "language": language}
            desk_users.add(tx, by="saldo", password_hash=passwords.hashed(PASSWORD), **given)


@contextmanager
def _desk(shop: Shop) -> Iterator[str]:
    app = create_app(replace(shop.settings, api_per_minute=100_000), shop.store)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the desk did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _dagster_home(folder: Path) -> Path:
    home = folder / "dagster"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    return home


@contextmanager
def drawing(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The warm process of `saldo serve`."""
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.worker"], stdout=log, stderr=subprocess.STDOUT, env=os.environ
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_until_ready(worker: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + READY_S
    while "ready" not in (said := log.read_text(encoding="utf-8")):
        assert worker.poll() is None, said
        assert time.monotonic() < give_up, said
        time.sleep(0.1)

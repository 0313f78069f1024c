"""A base that takes orders, and a hub that knows just enough of it: what a test of the push needs, quickly."""

from __future__ import annotations

import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from assets import push, sync
from assets.land import Reading
from assets.push import Pushed
from assets.source import Source, sources
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.orders import Order, OrderLine, total
from schemas.settings import HubSettings, Limits, OrderSettings, Secret, SourceSettings, Timeouts
from schemas.submissions import State
from simulator.base import Base
from simulator.configuration import TRADE
from simulator.faults import Fault
from simulator.server import Server, running
from store import outbox, outbox_attempts, submissions
from store.blobs import Blobs
from store.engine import Store, connect
from store.submissions import Submission
from store.tables_of_orders import OUTBOX
from tests.contract.simulator.small_base import GOODS, PARTY, RUB, fill, guid
from tests.migrated import migrate

SOURCE = "ut11"
ORDER = "Document_ЗаказКлиента"
CREATES = f"{ORDER}?"
FIRM, CONTRACT = guid(50), guid(51)
KNOWN = ("organization", "currency", "counterparty", "contract", "item", "unit", "vat_rate")
POSTS = "/Post"


@dataclass
class Ordering:
    """`settings` are the source's; `server` is the base over HTTP."""

    base: Base
    server: Server
    store: Store
    settings: SourceSettings

    @property
    def source(self) -> Source:
        return sources(HubSettings("", "", (self.settings,)))[0]

    def client(self, source: Source) -> AbstractContextManager[ODataClient]:
        return ODataClient(source.settings)

    def push(self, **options: Any) -> list[Pushed]:
        run = Run(uuid.uuid4().hex, "ut11_orders")
        return push.work(self.store, self.source, self.client, run, **options)

    def queued(self, reference: str = "S-1", price: int = 50_050_000) -> Submission:
        """An approved order, in the outbox."""
        line = OrderLine(item_id=GOODS, quantity=2_000_000, price=price, amount=price // 5_000)
        order = Order(
            counterparty_id=PARTY, organization_id=FIRM, contract_id=CONTRACT, comment="до обеда", currency="RUB",
            lines=(line,), amount=total((line,), prices_include_vat=True),
        )  # fmt: skip
        named = {"counterparty_id": PARTY, "amount": order.amount, "currency": "RUB"}
        with self.store.transaction() as tx:
            one = submissions.add(
                tx, source=SOURCE, kind="order", lane=PARTY, reference=reference, body=order.body(), by="test",
                named=named,
            )  # fmt: skip
            one = submissions.step(tx, one, "approved", by="test", approved_digest=one.digest)
            one = submissions.step(tx, one, "queued", by="test")
            outbox.queue(tx, one)
        return one

    def now(self, one: Submission) -> Submission:
        with self.store.reading() as tx:
            return submissions.by_number(tx, one.number)

    def states(self, one: Submission) -> list[State]:
        """Those it went through since it was queued."""
        with self.store.reading() as tx:
            return [step.after for step in submissions.steps(tx, one)][2:]

    def attempts(self, one: Submission) -> list[tuple[str, str]]:
        with self.store.reading() as tx:
            return [(x.action, x.outcome) for x in outbox_attempts.of_submission(tx, one.number)]

    def due(self) -> None:
        """Time passes: whatever waits is due."""
        with self.store.transaction() as tx:
            tx.connection.execute(OUTBOX.update().values(next_at=tx.now, held_until=None))

    def wish(self, one: Submission) -> None:
        """Somebody wishes to cancel it, whatever it is."""
        with self.store.transaction() as tx:
            asked = {
                "cancel_asked_at": tx.now,
                "cancel_asked_by": "key:1",
                "cancel_reason": "changed my mind",
            }
            outbox.wake(tx, submissions.note(tx, one, **asked))

    def papers(self) -> list[dict[str, Any]]:
        """The orders in the books that the hub made."""
        return [row for row in self.base.iterate(ORDER) if row["НомерПоДаннымКлиента"]]

    def fault(self, kind: Any, match: str = ORDER, method: str = "POST", **more: Any) -> None:
        self.server.faults.add(Fault(kind, match=match, method=method, **more))


Open = Callable[..., Ordering]


def _books() -> Base:
    base = Base(TRADE)
    fill(base)
    base.write("Catalog_Организации", [{"Ref_Key": FIRM, "Description": "Firm", "Префикс": "ТД"}])
    own = {"Контрагент_Key": PARTY, "Организация_Key": FIRM, "ВалютаВзаиморасчетов_Key": RUB}
    base.write("Catalog_ДоговорыКонтрагентов", [{"Ref_Key": CONTRACT, "Description": "K", **own}])
    return base


def _settings(server: Server, **orders: Any) -> SourceSettings:
    return SourceSettings(
        id=SOURCE, title="Base", base_url=server.url, user=server.user, password=Secret(server.password),
        time_zone=ZoneInfo("Europe/Moscow"), history_from=date(2025, 1, 1),
        limits=Limits(sessions=2, attempts=1, retry_for_s=1), timeouts=Timeouts(connect_s=2, read_s=2, totals_s=2),
        orders=replace(OrderSettings(accept=True, chosen_key=True), **orders),
    )  # fmt: skip


@cache
def _store() -> bytes:
    """A store that has read the base, as its file: reading it for each test takes longer than the test."""
    with tempfile.TemporaryDirectory() as home, closing(_books()) as base, running(base) as server:
        url, settings = f"sqlite:///{home}/saldo.db", _settings(server)
        migrate(url)
        store = Store.open(url, f"file://{home}/landing")
        one = Ordering(base, server, store, settings)
        with ODataClient(settings) as client:
            for entity in (one.source.entity(name) for name in KNOWN):
                run = Run("load", "load")
                sync.land_entity(store, client, entity, Reading(), run)
                sync.map_entity(store, one.source, entity, run)
        store.close()
        with sqlite3.connect(f"{home}/saldo.db") as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return Path(home, "saldo.db").read_bytes()


@cache
def _engine(home: Path) -> Engine:
    """One for all tests of a process: it keeps its statements compiled, which costs more than a push."""
    return connect(f"sqlite:///{home / 'ordering.db'}")


def _as_read(engine: Engine) -> Engine:
    """Put the database back to where it has just read the base. Nobody may be connected."""
    path = Path(engine.url.database or "")
    for behind in ("-wal", "-shm"):
        path.with_name(path.name + behind).unlink(missing_ok=True)
    path.write_bytes(_store())
    return engine


@pytest.fixture
def ordering(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens one with these settings of orders, once in a test."""
    with ExitStack() as opened:

        def open_(**orders: Any) -> Ordering:
            base = opened.enter_context(closing(_books()))
            server = opened.enter_context(running(base))
            engine = _as_read(_engine(tmp_path_factory.getbasetemp()))
            store = opened.enter_context(closing(Store(engine, Blobs.open(f"file://{tmp_path / 'landing'}"))))
            return Ordering(base, server, store, _settings(server, **orders))

        yield open_


def is_through(world: Ordering, one: Submission) -> None:
    """Confirmed, and there once."""
    (paper,) = world.papers()
    assert (world.now(one).state, world.now(one).ref_key) == ("confirmed", paper["Ref_Key"])
    assert (paper["Posted"], paper["DeletionMark"]) == (True, False)

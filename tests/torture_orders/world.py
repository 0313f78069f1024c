"""One tortured hub with its books, its storefront and its workers, and what was counted."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import psutil
from litestar.testing import TestClient
from sqlalchemy import select, update

from api.app import create_app
from schemas.api_keys import STOREFRONT
from schemas.settings import HubSettings, Limits, OrderSettings, Secret, SourceSettings, Timeouts
from simulator.settings import DEFAULT_PASSWORD, DEFAULT_USER
from store import api_keys, approval_rules, migrations, order_strangers, outbox
from store.engine import Store
from store.tables_of_orders import OUTBOX, SUBMISSION
from tests.torture.crew import LOOK_S, Crew, Worker
from tests.torture_orders import content, wanted
from tests.torture_orders.books import SOURCE, Books, Buyer, Goods
from tests.torture_orders.databases import Database
from tests.torture_orders.figures import Figures
from tests.torture_orders.people import People
from tests.torture_orders.points import Strike
from tests.torture_orders.storefront import Storefront
from tests.torture_orders.wanted import APPROVED_FROM, Wanted
from tests.torture_orders.worker import Done, Job, main

CLAIM_S = 1  # a worker that is asleep for longer has lost what it had
SETTLES_S = 2  # without chosen keys: longer than the books are ever at a request here
READ_S = 0.5
ITEMS = 25
LONG_AGO_S = 10**6
ZONE = ZoneInfo("Europe/Moscow")


def today() -> date:
    return datetime.now(ZONE).date()


@dataclass(slots=True)
class World:
    """`chosen_keys`: whether the books keep the reference that a new order comes with. `without` names the guards of
    the hub that are taken out, to see that they are missed.
    """

    home: Path
    database: Database
    seed: int
    chosen_keys: bool
    without: tuple[str, ...] = ()
    random: Random = field(init=False)
    books: Books = field(init=False)
    settings: HubSettings = field(init=False)
    store: Store = field(init=False)
    storefront: Storefront = field(init=False)
    people: People = field(init=False)
    buyers: list[Buyer] = field(init=False)
    shelf: list[Goods] = field(init=False)
    ruled: set[str] = field(default_factory=set)  # counterparties whose orders are approved from an amount on
    figures: Figures = field(default_factory=Figures)
    crew: Crew = field(default_factory=lambda: Crew(main))
    workers: list[Worker] = field(default_factory=list)
    orders: list[Wanted] = field(default_factory=list)
    accused: set[tuple[str, str]] = field(
        default_factory=set
    )  # orders, and what of them is a finding already
    _open: ExitStack = field(default_factory=ExitStack)
    _keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.books = Books(self.home, self.seed, chosen_keys=self.chosen_keys)
        self.buyers = self.books.buyers()
        self.shelf = self.books.goods(self.random, ITEMS)
        self.settings = self._settings()
        migrations.upgrade(self.database.url)
        with self._opened() as store, store.transaction() as tx:
            for who in ("storefront", "approver"):
                given = {"name": who, "by": "torture", "permissions": STOREFRONT}
                self._keys[who] = api_keys.create(tx, **given)[1]
        self.run("pull")
        self.open()
        self._set_rules()

    def _settings(self) -> HubSettings:
        orders = OrderSettings(
            accept=True,
            chosen_key=self.books.chosen_keys,
            settle_after_s=SETTLES_S,
            overdue="warn",
            constants={"Склад_Key": self.books.warehouse},
        )
        source = SourceSettings(
            id=SOURCE,
            title="Tortured base",
            base_url=self.books.server.url,
            user=DEFAULT_USER,
            password=Secret(DEFAULT_PASSWORD),
            time_zone=ZONE,
            history_from=date(today().year - 3, 1, 1),
            limits=Limits(sessions=3, attempts=2, retry_for_s=1, lease_s=CLAIM_S),
            timeouts=Timeouts(connect_s=2, read_s=READ_S, totals_s=5),
            orders=orders,
        )
        landing = f"file://{self.home / 'landing'}"
        return HubSettings(
            self.database.url, landing, (source,), fresh_for_s=LONG_AGO_S, api_per_minute=LONG_AGO_S
        )

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        store = Store.open(self.settings.database_url, self.settings.landing_url)
        try:
            yield store
        finally:
            store.close()

    def open(self) -> None:
        """Connect to the hub's database, and serve the API."""
        self._open = ExitStack()
        self.store = self._open.enter_context(self._opened())
        app = create_app(self.settings, self.store)
        client = self._open.enter_context(TestClient(app, raise_server_exceptions=False))
        self.storefront = Storefront(self.random, self.figures, client, self._keys)
        self.people = People(
            self.store, self.settings, self.storefront, self.random, self.figures, self.shelf
        )

    def disconnect(self) -> None:
        self._open.close()

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
        self.disconnect()
        self.books.close()

    def _set_rules(self) -> None:
        """Every third company approves its orders from an amount on."""
        self.ruled = {one.counterparty for one in self.buyers[::3]}
        with self.store.transaction() as tx:
            for counterparty in sorted(self.ruled):
                amount = {"currency": "RUB", "amount": int(APPROVED_FROM * 100)}
                told = {"by": "torture", "reason": "as the company wishes"}
                approval_rules.add(tx, SOURCE, counterparty_id=counterparty, **told, **amount)

    def wish(self, buyer: Buyer | None = None, *, dear: bool = False) -> Wanted:
        """One more order that somebody wants; a dear one is above the amount from which orders are approved."""
        buyer = buyer or self.random.choice(self.buyers)
        said = content.some(self.random, self.shelf, today() + timedelta(days=1))
        while dear and said.total < APPROVED_FROM:
            said = content.some(self.random, self.shelf, said.wished_on)
        reference = f"T-{self.seed}-{len(self.orders) + 1}"
        one = wanted.imagine(self.random, reference, buyer, said, needs_rule=buyer.counterparty in self.ruled)
        self.orders.append(one)
        self.figures.add("orders wanted")
        return one

    def start(self, command: str, *, strike: Strike | None = None, **request: Any) -> Worker:
        asleep = strike is not None and strike.signal == signal.SIGSTOP
        settings = self._with_sessions(1) if asleep else self.settings
        worker = self.crew.start(Job(command, settings, CLAIM_S, strike, self.without, request))
        self.workers.append(worker)
        self.figures.add("workers" if command == "push" else f"other processes: {command}")
        return worker

    def _with_sessions(self, sessions: int) -> HubSettings:
        """For one that falls asleep: no thread beside it does so within a transaction, which everybody waits for."""
        source = self.settings.sources[0]
        limits = replace(source.limits, sessions=sessions)
        return replace(self.settings, sources=(replace(source, limits=limits),))

    def finish(self, worker: Worker) -> Done | None:
        """Wait for what it says, and count what it met. None where it was killed."""
        done = worker.wait()
        self.workers.remove(worker)
        if done is None:
            if not worker.killed and worker.job.strike is None:
                self.figures.find("crashes", f"{worker.job.command} ended without a word")
            return None
        if done.error:
            self.figures.errors[done.error] += 1
        if done.crash:
            self.figures.find("crashes", f"{done.command}: {done.crash}")
        return done

    def run(self, command: str, *, strike: Strike | None = None, **request: Any) -> Done | None:
        return self.finish(self.start(command, strike=strike, **request))

    def kill(self, worker: Worker) -> None:
        worker.kill()
        self.figures.add("kills", int(worker.killed))

    def let_time_pass(self) -> None:
        """Whatever waits for its next try is looked at now. What was sent was sent as long ago as it was."""
        with self.store.transaction() as tx:
            tx.connection.execute(update(OUTBOX).values(next_at=tx.now))

    def told_by_the_check(self) -> set[str]:
        """Documents that carry an order which this hub forgot, or ended without asking the books."""
        with self.store.reading() as tx:
            return {one.ref_key for one in order_strangers.of(tx, SOURCE)}

    def is_due(self) -> bool:
        """Whether a worker would find something to do."""
        with self.store.reading() as tx:
            return bool(outbox.waiting(tx))

    def count(self) -> None:
        struck = self.books.server.faults.struck
        self.figures.counts["faults"] = struck.total()
        self.figures.counts["requests to 1C"] = self.books.requests
        self.figures.faults = struck

    def states(self) -> dict[str, str]:
        """The state of each order by its id."""
        with self.store.reading() as tx:
            found = tx.connection.execute(select(SUBMISSION.c.id, SUBMISSION.c.state))
            return {row.id: row.state for row in found}

    def note_death(self, worker: Worker, state: str, way: str) -> None:
        """Where it died: on which way, at which point, and what the store then says of its order."""
        self.figures.add("kills")
        self.figures.deaths[f"{way}: {worker.job.strike.point}{f' ({state})' if state else ''}"] += 1

    def sleeps(self, worker: Worker) -> bool:
        """Whether it has put itself to sleep; False where it came to its end before."""
        while worker.alive:
            if psutil.Process(worker.process.pid).status() == psutil.STATUS_STOPPED:
                worker.paused = True
                return True
            if worker.answer.poll(LOOK_S):
                return False
        return False

    def wake(self, worker: Worker) -> None:
        worker.resume()

    def key(self, who: str) -> str:
        return self._keys[who]

    @property
    def has_forgotten(self) -> bool:
        return self.figures.counts["restored backups"] > 0

    def restore(self) -> None:
        """Everybody stops; the hub comes back as it was at the last backup, and has forgotten the rest."""
        for worker in list(self.workers):
            self.kill(worker)
            self.finish(worker)
        self.disconnect()
        self.database.restore()
        self.open()
        for one in self.orders:
            one.state, one.key_is_kept = "", False  # nobody knows any more
        self.figures.add("restored backups")

    def back_up(self) -> None:
        self.disconnect()
        self.database.back_up()
        self.open()
        self.figures.add("backups")

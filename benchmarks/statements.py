"""From asking for a statement to the hub's own, and to both compared, with a running worker, on the demo's company.

Beside it the bare drawing of the same statements in one process: both drawings and their comparison, without rows,
runs, landing or files. The gate: every statement agrees, and says what the bare drawing says.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from assets import ordinary, reconciliation
from assets.source import Source, sources
from assets.sync import Run
from benchmarks import servers
from connectors.odata import ODataClient
from jobs import home as homes
from jobs.location import SETTINGS_VARIABLE
from schemas import settings_file
from schemas.reconciliation_differences import compare
from schemas.statements import Asked
from store import (
    balances,
    migrations,
    operations,
    statement_bodies,
    statement_choices,
    statement_requests,
    statements,
)
from store.engine import Store
from store.operations import Operation
from store.statements import StatementRow
from store.tables import LANDING_UNIT
from store.tables_of_statements import STATEMENT_DRAWING

SOURCE, PASSWORD = "bench", "SALDO_BENCH_PASSWORD"
LOOK_S = 0.005
GIVE_UP_S = 60.0
TODAY = date.today()  # noqa: DTZ011
PERIODS = tuple((TODAY - timedelta(days), TODAY) for days in (365, 180, 90, 30))


@dataclass
class Times:
    """Seconds; `books` is what the accounting system itself took."""

    first: list[float] = field(default_factory=list)
    both: list[float] = field(default_factory=list)
    without_books: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    bare_without_books: list[float] = field(default_factory=list)


def run(home: Path, server: Any, given: argparse.Namespace, console: Console) -> int:
    table = Table("database", "way", "work", "p50 ms", "p95 ms", title=f"{given.statements} statements each")
    for column in table.columns[3:]:
        column.justify = "right"
    with servers.simulator(home / "statements.db", "demo") as base:
        for database in ("sqlite", "postgresql"):
            for way in ("soap", "odata"):
                with _hub(home, server, base, database, way) as (store, source):
                    times = _measured(store, source, given.statements)
                for work, seconds in vars(times).items():
                    table.add_row(database, way, work.replace("_", " "), *_told(seconds))
    console.print(table)
    return 0


@contextmanager
def _hub(
    home: Path, server: Any, base: dict[str, str], database: str, way: str
) -> Iterator[tuple[Store, Source]]:
    """A hub that has pulled everything, and a worker that is ready."""
    place = home / f"statements-{database}-{way}"
    (place / "sources").mkdir(parents=True)
    url = f"sqlite:///{place / 'store.db'}" if database == "sqlite" else servers.database(server, place.name)
    _settings(place, url, base, way)
    os.environ.update({SETTINGS_VARIABLE: str(place / "saldo.toml"), PASSWORD: base["password"]})
    settings = settings_file.load(place / "saldo.toml", os.environ)
    migrations.upgrade(url)
    store, source = Store.open(settings.database_url, settings.landing_url), sources(settings)[0]
    with ODataClient(source.settings) as client:
        ordinary.pull(store, client, source, Run("load", "benchmark"), source.entities)
    if database == "postgresql":
        servers.settle(url)
    dagster = homes.dagster_home({}, place / "dagster")
    homes.initialise(dagster)
    environ = {**os.environ, homes.HOME_VARIABLE: str(dagster)}
    with (place / "worker.log").open("wb") as log:
        worker = subprocess.Popen([sys.executable, "-m", "jobs.worker"], env=environ, stderr=log)
        try:
            _until(lambda: b"ready" in (place / "worker.log").read_bytes())
            yield store, source
        finally:
            worker.terminate()
            worker.wait()
            store.close()


def _settings(place: Path, url: str, base: dict[str, str], way: str) -> None:
    lines = [
        f'id = "{SOURCE}"', 'title = "Benchmark"', f'base_url = "{base["base"]}"', f'user = "{base["user"]}"',
        f'password_env = "{PASSWORD}"', 'time_zone = "Europe/Moscow"', f"history_from = {TODAY.year - 3}-01-01",
    ]  # fmt: skip
    if way == "soap":
        lines.append(f'soap_url = "{base["base"].replace("/odata/standard.odata", "/ws/saldo.1cws")}"')
    (place / "sources" / f"{SOURCE}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    landing = f"file://{place / 'landing'}"
    hub = f'[hub]\ndatabase_url = "{url}"\nlanding_url = "{landing}"\n'
    (place / "saldo.toml").write_text(hub, encoding="utf-8")


def _measured(store: Store, source: Source, count: int) -> Times:
    """One after the other, as somebody at a desk asks; the first, of another period, does not count."""
    asked, times = _questions(store, count + 1), Times()
    for place, one in enumerate(asked):
        first, both, row = _ask(store, one)
        seconds = _seconds_of_books(store, row)
        bare, bare_books, said = _bare(store, source, one)
        with store.reading() as tx:
            kept = [statement_bodies.body(x) for x in statements.shown(tx, row)]
        if row.verdict != "agrees" or kept != said:
            raise SystemExit(f"statement {row.number} {row.verdict}: its time means nothing")
        if place:
            times.first.append(first)
            times.both.append(both)
            times.without_books.append(both - seconds)
            times.bare.append(bare)
            times.bare_without_books.append(bare - bare_books)
    return times


def _questions(store: Store, count: int) -> list[Asked]:
    with store.reading() as tx:
        owners = sorted({(one.organization_id, one.counterparty_id) for one in balances.totals(tx, SOURCE)})
        found = [
            Asked(
                source=SOURCE,
                organization_id=organization,
                counterparty_id=counterparty,
                currencies=statement_choices.currencies_of(tx, SOURCE, organization, counterparty),
                first_on=first_on,
                last_on=last_on,
            )
            for first_on, last_on in PERIODS
            for organization, counterparty in owners
        ]
    if len(found) < count:
        raise SystemExit(f"the company has only {len(found)} statements to ask for")
    return found[:count]


def _ask(store: Store, asked: Asked) -> tuple[float, float, StatementRow]:
    """Seconds until the hub's own is there, and until it ended."""
    began = time.perf_counter()
    with store.transaction() as tx:
        operation = statement_requests.ask(tx, asked, "benchmark")
    _until(lambda: statement_requests.statement_id(_now(store, operation)) is not None)
    first = time.perf_counter() - began
    _until(lambda: _now(store, operation).state not in operations.OPEN)
    both = time.perf_counter() - began
    with store.reading() as tx:
        row = statements.get(tx, statement_requests.statement_id(_now(store, operation)) or "")
    assert row is not None
    return first, both, row


def _now(store: Store, operation: Operation) -> Operation:
    with store.reading() as tx:
        found = operations.get(tx, operation.id)
    assert found is not None
    return found


def _seconds_of_books(store: Store, row: StatementRow) -> float:
    drawing = STATEMENT_DRAWING.c
    units = select(drawing.landing_unit_id).where(drawing.statement_number == row.number)
    wanted = select(func.sum(LANDING_UNIT.c.seconds)).where(LANDING_UNIT.c.id.in_(units))
    with store.reading() as tx:
        return float(tx.connection.execute(wanted).scalar_one())


def _bare(store: Store, source: Source, asked: Asked) -> tuple[float, float, list[str]]:
    """Seconds of both drawings and their comparison, those of the accounting system, and what it said."""
    books, said = 0.0, []
    with ODataClient(source.settings) as client, reconciliation.asking(store, source, client) as draw:
        began = time.perf_counter()
        for request in asked.requests:
            told = draw(request)
            assert compare(reconciliation.by_hub(store, request), told.statement).agrees
            books += sum(page.seconds for page in told.pages)
            said.append(statement_bodies.body(told.statement))
        return time.perf_counter() - began, books, said


def _until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVE_UP_S
    while not met():
        if time.monotonic() > deadline:
            raise SystemExit("the worker does not answer")
        time.sleep(LOOK_S)


def _told(seconds: list[float]) -> tuple[str, str]:
    return f"{median(seconds) * 1000:.0f}", f"{sorted(seconds)[int(len(seconds) * 0.95)] * 1000:.0f}"

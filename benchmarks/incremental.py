"""What comes after the full load: passes with and without changes, a census, a comparison, balances.

Each row is a process of its own on a copy of the same books and the same store; CPU is that process's and the
database server's, without the start of the process and without the simulator. A pass that did not find exactly
what changed has no time: the gates come first.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from benchmarks import servers
from jobs.processes import LEAN

CHANGES = (
    "new_shipment", "edit_amount", "new_payment", "edit_text", "unpost", "edit_amount", "backdate", "resave",
)  # fmt: skip
SILENT, SILENTLY = ("silent_edit", "silent_edit", "silent_edit", "silent_delete"), 8
NOTES = "Document_РеализацияТоваровУслуг"
DATABASES = ("sqlite", "postgresql")


class NotExactError(Exception):
    """A pass found something else than what changed: its time means nothing."""


@dataclass
class Bench:
    """`costs` by work and database, each run of it."""

    home: Path
    server: Any
    given: argparse.Namespace
    shared: dict[str, Any]
    costs: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    _stores: int = 0

    @contextmanager
    def books(self, name: str) -> Iterator[dict[str, str]]:
        """Serve books; what happens in them stays."""
        with servers.simulator(self.home / f"{name}.db", self.given.documents) as base:
            yield base

    def copy(self, books: str, to: str) -> None:
        shutil.copy2(self.home / f"{books}.db", self.home / f"{to}.db")

    def store(self, database: str, after: str = "") -> dict[str, str]:
        """A hub's store: empty, or a copy of another. `after` names that one."""
        self._stores += 1
        name = f"hub_{self._stores}"
        home = self.home / name
        home.mkdir()
        if after:
            shutil.copytree(self.home / after / "landing", home / "landing", copy_function=os.link)
        if database == "sqlite":
            if after:
                shutil.copy2(self.home / after / "store.db", home / "store.db")
            url = f"sqlite:///{home / 'store.db'}"
        else:
            url = servers.database(self.server, name, after or "template1")
        return {"name": name, "home": str(home), "landing": str(home / "landing"), "database": url}

    @contextmanager
    def hub(self, database: str, after: str = "") -> Iterator[dict[str, str]]:
        """A store for one piece of work."""
        store = self.store(database, after)
        yield store
        shutil.rmtree(store["home"])
        if database == "postgresql":
            servers.drop(self.server, store["name"])

    def run(
        self, module: str, work: str, base: dict[str, str], hub: dict[str, str], **more: Any
    ) -> dict[str, Any]:
        """What a piece of work cost in a process of its own, and as `result` what it found."""
        pid = {"server_pid": self.server.get_pid()} if hub["database"].startswith("postgres") else {}
        file = Path(hub["home"]) / f"{work}.json"
        file.write_text(json.dumps({**self.shared, **base, **hub, **pid, **more}), encoding="utf-8")
        command = [sys.executable, "-m", f"benchmarks.{module}", work, str(file)]
        done = subprocess.run(command, capture_output=True, env={**os.environ, **LEAN}, check=False)
        if done.returncode:
            raise SystemExit(f"{work} failed on {hub['database']}:\n{done.stderr.decode()[-3000:]}")
        cost: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return cost

    def note(
        self,
        work: str,
        database: str,
        base: dict[str, str],
        hub: dict[str, str],
        *,
        module: str = "passes",
        title: str = "",
        **more: Any,
    ) -> dict[str, Any]:
        """The same, kept for the report; gives what was found."""
        cost = self.run(module, work, base, hub, **more)
        self.costs.setdefault((title or work, database), []).append(cost)
        found: dict[str, Any] = cost["result"]
        return found

    def of(self, work: str, database: str) -> dict[str, float]:
        """The medians of a work's runs."""
        runs = self.costs[work, database]
        found = {
            name: median(run[name] for run in runs) for name in ("cpu_s", "wall_s", "peak_mib", "start_mib")
        }
        return {**found, "requests": median(run["result"]["requests"] for run in runs)}


def measure(
    home: Path, server: Any, given: argparse.Namespace, shared: dict[str, Any], console: Console
) -> Bench:
    """Every pass, exact or NotExactError."""
    bench = Bench(home, server, given, shared)
    with bench.books("books") as base, console.status("loading everything into both databases"):
        owed = _owed(base)
        loaded = {database: _loaded(bench, base, database, owed) for database in DATABASES}
    with console.status("changing documents"):
        changed, owed = _changed(bench)
        silent = _silent(bench)
        taken = {database: _taken(bench, database, loaded[database]) for database in DATABASES}
    for turn in range(given.passes):
        for database in DATABASES:
            with console.status(f"passes on {database}, run {turn + 1} of {given.passes}"):
                _at_rest(bench, database, loaded[database])
                _with_changes(bench, database, loaded[database], owed)
                _derived(bench, database, taken[database], owed)
                _with_silent(bench, database, loaded[database], silent)
    console.print(f"{changed} documents changed, {len(silent)} silently; every pass found exactly those.")
    return bench


def _loaded(bench: Bench, base: dict[str, str], database: str, owed: Any) -> dict[str, Any]:
    hub = bench.store(database)
    cost = bench.run("passes", "load", base, hub)
    _exact("the full load", cost["result"]["gate"]["owed"], owed)
    if database == "postgresql":
        servers.settle(hub["database"])
    return {**hub, "known": cost["result"]["gate"]["known"]}


def _changed(bench: Bench) -> tuple[int, Any]:
    """Let 0.1 % of the documents change, in books of their own. Gives how many, and what is owed then."""
    bench.copy("books", "changed")
    with bench.books("changed") as base:
        number = max(bench.given.documents // 1000, 1)
        for place in range(number):
            servers.control(base, f"do/{CHANGES[place % len(CHANGES)]}", {"seed": 7})
        return number, _owed(base)


def _silent(bench: Bench) -> dict[str, str]:
    """Documents changed behind the hub's back, in books of their own: their sets by their keys."""
    bench.copy("books", "silent")
    found: dict[str, str] = {}
    kinds = cycle(SILENT)
    with bench.books("silent") as base:
        while len(found) < SILENTLY:
            event = servers.control(base, f"do/{next(kinds)}", {"seed": 7})
            found[event["ref"]] = event["entity_set"]
    return found


def _taken(bench: Bench, database: str, loaded: dict[str, Any]) -> dict[str, str]:
    """A store that has mapped the package of changes and not derived its balances."""
    bench.copy("changed", "now")
    hub = bench.store(database, loaded["name"])
    with bench.books("now") as base:
        bench.run("passes", "take", base, hub)
    return hub


def _at_rest(bench: Bench, database: str, loaded: dict[str, Any]) -> None:
    every = {"records": len(loaded["known"]), "differing": []}
    expected = {"look": False, "census": every, "agree": {"state": "agreed", "named": []}}
    with bench.books("books") as base, bench.hub(database, loaded["name"]) as hub:
        for work, gate in expected.items():
            _exact(f"{work} at rest", bench.note(work, database, base, hub)["gate"], gate)
        named = bench.note("pull", database, base, hub, title="pull, at rest")["gate"]["told"]
        _exact("a pass without changes", sum(map(sum, named.values())), 0)
    with bench.books("books") as base, bench.hub(database) as hub:
        found = bench.note("scan", database, base, hub, module="minimal_changes", known=loaded["known"])
        _exact("a scan at rest", found["gate"], every)


def _with_changes(bench: Bench, database: str, loaded: dict[str, Any], owed: Any) -> None:
    """The same package for both: each gets books of its own."""
    bench.copy("changed", "now")
    with bench.books("now") as base, bench.hub(database) as hub:
        limit = bench.note("package", database, base, hub, module="minimal_changes")["gate"]
    bench.copy("changed", "now")
    with bench.books("now") as base, bench.hub(database, loaded["name"]) as hub:
        gate = bench.note("pull", database, base, hub)["gate"]
    _exact("what every contract owes after a pass", gate["owed"], owed)
    _exact("what the store has of the package", gate["told"], {name: limit[name] for name in gate["told"]})


def _derived(bench: Bench, database: str, taken: dict[str, str], owed: Any) -> None:
    """Balances after the same package: those it touched, and all of them."""
    with bench.books("now") as base:
        for work in ("derive", "derive_all"):
            with bench.hub(database, taken["name"]) as hub:
                _exact(work, bench.note(work, database, base, hub)["gate"], owed)


def _with_silent(bench: Bench, database: str, loaded: dict[str, Any], silent: dict[str, str]) -> None:
    notes = sorted(ref for ref, entity_set in silent.items() if entity_set == NOTES)
    with bench.books("silent") as base:
        with bench.hub(database, loaded["name"]) as hub:
            found = bench.note("agree", database, base, hub, title="agree, some differ")
            _exact("a comparison", found["gate"], {"state": "differs", "named": sorted(silent)})
        with bench.hub(database, loaded["name"]) as hub:
            found = bench.note("census", database, base, hub, title="census, some differ")
            _exact("a census", found["gate"]["differing"], notes)
        with bench.hub(database) as hub:
            more = {"module": "minimal_changes", "title": "scan, some differ", "known": loaded["known"]}
            found = bench.note("scan", database, base, hub, **more)
            _exact("a scan", found["gate"]["differing"], notes)


def _owed(base: dict[str, str]) -> list[list[str]]:
    """What every contract owes by the books themselves, in minor units."""
    found = servers.control(base, "totals")
    names = ("organization", "counterparty", "contract")
    return sorted(
        [*(one[name] for name in names), str(int(Decimal(one["amount"]).scaleb(2)))]
        for one in found
        if Decimal(one["amount"])
    )


def _exact(what: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise NotExactError(
            f"{what} found {str(found)[:300]} instead of {str(expected)[:300]}. No time counts."
        )

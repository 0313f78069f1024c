"""The demo's course: two simulated bases, Dagster, the API, a full load of both, and the proof."""

from __future__ import annotations

import os
import shutil
import time
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from desk.frame import passwords
from jobs import home as homes
from jobs import services
from jobs.demo import bases, orders
from jobs.demo.compare import Comparison, Storefront, compare
from jobs.graphql import Dagster, RunState
from jobs.processes import Family, free_port
from schemas.api_keys import PERMISSIONS
from schemas.errors import HubError, StoreError
from store import api_keys, desk_users, migrations
from store.engine import Store

HOST = "127.0.0.1"
RUN_S = 600.0
LOGIN, BY = "demo", "saldo demo"
KEY_LIMIT = 60_000  # requests a minute: every balance is asked for at once


def demo(home: Path, *, once: bool, dagster_port: int, api_port: int, console: Console) -> int:
    """Run it; 0 when the site agrees with the books to the kopeck and orders come where they should.

    `home` is emptied first.
    """
    bases.require_simulator()
    _emptied(home)
    environ = {"SALDO_CONFIG": str(home / "saldo.toml"), homes.HOME_VARIABLE: str(home / "dagster")}
    os.environ.update(environ)
    api_port = api_port or free_port()
    with Family(home / "logs", environ) as family:
        running = _start_bases(family, home, console)
        bases.write_settings(home, running, f"http://{HOST}:{api_port}")
        for item in running:
            os.environ[item.base.password_variable] = item.password
        addresses = _start_services(family, home, dagster_port, api_port, console)
        _load(Dagster(addresses.dagster), running, console)
        key, password = _admitted(home)
        storefront = Storefront(addresses.api, key)
        found = _compare(storefront, running, console)
        agreed = _show(found, console)
        placed = orders.place(storefront, running[0], found[0].balances, console)
        if once or not (agreed and placed.as_wanted):
            return 0 if agreed and placed.as_wanted else 1
        _invite(addresses, running, storefront, found[0].latest_payer, password, console)
        _invite_to_ship(addresses, running[0], storefront, placed, console)
        _watch(family, console)
    return 0


def _emptied(home: Path) -> None:
    """Only a folder that a demo made is emptied."""
    mark = home / "made-by-saldo-demo"
    if home.exists() and any(home.iterdir()) and not mark.exists():
        raise StoreError(
            f"{home} is not empty and no demo made it",
            hint="Name another folder with --home, or empty it yourself.",
        )
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    mark.touch()


def _start_bases(family: Family, home: Path, console: Console) -> tuple[bases.Running, ...]:
    with console.status("Starting two simulated accounting bases"):
        started = [(base, *bases.start(family, base, home)) for base in bases.BASES]
        running = tuple(bases.announced(family, base, child, data) for base, child, data in started)
    console.print(f"✓ {len(running)} accounting bases answer OData requests")
    return running


def _start_services(
    family: Family, home: Path, dagster_port: int, api_port: int, console: Console
) -> services.Addresses:
    with console.status("Preparing the store, starting Dagster and the API (about 15 s)"):
        migrations.upgrade(f"sqlite:///{home / 'saldo.db'}")
        homes.initialise(homes.dagster_home(os.environ, home / "dagster"))
        addresses = services.start(
            family,
            home,
            host=HOST,
            dagster_port=dagster_port or free_port(),
            api_port=api_port,
        )
        services.wait(family, addresses)
        family.wait_for("Saldo's code location", Dagster(addresses.dagster).loaded, services.START_S)
    console.print("✓ Dagster and the API answer")
    return addresses


def _load(dagster: Dagster, running: tuple[bases.Running, ...], console: Console) -> None:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} steps"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        runs = {
            dagster.launch(f"{item.base.id}_full_load"): progress.add_task(
                f"Full load of {item.base.id}", total=None
            )
            for item in running
        }
        deadline = time.monotonic() + RUN_S
        states: dict[str, RunState] = {}
        while not (states and all(state.finished for state in states.values())):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"the full load takes more than {RUN_S:.0f} s", hint=f"Look at {dagster.url}/runs."
                )
            time.sleep(0.5)
            for run_id, task in runs.items():
                states[run_id] = dagster.state(run_id)
                progress.update(task, completed=states[run_id].steps_done)
    failed = [run_id for run_id, state in states.items() if state.status != "SUCCESS"]
    if failed:
        raise StoreError(
            f"the full load failed (run {failed[0]})", hint=f"Open {dagster.url}/runs/{failed[0]}."
        )
    steps = sum(state.steps_done for state in states.values())
    console.print(f"✓ Full load of both bases: {len(runs)} Dagster runs, {steps} steps")


def _admitted(home: Path) -> tuple[str, str]:
    """A new key of the storefront, and the password of somebody at the desk: both of this demo alone."""
    password = passwords.one_time()
    store = Store.open(f"sqlite:///{home / 'saldo.db'}", f"file://{home / 'landing'}")
    try:
        with store.transaction() as tx:
            _, key = api_keys.create(tx, name="demo", by=BY, permissions=PERMISSIONS, per_minute=KEY_LIMIT)
            desk_users.add(
                tx,
                login=LOGIN,
                name="Demo",
                role="admin",
                language="en",
                by=BY,
                password_hash=passwords.hashed(password),
            )
            return key, password
    finally:
        store.close()


def _compare(
    storefront: Storefront, running: tuple[bases.Running, ...], console: Console
) -> list[Comparison]:
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn()
    found = []
    with Progress(*columns, console=console, transient=True) as progress:
        for item in running:
            books = bases.totals(item)
            total = len({row.counterparty for row in books})
            task = progress.add_task(f"Asking the API for every balance of {item.base.id}", total=total)
            found.append(compare(storefront, item, books, partial(progress.advance, task)))
    return found


def _show(found: list[Comparison], console: Console) -> bool:
    table = Table("base", "currency", "contracts", "owed", "paid ahead", "balance", "overdue", "difference")
    for column in table.columns[2:]:
        column.justify = "right"
    for item in found:
        for currency, line in item.lines.items():
            amounts = line.owed, line.advances, line.owed + line.advances, line.overdue, line.difference
            shown = (f"{amount:,.2f}" for amount in amounts)
            table.add_row(item.source, currency, str(line.contracts), *shown)
    console.print(table)
    for item in found:
        for (organization, counterparty, contract, currency), books, site in item.differing[:10]:
            place = f"organisation {organization} counterparty {counterparty} contract {contract}"
            console.print(f"differs {item.source} {place}: books {books} {currency}, site {site} {currency}")
    contracts = sum(item.contracts for item in found)
    differing = sum(len(item.differing) for item in found)
    verb = "disagrees" if differing else "agrees"
    console.print(
        f"{verb}: {contracts - differing} of {contracts} contracts, difference {_difference(found)}"
    )
    return not differing


def _difference(found: list[Comparison]) -> str:
    """By currency where there is any: currencies are never added together."""
    lines = [(currency, line.difference) for item in found for currency, line in item.lines.items()]
    return ", ".join(f"{amount:.2f} {currency}" for currency, amount in lines if amount) or "0.00"


def _invite(
    addresses: services.Addresses,
    running: tuple[bases.Running, ...],
    storefront: Storefront,
    counterparty: str,
    password: str,
    console: Console,
) -> None:
    """Tell what there is to look at; a line that a shell is to take is never broken."""
    console.print(f"\nThe desk          {addresses.api}/desk")
    console.print(f"  sign in as      {LOGIN}, password {password} (made for this demo, of use nowhere else)")
    console.print(f"Dagster           {addresses.dagster}")
    console.print(f"Storefront's API  {addresses.api}/docs")
    console.print(f"Accounting base   {running[0].url}")
    console.print("\nWhat a counterparty owes, its documents, and what it may open:")
    party = f"/v1/counterparties/{counterparty}"
    for path in (
        f"{party}/summary",
        f"/v1/documents?counterparty_id={counterparty}&limit=5",
        f"{party}/access",
    ):
        line = f"curl -s -H 'Authorization: Bearer {storefront.key}' '{addresses.api}{path}'"
        console.print(line, soft_wrap=True)
    console.print("\nChange a document behind the hub's back, then launch ut11_night in Dagster:")
    console.print(f"curl -X POST {running[0].control}/do/silent_edit", soft_wrap=True)


def _invite_to_ship(
    addresses: services.Addresses,
    item: bases.Running,
    storefront: Storefront,
    placed: orders.Placed,
    console: Console,
) -> None:
    console.print("\nShip the confirmed order in the books, and a little later see how far it is:")
    ref = f'{{"ref": "{placed.document}"}}'
    console.print(f"curl -X POST {item.control}/do/ship_order -d '{ref}'", soft_wrap=True)
    told = f"{addresses.api}/v1/orders/{placed.order_id}/timeline"
    console.print(f"curl -s -H 'Authorization: Bearer {storefront.key}' '{told}'", soft_wrap=True)
    console.print("\nCtrl-C stops everything.")


def _watch(family: Family, console: Console) -> None:
    try:
        while True:
            time.sleep(1)
            family.check()
    except KeyboardInterrupt:
        console.print("Stopping.")
    except HubError as error:
        console.print(str(error), style="red")
        raise

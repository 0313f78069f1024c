"""One pass of the hub in a process of its own: `python -m benchmarks.passes NAME FILE`, FILE being JSON.

Prints one JSON line: what the pass cost after the process had started, and the gate: what it must have found.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from assets import census, exchange, manners, ordinary, sync
from assets.agree import agree
from assets.source import Source, sources
from assets.sync import Run
from benchmarks.measuring import measured
from connectors.odata import ODataClient
from schemas import TABLES, settings_file
from schemas.settings import HubSettings
from store import balances, migrations
from store.engine import Store
from store.record_tables import STORED

RUN = Run("bench", "bench")
NOTE = "shipping_note"


@dataclass(frozen=True, slots=True)
class Hub:
    store: Store
    client: ODataClient
    source: Source


def main() -> None:
    name, given = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    work, gate = PASSES[name]
    settings = _settings(given)
    (source,) = sources(settings)
    if name == "load":
        migrations.upgrade(settings.database_url)

    def one_pass() -> tuple[Hub, Any]:
        store = Store.open(settings.database_url, settings.landing_url)
        with ODataClient(source.settings, gate=manners.kill_switch(store, source.settings)) as client:
            hub = Hub(store, client, source)
            return hub, work(hub)

    cost = measured(one_pass, given.get("server_pid"))
    hub, found = cost.result
    result = {"requests": hub.client.statistics.requests, "gate": gate(hub, found)}
    hub.store.close()
    print(json.dumps(cost.told(result)))


def _settings(given: dict[str, Any]) -> HubSettings:
    home = Path(given["home"])
    (home / "sources").mkdir(parents=True, exist_ok=True)
    (home / "sources" / "bench.toml").write_text(
        f'id = "bench"\ntitle = "bench"\nbase_url = "{given["base"]}"\nuser = "{given["user"]}"\n'
        f'password_env = "BENCH_PASSWORD"\ntime_zone = "Europe/Moscow"\nselect = "all"\n'
        f"history_from = {given['history_from']}\n"
        'changes = "exchange"\nexchange_plan = "ДляODATA"\nexchange_node = "002"\n'
        f"[limits]\nsessions = {given['sessions']}\n",
        encoding="utf-8",
    )
    path = home / "saldo.toml"
    path.write_text(
        f'[hub]\ndatabase_url = "{given["database"]}"\nlanding_url = "file://{given["landing"]}"\n',
        encoding="utf-8",
    )
    return settings_file.load(path, {**os.environ, "BENCH_PASSWORD": given["password"]})


def _pull(hub: Hub) -> ordinary.Pulled:
    return ordinary.pull(hub.store, hub.client, hub.source, RUN)


def _look(hub: Hub) -> bool:
    """What the sensor does at every tick."""
    return exchange.has_changes(hub.store, hub.client, hub.source, RUN.id)


def _take(hub: Hub) -> None:
    """Everything of a pass but the balances, which wait for the next one."""
    taken = exchange.land_package(hub.store, hub.client, hub.source, RUN)
    for entity in hub.source.entities:
        if entity.name in taken.keys:
            sync.map_entity(hub.store, hub.source, entity, RUN)


def _census(hub: Hub) -> tuple[int, tuple[str, ...]]:
    found: list[str] = []

    def note(keys: Sequence[str], _types: Any) -> None:
        found.extend(keys)

    entity = hub.source.entity(NOTE)
    counted = census.census(hub.store, hub.client, hub.source, entity, run=RUN, pull_keys=note)
    return counted.records, tuple(sorted(found))


def _agree(hub: Hub) -> Any:
    return agree(hub.store, hub.client, hub.source, kind="all", run=RUN, pull=lambda: _pull(hub))


def _derive(hub: Hub) -> None:
    sync.refresh_balances(hub.store, hub.source)


def _derive_all(hub: Hub) -> None:
    sync.refresh_balances(hub.store, hub.source, everything=True)


def _owed(hub: Hub, _found: object) -> list[tuple[str, ...]]:
    """What every contract owes, to be held against the books; those that owe nothing are left out."""
    with hub.store.reading() as tx:
        found = balances.totals(tx, hub.source.id)
    return sorted(
        (one.organization_id, one.counterparty_id, one.contract_id, str(one.debt))
        for one in found
        if one.debt
    )


def _pulled(hub: Hub, done: ordinary.Pulled) -> dict[str, Any]:
    """What the store has of everything the package named, and what every contract owes after it."""
    assert done.exchanged is not None
    told: dict[str, list[int]] = {"head": [0, 0], "entry": [0, 0], "due": [0, 0, 0]}
    amounts = {"head": ("amount",), "entry": ("amount",), "due": ("debt", "advance")}
    for name, keys in done.exchanged.keys.items():
        table = hub.source.entity(name).table
        kind = {"document": "head", "settlement_entry": "entry", "due_entry": "due"}.get(table.name)
        if kind is not None:
            columns = STORED[table].c
            sums = [func.coalesce(func.sum(columns[amount]), 0) for amount in amounts[kind]]
            wanted = select(func.count(), *sums).where(
                columns[table.key[0]].in_(keys), columns.gone_at.is_(None)
            )
            with hub.store.reading() as tx:
                row = tx.connection.execute(wanted).one()
            told[kind] = [old + int(new) for old, new in zip(told[kind], row, strict=True)]
    return {"told": told, "owed": _owed(hub, done)}


def _versions(hub: Hub, _found: object) -> dict[str, Any]:
    """What a bare scan has to know beforehand."""
    column = STORED[TABLES["document"]].c
    wanted = select(column.id, column.version).where(column.entity == NOTE, column.gone_at.is_(None))
    with hub.store.reading() as tx:
        known = [tuple(row) for row in tx.connection.execute(wanted)]
    return {"owed": _owed(hub, None), "known": known}


def _named(_hub: Hub, found: Any) -> dict[str, Any]:
    return {"state": found.state, "named": sorted(one.recorder_id for one in found.documents)}


def _counted(_hub: Hub, found: tuple[int, tuple[str, ...]]) -> dict[str, Any]:
    return {"records": found[0], "differing": found[1]}


def _as_found(_hub: Hub, found: object) -> object:
    return found


PASSES: dict[str, tuple[Callable[[Hub], Any], Callable[[Hub, Any], Any]]] = {
    "load": (_pull, _versions),
    "look": (_look, _as_found),
    "pull": (_pull, _pulled),
    "take": (_take, _as_found),
    "derive": (_derive, _owed),
    "derive_all": (_derive_all, _owed),
    "census": (_census, _counted),
    "agree": (_agree, _named),
}

if __name__ == "__main__":
    main()

"""The hub's store held against another reading of the same books, and against the books themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, func, select

from schemas import TABLES
from schemas.money import Money
from simulator.company import totals
from store import comparing
from store.engine import Store, Tx
from store.record_tables import STORED
from store.tables import CONTRACT_BALANCE, LANDING_UNIT, REJECTED
from store.tables_of_change import LEASE, NOTIFICATION
from tests.migrated import migrate
from tests.torture import ways
from tests.torture.books import Books, Place
from tests.torture.world import World

RECORDS = tuple(table.name for table in STORED.values())
BALANCES = ("contract_balance", "open_item")
PARENT = {"document_line": "document", "allocation": "document", "payment_stage": "document"}
FIGURES = {"settlement_entry": ("amount",), "due_entry": ("debt", "advance")}


@dataclass(frozen=True, slots=True)
class Gap:
    """One row that is not what the books say: `lost` where it is missing, else `wrong`."""

    kind: str
    place: Place
    what: str


@contextmanager
def reference(world: World) -> Iterator[Store]:
    """A fresh store that read everything once, in full, while nothing failed."""
    folder = world.home / "reference"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    where = {
        "database_url": f"sqlite:///{folder / 'store.db'}",
        "landing_url": f"file://{folder / 'landing'}",
    }
    migrate(where["database_url"])
    done = world.run("reference", **where)
    if done is None or done.error:
        raise RuntimeError(f"the plain full load failed: {done}")
    store = Store.open(**where)
    try:
        yield store
    finally:
        store.close()


def gaps(fresh: Store, hub: Store, tables: tuple[str, ...]) -> list[Gap]:
    """Row by row, what lives in the hub and not in the fresh store, the other way round, and what differs.

    The lines of a document that is gone are kept with it: they live no more than it does.
    """
    found, gone = [], _gone(hub)
    for one in comparing.differences(fresh, hub, tables=tables, source=ways.SOURCE, living=True):
        place = PARENT.get(one.table, one.table), str(one.key[1])
        if one.table in PARENT and one.what == comparing.ADDED and place[1] in gone:
            continue
        found.append(Gap("lost" if one.what == comparing.REMOVED else "wrong", place, str(one)))
    return found


def _gone(hub: Store) -> set[str]:
    document = STORED[TABLES["document"]].c
    with hub.reading() as tx:
        return set(tx.connection.execute(select(document.id).where(document.gone_at.is_not(None))).scalars())


def movers(fresh: Store, hub: Store) -> set[str]:
    """Documents that make a figure of the hub another one than in the books, looked for by adding up."""
    found: set[str] = set()
    for name, fields in FIGURES.items():
        for field in fields:
            theirs, ours = _by_recorder(fresh, name, field), _by_recorder(hub, name, field)
            off: dict[tuple[str, str], int] = {}
            for key in theirs.keys() | ours.keys():
                off[key[1:]] = off.get(key[1:], 0) + theirs.get(key, 0) - ours.get(key, 0)
            found |= {
                key[0]
                for key in theirs.keys() | ours.keys()
                if off[key[1:]] and theirs.get(key, 0) != ours.get(key, 0)
            }
    return found


def _by_recorder(store: Store, name: str, field: str) -> dict[tuple[str, str, str], int]:
    table = STORED[TABLES[name]]
    column = table.c
    by = (column.recorder_id, column.settlement_key_id, column.currency)
    wanted = select(*by, func.sum(column[field])).where(column.gone_at.is_(None), column.active)
    with store.reading() as tx:
        return {(*key,): int(total) for *key, total in tx.connection.execute(wanted.group_by(*by))}


def unequal_balances(store: Store, books: Books) -> list[str]:
    """Contracts whose balance is not what the company's own documents add up to."""
    names = {row["Ref_Key"]: row["Description"] for row in books.base.iterate("Catalog_Валюты")}
    theirs = {
        (one.organization, one.counterparty, one.contract, names[one.currency]): one.amount
        for one in totals(books.base)
    }
    column = CONTRACT_BALANCE.c
    key = (column.organization_id, column.counterparty_id, column.contract_id, column.currency)
    with store.reading() as tx:
        rows = tx.connection.execute(select(*key, column.debt)).all()
    ours = {(*row[:4],): Decimal(str(Money(row.debt, row.currency))) for row in rows}
    return [
        f"balance {key}: {theirs.get(key, Decimal())} in the books, {ours.get(key, Decimal())} in the hub"
        for key in sorted(theirs.keys() | ours.keys())
        if theirs.get(key, Decimal()) != ours.get(key, Decimal())
    ]


def left_over(store: Store, books: Books) -> list[str]:
    """What is in an intermediate state although nothing is going on."""
    with store.reading() as tx:
        counts = {
            "units landed and not mapped": _count(tx, LANDING_UNIT, LANDING_UNIT.c.state == "landed"),
            "leases held": _count(tx, LEASE, LEASE.c.expires_at > datetime.now(UTC)),
            "notifications waiting": _count(tx, NOTIFICATION, NOTIFICATION.c.done_at.is_(None)),
            "records in quarantine": _count(tx, REJECTED, REJECTED.c.resolved_at.is_(None)),
        }
    counts["registrations waiting in the plan"] = books.registered
    return [f"{count} {what}" for what, count in counts.items() if count]


def _count(tx: Tx, table: Table, condition: Any) -> int:
    return int(tx.connection.execute(select(func.count()).select_from(table).where(condition)).scalar_one())

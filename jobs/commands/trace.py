"""Print the chain from a number on the storefront back to the bytes it came from."""

from __future__ import annotations

import argparse
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from rich.console import Console
from rich.tree import Tree

from jobs.commands import settings
from schemas import TABLES
from schemas.errors import LineageError
from schemas.money import Money
from store import balances, lineage
from store.engine import Store, Tx

NAME = "trace"
HELP = "print the chain from a stored record, or a balance, back to the landed bytes"


def arguments(command: argparse.ArgumentParser) -> None:
    kinds = sorted(name for name, table in TABLES.items() if table.parent is None and table.key == ("id",))
    command.add_argument("kind", choices=["balance", *kinds], help="`balance` takes a counterparty's id")
    command.add_argument("id", help="<source>:<key> as the API gives it, or the key alone")


def run(chosen: argparse.Namespace, console: Console) -> int:
    with settings.opened(settings.load()) as store:
        for chain in _chains(store, chosen.kind, chosen.id):
            console.print(chain, highlight=False)
    return 0


def _chains(store: Store, kind: str, given: str) -> list[Tree]:
    source, _, key = given.rpartition(":")
    with store.reading() as tx:
        table = "counterparty" if kind == "balance" else kind
        known = [source] if source else lineage.sources(tx, table, key)
        if not known:
            raise LineageError(
                f"no source has a {table} with the key {key}",
                hint="Check the key; `saldo sources` tells what is pulled, `saldo sync` pulls it.",
            )
        draw = _balance if kind == "balance" else partial(_record, table=table)
        return [draw(tx, source=name, key=key) for name in known]


def _record(tx: Tx, *, table: str, source: str, key: str) -> Tree:
    found = lineage.trace(tx, table, source, key)
    tree = Tree(f"{table} {source}:{key}" + (" (gone)" if found.gone_at else ""))
    stored = tree.add(f"stored row, changed {_moment(found.changed_at)}")
    for name, value in found.record.items():
        if not name.startswith("internal_"):
            stored.add(f"{name} = {value}")
    for nested, count in found.nested.items():
        stored.add(f"{nested}: {count} rows")
    place = "no longer in the page" if found.place < 0 else f"record {found.place} of the page"
    tree.add(f"mapping {found.entity}, digest {found.mapping_digest}, {place}")
    tree.add(f"Dagster run {found.run_id}" + (f" of {found.run.job}" if found.run else ""))
    _landed(tree, found.origin)
    return tree


def _landed(tree: Tree, origin: lineage.Origin) -> None:
    fetched = _moment(origin.fetched_at)
    page = tree.add(f"landed page {origin.page.id} of unit {origin.unit_id}, fetched {fetched}")
    page.add(f"sha256 {origin.page.sha256}, {origin.page.size} bytes")
    page.add(f"request {unquote(origin.page.request)}")


def _balance(tx: Tx, *, source: str, key: str) -> Tree:
    found = balances.counterparty(tx, source, key)
    if found is None:
        raise LineageError(f"{source} has no counterparty {key}", hint="`saldo sync` pulls counterparties.")
    tree = Tree(f"balance of counterparty {source}:{key}")
    for contract in found.contracts:
        title = contract.number or contract.contract_id or "no contract"
        branch = tree.add(f"contract {title}: {_money(contract.debt, contract.currency)}")
        for entry in lineage.movements(tx, source, key, contract.contract_id):
            if (entry.organization_id, entry.currency) == (contract.organization_id, contract.currency):
                branch.add(
                    f"{entry.at} {entry.recorder_kind} {entry.recorder_id}: "
                    f"{_money(entry.amount, entry.currency)} (page {entry.landing_id}, record {entry.place})"
                )
    return tree


def _money(units: int, currency: str) -> str:
    return f"{Money(units, currency)} {currency}"


def _moment(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds")

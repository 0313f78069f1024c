"""Rebuild tables, or a whole new store, from the landed bytes; the accounting system is not asked."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from assets.preview import Preview, preview
from assets.replay import Replayed, replay, replay_into
from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings
from mappings.entity import Entity
from schemas.errors import ConfigurationError
from schemas.money import Money
from schemas.settings import HubSettings
from store import copying
from store.engine import Store

NAME = "replay"
HELP = "rebuild tables or a new store from the landed bytes, or show what that would change"


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("entity", nargs="*", help="what to map again, such as shipping_note")
    command.add_argument("--all", action="store_true", help="everything")
    command.add_argument("--source", action="append", default=[], help="id of a source; all if none is given")
    command.add_argument("--into", metavar="URL", help="an empty database to build the whole store in")
    command.add_argument(
        "--preview", action="store_true", help="write nothing; list the balances and rows that would move"
    )


def run(chosen: argparse.Namespace, console: Console) -> int:
    """0 when every landed unit could be read."""
    known = settings.load()
    _consistent(chosen)
    with settings.opened(known) as store:
        if chosen.into:
            return _into(known, store, chosen.into, console)
        code = 0
        for source in choosing.of(known, chosen.source):
            entities = source.entities if chosen.all else [source.entity(name) for name in chosen.entity]
            if chosen.preview:
                _preview(store, source, entities, console)
            else:
                with choosing.bar(console) as told:
                    done = replay(store, source, entities, run_id=choosing.new_run(), progress=told)
                code |= _report(source.id, done, console)
        return code


def _consistent(chosen: argparse.Namespace) -> None:
    if bool(chosen.entity) == chosen.all:
        raise ConfigurationError("nothing, or two things, to replay", hint="Name entities, or give --all.")
    if chosen.into and (not chosen.all or chosen.source or chosen.preview):
        raise ConfigurationError(
            "--into builds a whole store", hint="Give --all, and neither --source nor --preview."
        )


def _into(known: HubSettings, store: Store, url: str, console: Console) -> int:
    with console.status("Preparing the database"):
        target = copying.new(url, known.landing_url)
    try:
        with choosing.bar(console) as told:
            every = choosing.of(known, [])
            done = replay_into(store, target, every, run_id=choosing.new_run(), progress=told)
    finally:
        target.close()
    code = max([_report(source, replayed, console) for source, replayed in done.items()], default=0)
    console.print("The new store is complete. To serve it, set database_url to its URL.")
    return code


def _report(source: str, done: Replayed, console: Console) -> int:
    columns = ("units", "read", "inserted", "changed", "unchanged", "gone", "rejected")
    table = Table("entity", *columns, title=f"{source}: mapped again")
    for column in table.columns[1:]:
        column.justify = "right"
    for entity, counts in done.counts.items():
        table.add_row(entity, *(str(getattr(counts, name)) for name in columns))
    console.print(table)
    console.print(f"{done.balances} balances.")
    for error in done.unreadable:
        console.print(f"not readable: {error}", highlight=False)
    return 1 if done.unreadable else 0


def _preview(store: Store, source: Source, entities: Sequence[Entity], console: Console) -> None:
    with choosing.bar(console) as told:
        found = preview(store, source, entities, run_id=choosing.new_run(), progress=told)
    console.print(_moved(source.id, found))
    rows = Table("table", "changed", "added", "removed", title=f"{source.id}: rows")
    for name, counts in sorted(found.rows.items()):
        rows.add_row(name, *(str(counts[what]) for what in ("changed", "added", "removed")))
    console.print(rows if found.rows else "No row would change.")


def _moved(source: str, found: Preview) -> Table | str:
    if not found.moved:
        return "No balance would move."
    titles = ("counterparty", "contract", "currency", "now", "then", "difference")
    table = Table(*titles, title=f"{source}: {len(found.moved)} balances would move")
    for column in table.columns[3:]:
        column.justify = "right"
    for one in found.moved:
        amounts = (one.now, one.then, one.then - one.now)
        shown = (str(Money(amount, one.currency)) for amount in amounts)
        table.add_row(one.counterparty_id, one.contract_id or "none", one.currency, *shown)
    return table

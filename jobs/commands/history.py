"""What was shown of a record or of a balance, and when."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas import TABLES
from schemas.errors import StoreError
from schemas.money import Money
from store import history
from store.engine import Store

NAME = "history"
HELP = "what was shown of a record or of a balance, and when"
KINDS = sorted(name for name, table in TABLES.items() if table.key == ("id",))
NO_RECORD = "Check the id and its source; history begins when a record was first changed."


def arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("kind", choices=["balance", *KINDS], help="`balance` takes a counterparty's id")
    command.add_argument("id", help="<source>:<key> as the API gives it")
    command.add_argument(
        "--at",
        metavar="INSTANT",
        help="only what was shown then, such as 2026-03-03T10:00 in the base's time zone",
    )


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    name, _, key = chosen.id.partition(":")
    source = choosing.one(known, name)
    at = choosing.instant(chosen.at, source) if chosen.at else None
    with settings.opened(known) as store:
        if chosen.kind == "balance":
            console.print(_balance(store, source, key, at))
        elif at is None:
            console.print(_versions(store, source, chosen.kind, key))
        else:
            _record(store, source, chosen.kind, key, at, console)
    return 0


def _versions(store: Store, source: Source, kind: str, key: str) -> Table:
    with store.reading() as tx:
        found = history.versions(tx, TABLES[kind], source.id, (key,))
    if not found:
        raise StoreError(
            f"nothing was ever shown of this {kind}", hint=NO_RECORD, source=source.id, record=key
        )
    table = Table(
        "from", "to", "ended because", "what changed then", "page", title=f"{kind} {source.id}:{key}"
    )
    for one, following in zip(found, [*found[1:], None], strict=True):
        changed = "" if following is None else ", ".join(_changed(one.record, following.record))
        ends = _moment(one.to_at, source) if one.to_at else "shown now"
        table.add_row(_moment(one.from_at, source), ends, one.reason or "", changed, str(one.landing_id))
    return table


def _changed(before: Any, after: Any) -> list[str]:
    return [name for name in before._fields if getattr(before, name) != getattr(after, name)]


def _record(store: Store, source: Source, kind: str, key: str, at: datetime, console: Console) -> None:
    with store.reading() as tx:
        record = history.as_of(tx, TABLES[kind], source.id, (key,), at)
    if record is None:
        raise StoreError(
            f"nothing was shown of this {kind} then", hint=NO_RECORD, source=source.id, record=key
        )
    console.print(f"{kind} {source.id}:{key} as shown at {_moment(at, source)}")
    for name, value in record._asdict().items():
        console.print(f"  {name} = {value}", highlight=False)


def _balance(store: Store, source: Source, key: str, at: datetime | None) -> Table:
    moment = at or datetime.now(source.settings.time_zone)
    with store.reading() as tx:
        found = history.balance_as_of(tx, source.id, key, moment)
    title = f"balance of counterparty {source.id}:{key} as shown at {_moment(moment, source)}"
    table = Table("organization", "contract", "currency", "debt", "shown since", title=title)
    table.columns[3].justify = "right"
    for one in found:
        debt = str(Money(one.debt, one.currency))
        table.add_row(one.organization_id, one.contract_id, one.currency, debt, _moment(one.from_at, source))
    return table


def _moment(at: datetime, source: Source) -> str:
    return at.astimezone(source.settings.time_zone).isoformat(" ", "seconds")

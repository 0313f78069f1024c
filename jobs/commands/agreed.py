"""Periods that a counterparty agreed to, and what changed in them since."""

from __future__ import annotations

import argparse
import getpass

from rich.console import Console
from rich.table import Table

from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.money import Money
from schemas.settings import HubSettings
from schemas.types import Day
from store import agreed
from store.agreed import Change, Period
from store.engine import Store

NAME = "agreed"
HELP = "periods a counterparty agreed to, and what changed in them since"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="list|add|withdraw|accept", required=True)
    listing = what.add_parser("list", help="agreed periods and what changed in them")
    listing.add_argument("--source", action="append", default=[], help="id of a source; all if none is given")
    add = what.add_parser("add", help="keep that a period was agreed as it is shown now")
    add.add_argument("source")
    add.add_argument("--organization", required=True, help="key of the own legal entity")
    add.add_argument("--counterparty", required=True, help="key of the counterparty")
    add.add_argument("--contract", help="key of the contract; all of them if not given")
    add.add_argument("--currency", help="ISO code; all of them if not given")
    add.add_argument("--start", required=True, help="first day: 2026-01-01")
    add.add_argument("--end", required=True, help="last day: 2026-03-31")
    add.add_argument("--at", help="agreed as it was shown then: 2026-04-05T10:00 in the base's time zone")
    add.add_argument("--note", default="", help="such as the number of the reconciliation statement")
    withdraw = what.add_parser("withdraw", help="let a period no longer count")
    withdraw.add_argument("number", type=int, help="as `saldo agreed list` shows it")
    accept = what.add_parser("accept", help="take a change as agreed too")
    accept.add_argument("number", type=int, help="as `saldo agreed list` shows it")
    for part in (add, accept):
        part.add_argument("--by", default=None, help="who says so; your login if not given")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "list":
            for source in choosing.of(known, chosen.source):
                _list(store, source, console)
        elif chosen.what == "add":
            _add(known, store, chosen, console)
        else:
            _settle(store, chosen, console)
    return 0


def _add(configured: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    source = choosing.one(configured, chosen.source)
    with store.transaction() as tx:
        number = agreed.add(
            tx,
            source.id,
            organization_id=chosen.organization,
            counterparty_id=chosen.counterparty,
            contract_id=chosen.contract,
            currency=chosen.currency,
            start_on=Day(choosing.day(chosen.start).isoformat()),
            end_on=Day(choosing.day(chosen.end).isoformat()),
            agreed_at=choosing.instant(chosen.at, source) if chosen.at else None,
            by=chosen.by or getpass.getuser(),
            note=chosen.note,
        )
        changed = sum(change.period.id == number for change in agreed.open_changes(tx, source.id))
        known = agreed.is_settled(tx, agreed.list_(tx, source.id, chosen.counterparty)[0])
    console.print(f"Agreed period {number}: what changes in it from now on is an alert.")
    if not known:
        console.print(
            "Nothing is settled under these keys: if one is mistyped, withdraw it and add it again."
        )
    if changed:
        console.print(f"{changed} documents in it have changed since then: `saldo agreed list`.")


def _settle(store: Store, chosen: argparse.Namespace, console: Console) -> None:
    with store.transaction() as tx:
        if chosen.what == "withdraw":
            agreed.withdraw(tx, chosen.number)
        else:
            agreed.accept(tx, chosen.number, chosen.by or getpass.getuser())
    console.print("Withdrawn." if chosen.what == "withdraw" else "Accepted.")


def _list(store: Store, source: Source, console: Console) -> None:
    with store.reading() as tx:
        periods, changes = agreed.list_(tx, source.id), agreed.open_changes(tx, source.id)
    if not periods:
        console.print(f"{source.id}: no period was agreed.")
        return
    titles = ("number", "counterparty", "contract", "currency", "from", "to", "agreed", "by", "note")
    table = Table(*titles, title=f"{source.id}: agreed periods")
    for period in periods:
        table.add_row(*_period(period, source))
    console.print(table)
    console.print(_changes(changes, source) if changes else "Nothing in them has changed.")


def _period(period: Period, source: Source) -> list[str]:
    note = f"withdrawn; {period.note}" if period.withdrawn_at else period.note
    of = [period.counterparty_id, period.contract_id or "all", period.currency or "all"]
    when = period.agreed_at.astimezone(source.settings.time_zone).isoformat(" ", "minutes")
    return [str(period.id), *of, period.start_on, period.end_on, when, period.agreed_by, note]


def _changes(changes: list[Change], source: Source) -> Table:
    titles = ("number", "period", "document", "dated", "agreed", "now", "found")
    table = Table(*titles, title=f"{source.id}: changed since")
    for change in changes:
        agreed_then = f"{Money(change.agreed_amount, change.currency)} {change.currency}"
        found = change.found_at.astimezone(source.settings.time_zone).isoformat(" ", "minutes")
        table.add_row(
            str(change.id),
            str(change.period.id),
            f"{change.recorder_kind} {change.recorder_id}",
            change.dated_at or "gone",
            agreed_then,
            f"{Money(change.amount_now, change.currency)} {change.currency}",
            found,
        )
    return table

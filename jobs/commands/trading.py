"""Suspend trading with a counterparty, beside what the accounting system says; no sync touches it."""

from __future__ import annotations

import argparse
from datetime import datetime

from rich.console import Console

from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings, signed
from schemas.settings import HubSettings
from store import trading
from store.engine import Store

NAME = "trading"
HELP = "counterparties that trading is suspended with"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="set|list|end|history", required=True)
    setting = what.add_parser("set", help="suspend trading with a counterparty")
    setting.add_argument("source")
    setting.add_argument("counterparty", help="its key")
    setting.add_argument("--from", dest="start", help="first day: 2026-01-01; today if not given")
    setting.add_argument("--to", dest="end", help="last day; until it is ended if not given")
    ending = what.add_parser("end", help="let a suspension no longer count")
    ending.add_argument("number", type=int, help="as `saldo trading list` shows it")
    for part in (setting, ending):
        signed.arguments(part)
    signed.listings(what)


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "set":
            _suspend(known, store, chosen, console)
        elif chosen.what == "end":
            with store.transaction() as tx:
                trading.end(tx, chosen.number, by=signed.by(chosen), reason=chosen.reason)
            console.print("Ended. A counterparty that the accounting system closed stays suspended.")
        else:
            for source in choosing.of(known, chosen.source):
                _list(store, source, console, ended=chosen.what == "history")
    return 0


def _suspend(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    source = choosing.one(known, chosen.source)
    today = datetime.now(source.settings.time_zone).date()
    with store.transaction() as tx:
        number = trading.suspend(
            tx,
            source.id,
            chosen.counterparty,
            from_on=choosing.day(chosen.start) if chosen.start else today,
            to_on=choosing.day(chosen.end) if chosen.end else None,
            by=signed.by(chosen),
            reason=chosen.reason,
        )
    console.print(f"Suspension {number}. Access to the site is another thing: `saldo access`.")


def _list(store: Store, source: Source, console: Console, *, ended: bool) -> None:
    with store.reading() as tx:
        found = trading.list_(tx, source.id, ended=ended)
    if not found:
        console.print(f"{source.id}: trading is suspended with nobody by the site.")
        return
    table = signed.table(f"{source.id}: suspended by the site", "counterparty", "from", "to", ended=ended)
    for one in found:
        cells = (one.counterparty_id, one.from_on, one.to_on or "until ended")
        table.add_row(*signed.row(one, *cells, zone=source.settings.time_zone, ended=ended))
    console.print(table)

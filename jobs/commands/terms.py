"""Payment terms set on the site, where the accounting system keeps none; no sync touches them."""

from __future__ import annotations

import argparse

from rich.console import Console

from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings, signed
from schemas.settings import HubSettings
from schemas.terms import Subject
from store import site_terms
from store.engine import Store

NAME = "terms"
HELP = "payment terms set on the site, where the accounting system keeps none"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="set|list|end|history", required=True)
    setting = what.add_parser("set", help="set the days to pay, for debts that arise from a day on")
    setting.add_argument("source")
    subject = setting.add_mutually_exclusive_group(required=True)
    subject.add_argument("--contract", help="key of the contract")
    subject.add_argument(
        "--counterparty", help="key of the counterparty: for all its contracts without terms"
    )
    setting.add_argument("--days", type=int, required=True, help="days to pay, 0 to 3650")
    setting.add_argument(
        "--from", dest="start", required=True, help="first day whose debts they hold for: 2026-01-01"
    )
    ending = what.add_parser("end", help="let terms no longer count, for any debt")
    ending.add_argument("number", type=int, help="as `saldo terms list` shows it")
    for part in (setting, ending):
        signed.arguments(part)
    signed.listings(what)


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "set":
            _set(known, store, chosen, console)
        elif chosen.what == "end":
            with store.transaction() as tx:
                site_terms.end(tx, chosen.number, by=signed.by(chosen), reason=chosen.reason)
            console.print("Ended: the next terms in order hold.")
        else:
            for source in choosing.of(known, chosen.source):
                _list(store, source, console, ended=chosen.what == "history")
    return 0


def _set(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    source = choosing.one(known, chosen.source)
    subject: Subject = "contract" if chosen.contract else "counterparty"
    with store.transaction() as tx:
        number = site_terms.add(
            tx,
            source.id,
            subject,
            chosen.contract or chosen.counterparty,
            days=chosen.days,
            valid_from=choosing.day(chosen.start),
            by=signed.by(chosen),
            reason=chosen.reason,
        )
    console.print(
        f"Terms {number}: they hold at once, where neither the accounting system's own date nor its contract says more."
    )


def _list(store: Store, source: Source, console: Console, *, ended: bool) -> None:
    with store.reading() as tx:
        found = site_terms.list_(tx, source.id, ended=ended)
    if not found:
        console.print(f"{source.id}: no payment terms are set on the site.")
        return
    table = signed.table(f"{source.id}: payment terms of the site", "of", "key", "days", "from", ended=ended)
    for one in found:
        cells = (one.subject, one.subject_id, str(one.days), one.valid_from)
        table.add_row(*signed.row(one, *cells, zone=source.settings.time_zone, ended=ended))
    console.print(table)

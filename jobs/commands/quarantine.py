"""Records that could not be mapped: list them, look at their own bytes, try again, settle them."""

from __future__ import annotations

import argparse
import getpass

from rich.console import Console
from rich.table import Table

from assets import quarantine
from assets.quarantine import Shown
from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.errors import StoreError
from schemas.settings import HubSettings
from store import rejections
from store.engine import Store

NAME = "quarantine"
HELP = "list, show, try again or settle records that could not be mapped"
MOST = 1_000


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="list|show|replay|resolve", required=True)
    listing = what.add_parser("list", help="what is held and why")
    show = what.add_parser("show", help="one record with its own bytes")
    again = what.add_parser("replay", help="map again what is held")
    resolve = what.add_parser("resolve", help="settle a record by your word")
    for part in (listing, again):
        part.add_argument(
            "--source", action="append", default=[], help="id of a source; all if none is given"
        )
        part.add_argument("--entity", help="only this kind of record")
    again.add_argument("record", nargs="?", help="only the units that hold this record; needs --entity")
    for part in (show, resolve):
        part.add_argument("source")
        part.add_argument("entity")
        part.add_argument("record")
    resolve.add_argument("--reason", required=True, help="why nothing more has to be done")
    resolve.add_argument("--by", default=None, help="who says so; your login if not given")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "list":
            _list(known, store, chosen, console)
        elif chosen.what == "show":
            _show(known, store, chosen, console)
        elif chosen.what == "replay":
            _replay(known, store, chosen, console)
        else:
            _resolve(known, store, chosen, console)
    return 0


def _list(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    for source in choosing.of(known, chosen.source):
        with store.reading() as tx:
            found = rejections.open_(tx, source.id, chosen.entity, limit=MOST)
            count = rejections.count(tx, source.id, chosen.entity)
        if not found:
            console.print(f"{source.id}: nothing is held.")
            continue
        table = Table(
            "entity", "record", "field", "reason", "what to do", "since", title=f"{source.id}: {count} held"
        )
        for one in found:
            since = one.first_seen_at.astimezone(source.settings.time_zone).isoformat(" ", "minutes")
            table.add_row(one.entity, one.record_id, one.field, one.reason, one.hint, since)
        console.print(table)


def _show(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    source = choosing.one(known, chosen.source)
    for one in quarantine.show(store, source, chosen.entity, chosen.record):
        console.print(_told(one), highlight=False, soft_wrap=True)


def _told(shown: Shown) -> str:
    held = shown.held
    lines = [
        f"{held.entity} {held.record_id}",
        f"  field       {held.field or 'the whole record'}"
        + (f" from {', '.join(held.paths)}" if held.paths else ""),
        f"  reason      {held.reason}",
        f"  what to do  {held.hint}",
        f"  seen        first {held.first_seen_at:%Y-%m-%d %H:%M} UTC, last {held.last_seen_at:%Y-%m-%d %H:%M} UTC",
    ]
    if held.page is None:
        return "\n".join([*lines, "  it came in no page"])
    page = held.page
    lines += [
        f"  page        {page.id} of unit {held.unit_id}, record {held.place}, sha256 {page.sha256}",
        f"  run         {held.run_id}",
        "  what came instead of it:" if shown.instead else "  the record as it came:",
    ]
    return "\n".join([*lines, shown.text])


def _replay(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    if chosen.record and not chosen.entity:
        raise StoreError("a record is known by its kind and its key", hint="Give --entity beside the record.")
    for source in choosing.of(known, chosen.source):
        entity = source.entity(chosen.entity).name if chosen.entity else None
        run_id = choosing.new_run()
        done = quarantine.replay(store, source, entity, run_id=run_id, record_id=chosen.record)
        console.print(
            f"{source.id}: {done.before} held before, {done.after} now; {done.units} units mapped again."
        )


def _resolve(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    source = choosing.one(known, chosen.source)
    by = chosen.by or getpass.getuser()
    with store.transaction() as tx:
        settled = rejections.resolve(
            tx, source.id, chosen.entity, chosen.record, by=by, resolution=chosen.reason
        )
    if not settled:
        raise StoreError(
            f"nothing is open about {chosen.entity} {chosen.record}",
            hint="`saldo quarantine list` shows what is held.",
        )
    console.print(f"Settled by {by}. It opens again if the record is refused for another reason.")

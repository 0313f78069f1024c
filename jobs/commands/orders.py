"""Orders on their way into the books: list, show what the books said, and settle those that need a person."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from assets import report_orders
from jobs.commands import chosen as choosing
from jobs.commands import orders_shown, settings, signed
from schemas import parties
from schemas.settings import HubSettings
from schemas.submissions import KINDS, STATES, State
from store import order_flow, order_strangers, outbox_settling, submission_lists, submissions
from store.engine import Store, Tx
from store.submission_lists import Wanted
from store.submissions import Submission

NAME = "orders"
HELP = "orders on their way into the books: list, show, settle"
LIMIT = 50
# What is done by whoever settles one: the transaction, the order, what was chosen, who and why.
Settle = Callable[[Tx, Submission, argparse.Namespace, HubSettings], Submission]
AFTERWARDS = (
    "The worker of `saldo serve` goes on with it within moments, the job `{source}_orders` where none runs."
)


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(
        dest="what", metavar="list|show|again|absent|found|release|cancel", required=True
    )
    listing = what.add_parser("list", help="the newest first, with what to do about each")
    listing.add_argument("--source", action="append", default=[], help="id of a source; all if none is given")
    listing.add_argument(
        "--state", action="append", default=[], choices=STATES, help="only those in this state"
    )
    listing.add_argument(
        "--kind", choices=KINDS, default="order", help="orders if not given, else what the portal wants new"
    )
    listing.add_argument("--limit", type=int, default=LIMIT, help=f"how many; {LIMIT} if not given")
    _settling(what, "show", "one with everything that happened to it, and the books' own words", signs=False)
    _settling(what, "again", "send one again that the books refused: its document is looked for first")
    _settling(what, "absent", "say that the books have not got it: it is sent again")
    found = _settling(what, "found", "say which document of the books it is")
    found.add_argument("key", help="the document's key (Ref_Key, a guid)")
    _settling(what, "release", "let one go that the credit check holds")
    _settling(what, "cancel", "cancel it; what the books have is marked for deletion there")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "list":
            _list(known, store, chosen, console)
        elif chosen.what == "show":
            orders_shown.show(known, store, chosen.number, console)
        else:
            _settle(known, store, chosen, console)
    return 0


def _settling(
    what: argparse._SubParsersAction[argparse.ArgumentParser], name: str, told: str, *, signs: bool = True
) -> argparse.ArgumentParser:
    part = what.add_parser(name, help=told)
    part.add_argument("number", type=int, help="as `saldo orders list` shows it")
    if signs:
        signed.arguments(part)
    return part


def _list(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    states: list[State] = chosen.state
    for source in choosing.of(known, chosen.source):
        wanted = Wanted(kind=chosen.kind, states=states or None, source=source.id)
        with store.reading() as tx:
            found = submission_lists.found(tx, wanted, after=None, limit=chosen.limit)
            strangers = order_strangers.of(tx, source.id)
        if strangers:
            console.print(
                f"{source.id}: {len(strangers)} with our marker in the books are unknown here.", style="red"
            )
            console.print(
                "An older backup was restored, or one is there twice: docs/orders.md tells what to do."
            )
        if not found:
            what = (
                "orders" if chosen.kind == "order" else f"requests for a new {chosen.kind.replace('_', ' ')}"
            )
            console.print(f"{source.id}: no {what}.")
            continue
        table = Table(
            "number", "reference", "state", "since", "document", "total", "what to do", title=source.id
        )
        for one in found:
            since = signed.moment(one.since, source.settings.time_zone)
            total = orders_shown.total(one)
            reference = parties.plain(one.reference, one.counterparty_id)
            table.add_row(
                str(one.number), reference, one.state, since, one.document_number, total, _to_do(one)
            )
        console.print(table)


def _to_do(one: Submission) -> str:
    if one.state in ("uncertain", "rejected"):
        return report_orders.way_out(one).replace("`", "")
    if one.state == "held":
        return f"saldo orders release {one.number}"
    if one.state == "awaiting_approval":
        return "approve or decline it at the desk"
    return f"wait: {one.why}" if one.state == "queued" and one.why is not None else ""


def _settle(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    with store.transaction() as tx:
        one = submissions.by_number(tx, chosen.number)
        after = SETTLE[chosen.what](tx, one, chosen, known)
    if chosen.what == "cancel" and after.state != "cancelled":
        console.print(f"{one.number}: the books are asked to cancel it.")
    else:
        console.print(f"{one.number}: {one.state} -> {after.state}.")
    if after.state != "cancelled":
        console.print(AFTERWARDS.format(source=one.source))


def _by(chosen: argparse.Namespace) -> str:
    return f"saldo:{signed.by(chosen)}"


SETTLE: dict[str, Settle] = {
    "again": lambda tx, one, chosen, _: outbox_settling.again(tx, one, _by(chosen), chosen.reason),
    "absent": lambda tx, one, chosen, _: outbox_settling.absent(tx, one, _by(chosen), chosen.reason),
    "found": lambda tx, one, chosen, _: outbox_settling.found(
        tx, one, chosen.key.lower(), _by(chosen), chosen.reason
    ),
    "release": lambda tx, one, chosen, known: order_flow.release(tx, known, one, _by(chosen), chosen.reason),
    "cancel": lambda tx, one, chosen, _: order_flow.cancel(tx, one, _by(chosen), chosen.reason),
}

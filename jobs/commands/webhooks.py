"""Where events are sent: set up, look at what was sent, send again. What a key made over the API is here too."""

from __future__ import annotations

import argparse
import getpass
from datetime import UTC

from rich.console import Console
from rich.table import Table

from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.errors import ConfigurationError
from schemas.events import EVENT_TYPES, EVERY
from schemas.settings import HubSettings
from store import audit, deliveries, delivery_log, webhook_secrets, webhooks
from store.engine import Store, Tx

NAME = "webhooks"
HELP = "where events are sent: set up, look at what was sent, send again"
STATES = ("pending", "delivered", "given_up")


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(
        dest="what", metavar="list|create|log|replay|enable|disable|rotate|remove", required=True
    )
    what.add_parser("list", help="all webhooks, and how they stand")
    create = what.add_parser("create", help="send events to an address; its secret is shown once")
    create.add_argument("url")
    create.add_argument("--event", action="append", choices=(EVERY, *EVENT_TYPES), help="a type; all if none")
    create.add_argument("--source", help="only of this source")
    create.add_argument("--counterparty", action="append", help="only of these, by their keys")
    log = what.add_parser("log", help="what was sent, the latest first")
    log.add_argument("--state", choices=STATES)
    log.add_argument("--limit", type=int, default=50)
    replay = what.add_parser("replay", help="send events again, delivered or not")
    replay.add_argument("--since", help="2026-03-03T10:00+03:00; in UTC without an offset")
    replay.add_argument("--until")
    replay.add_argument("--type", action="append", default=[], choices=EVENT_TYPES)
    replay.add_argument("--event-id", action="append", default=[])
    replay.add_argument("--given-up", action="store_true", help="those that no attempt brought there")
    enable = what.add_parser("enable", help="send there again, with what happened meanwhile")
    enable.add_argument("--key", help="number of the key it is to hear as from now on")
    disable = what.add_parser("disable", help="send nothing there until it is enabled")
    rotate = what.add_parser("rotate", help="a new secret; the old one signs beside it for 24 hours")
    remove = what.add_parser("remove", help="forget it, with its log")
    for part in (log, replay, enable, disable, rotate, remove):
        part.add_argument("id", help="as `saldo webhooks list` shows it")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "list":
            _list(store, console)
        elif chosen.what == "log":
            _log(store, chosen, console)
        else:
            with store.transaction() as tx:
                said = _change(tx, known, chosen)
            console.print(said)
    return 0


def _change(tx: Tx, known: HubSettings, chosen: argparse.Namespace) -> str:
    if chosen.what == "create":
        return _create(tx, known, chosen)
    found = webhooks.must_get(tx, chosen.id)
    if chosen.what == "replay":
        said = _replay(tx, found, chosen)
    elif chosen.what == "enable":
        waiting = deliveries.enable(tx, found.id, chosen.key)
        said = f"Enabled: {waiting} events wait to be sent."
    elif chosen.what == "disable":
        webhooks.disable(tx, found.id, "by_hand", at=tx.now)
        said = "Disabled: nothing is sent there. What happens meanwhile is sent once it is enabled again."
    elif chosen.what == "rotate":
        said = f"{webhook_secrets.rotate(tx, found.id).value}\nThe old secret signs beside it for 24 hours."
    else:
        webhooks.remove(tx, found.id)
        said = "Removed."
    audit.add(tx, operation=f"webhooks.{chosen.what}", subject=found.id, details={"by": getpass.getuser()})
    return said


def _create(tx: Tx, known: HubSettings, chosen: argparse.Namespace) -> str:
    if chosen.source is not None:
        choosing.one(known, chosen.source)
    made, secret = webhooks.create(
        tx,
        url=chosen.url,
        own_hosts=known.webhook_hosts,
        by=getpass.getuser(),
        events=chosen.event or (EVERY,),
        source=chosen.source,
        counterparties=chosen.counterparty,
    )
    details = {"by": made.created_by, "events": list(made.events), "source": made.source}
    audit.add(tx, operation="webhooks.create", subject=made.id, details=details)
    return f"{made.id}\n{secret.value}\nThis secret is not shown again: the receiver verifies with it."


def _replay(tx: Tx, found: webhooks.Webhook, chosen: argparse.Namespace) -> str:
    if sum((chosen.since is not None, bool(chosen.event_id), chosen.given_up)) != 1:
        raise ConfigurationError(
            "it is not clear what is to be sent again", hint="Give --since, --event-id or --given-up."
        )
    queued = deliveries.replay(
        tx,
        found,
        since=choosing.moment(chosen.since, UTC) if chosen.since else None,
        until=choosing.moment(chosen.until, UTC) if chosen.until else None,
        types=chosen.type,
        event_ids=chosen.event_id,
        given_up=chosen.given_up,
    )
    waits = "" if found.disabled_at is None else " It is disabled: they wait until it is enabled."
    return f"{queued} events are sent again.{waits}"


def _list(store: Store, console: Console) -> None:
    with store.reading() as tx:
        found = delivery_log.standings(tx)
    if not found:
        console.print("There are no webhooks.")
        return
    table = Table("id", "to", "hears", "of", "key", "state", "waiting", "given up", title="Webhooks")
    for one in found:
        own = one.webhook
        of = " ".join((own.source or "all", *(own.counterparties or ())))
        hears = ", ".join(own.events)
        table.add_row(
            own.id, own.url, hears, of, own.key_number, _state(own), str(one.pending), str(one.given_up)
        )
    console.print(table)


def _log(store: Store, chosen: argparse.Namespace, console: Console) -> None:
    with store.reading() as tx:
        webhooks.must_get(tx, chosen.id)
        found = delivery_log.page(tx, chosen.id, state=chosen.state, before=None, limit=chosen.limit)
    table = Table(
        "event", "type", "happened", "state", "attempts", "next", "last", title=f"Sent to {chosen.id}"
    )
    for one in found:
        following = f"{one.next_at:%m-%d %H:%M:%S}" if one.state == "pending" else "-"
        last = str(one.last_status or one.last_error or "-")
        happened = f"{one.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(one.event_id, one.type, happened, one.state, str(one.attempts), following, last)
    console.print(table)


def _state(own: webhooks.Webhook) -> str:
    if own.disabled_at is not None:
        return f"disabled: {own.disabled_because}"
    return "active" if own.failing_since is None else f"failing since {own.failing_since:%m-%d %H:%M}"

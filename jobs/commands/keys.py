"""Keys of the storefront's API: made once, shown once, revoked at once; the audit says by whom."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from jobs.commands import chosen as choosing
from jobs.commands import settings
from schemas.api_keys import ADMIN, PERMISSIONS, REACHES, STOREFRONT, ApiKey, Permission, Reach
from schemas.errors import ConfigurationError
from schemas.settings import HubSettings
from store import api_keys, audit
from store.engine import Store

NAME = "keys"
HELP = "keys of the storefront's API: create, list, revoke"
MINUTE = "minutes"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="create|list|revoke", required=True)
    create = what.add_parser("create", help="make a key; its text is shown this once")
    create.add_argument("--name", required=True, help="who or what uses it")
    create.add_argument(
        "--permission",
        action="append",
        choices=PERMISSIONS,
        default=[],
        help=f"what it may do; if none is given everything but {', '.join(ADMIN)}",
    )
    create.add_argument("--source", help="of this accounting base only")
    create.add_argument("--counterparty", help="of this company only: its key in the base")
    create.add_argument("--contact", help="only what this person of theirs placed: the person's key")
    create.add_argument(
        "--reach",
        choices=REACHES,
        help="branch: the counterparty alone, if not given; subtree: with those below it;"
        " company: all of one head office; own: what --contact placed",
    )
    create.add_argument(
        "--per-minute", type=int, help="requests it may make; the hub's own limit if not given"
    )
    create.add_argument("--expires", help="it is of no use from then on: 2027-01-01T00:00+03:00")
    revoke = what.add_parser("revoke", help="let a key be of no use any more, within seconds")
    revoke.add_argument("number", help="as `saldo keys list` shows it")
    for part in (create, revoke):
        part.add_argument("--by", default=None, help="who says so; your login if not given")
    listing = what.add_parser("list", help="every key there ever was, the newest first")
    listing.add_argument("--in-use", action="store_true", help="only those that may still be used")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "create":
            _create(known, store, chosen, console)
        elif chosen.what == "revoke":
            _revoke(store, chosen, console)
        else:
            _list(store, console, in_use=chosen.in_use)
    return 0


def _create(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    permissions: Sequence[Permission] = chosen.permission or STOREFRONT
    reach: Reach = chosen.reach or ("own" if chosen.contact else "branch")
    _refuse(chosen, permissions)
    if chosen.source:
        choosing.one(known, chosen.source)
    by, expires_at = str(chosen.by or getpass.getuser()), _moment(known, chosen)
    with store.transaction() as tx:
        key, text = api_keys.create(
            tx,
            name=chosen.name.strip(),
            by=by,
            permissions=permissions,
            source=chosen.source,
            counterparty_id=chosen.counterparty,
            contact_id=chosen.contact,
            reach=reach,
            per_minute=chosen.per_minute,
            expires_at=expires_at,
        )
        details: dict[str, object] = {"name": key.name, "by": by, "permissions": list(key.permissions)}
        if key.counterparty_id:
            details |= {"reach": reach, "contact_id": key.contact_id}
        audit.add(
            tx,
            operation="keys.create",
            source=key.source,
            counterparty_id=key.counterparty_id,
            subject=key.number,
            details=details,
        )
    console.print(f"Key {key.number}. Nobody can show it again; keep it where the storefront's secrets are:")
    console.print(f"\n    {text}\n", soft_wrap=True, highlight=False)
    console.print(f"It may: {', '.join(key.permissions)}. It sees: {_sees(key)}.", highlight=False)
    console.print(
        "Send it with every request: Authorization: Bearer <the key>. The addresses: /docs of the API.",
        highlight=False,
    )


def _refuse(chosen: argparse.Namespace, permissions: Sequence[Permission]) -> None:
    if not chosen.name.strip():
        raise ConfigurationError("nobody would know whose key it is", hint="Give --name a text.")
    if chosen.per_minute is not None and chosen.per_minute < 1:
        raise ConfigurationError("the key could not be used at all", hint="Give --per-minute 1 or more.")
    if chosen.counterparty and "rules:write" in permissions:
        raise ConfigurationError(
            "settings of the supplier are not for a key of one company",
            hint="Leave out --permission rules:write, or --counterparty.",
        )


def _moment(known: HubSettings, chosen: argparse.Namespace) -> datetime | None:
    if chosen.expires is None:
        return None
    zone = choosing.one(known, chosen.source).settings.time_zone if chosen.source else None
    moment = choosing.moment(chosen.expires, zone)
    if moment <= datetime.now(UTC):
        raise ConfigurationError("the key would expire before it is used", hint="Give a moment to come.")
    return moment


def _revoke(store: Store, chosen: argparse.Namespace, console: Console) -> None:
    by = str(chosen.by or getpass.getuser())
    with store.transaction() as tx:
        api_keys.revoke(tx, chosen.number, by=by)
        audit.add(tx, operation="keys.revoke", subject=chosen.number, details={"by": by})
    console.print(f"Key {chosen.number} is revoked: in some seconds every request with it is 401.")


def _list(store: Store, console: Console, *, in_use: bool) -> None:
    now = datetime.now(UTC)
    with store.reading() as tx:
        found = [key for key in api_keys.every(tx) if key.is_valid(now) or not in_use]
    if not found:
        console.print("There are no keys: `saldo keys create --name storefront` makes one.")
        return
    table = Table("number", "name", "may", "sees", "a minute", "made", "state", title="Keys of the API")
    for key in found:
        table.add_row(
            key.number,
            key.name,
            "storefront" if set(key.permissions) == set(STOREFRONT) else ", ".join(key.permissions),
            _sees(key),
            str(key.per_minute or "default"),
            f"{key.created_at.isoformat(' ', MINUTE)} by {key.created_by}",
            _state(key, now),
        )
    console.print(table)


def _sees(key: ApiKey) -> str:
    if key.counterparty_id is None:
        return "everything" if key.source is None else f"everything of {key.source}"
    person = f", what {key.contact_id} placed" if key.contact_id else ""
    return f"{key.source}:{key.counterparty_id} ({key.reach}{person})"


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at.isoformat(' ', MINUTE)} by {key.revoked_by}"
    if key.expires_at is None:
        return "in use"
    told = "expired" if key.expires_at <= now else "expires"
    return f"{told} {key.expires_at.isoformat(' ', MINUTE)}"

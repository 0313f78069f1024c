"""People who may sign in at the desk: add, list, disable, role, password. The first one is made this way."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from desk.frame import passwords, translations
from jobs.commands import settings
from schemas.desk import ROLES
from schemas.errors import ConfigurationError
from schemas.languages import LANGUAGES
from store import audit, desk_locks, desk_sessions, desk_users
from store.engine import Store, Tx

NAME = "users"
HELP = "people who may sign in at the desk: add, list, disable, enable, role, password"
VARIABLE = "SALDO_USER_PASSWORD"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="add|list|disable|enable|role|password", required=True)
    add = what.add_parser(
        "add", help=f"the password is asked for; or comes from {VARIABLE} or standard input"
    )
    add.add_argument("--name", help="as the desk calls the person; the login if not given")
    add.add_argument("--role", choices=ROLES, default="accountant", help="accountant, if not given")
    add.add_argument("--language", choices=LANGUAGES, default="ru", help="ru, if not given")
    add.add_argument(
        "--no-password", action="store_true", help="signs in through the provider of identities only"
    )
    disable = what.add_parser("disable", help="out at once, and in no more")
    enable = what.add_parser("enable", help="may sign in again")
    role = what.add_parser("role", help="what the person may do")
    role.add_argument("role", choices=ROLES)
    password = what.add_parser("password", help="set a new one; every session of the person ends")
    for part in (add, password):
        part.add_argument("--login", required=True)
    for part in (disable, enable, role):
        part.add_argument("--login", required=True, help="as `saldo users list` shows it")
    for part in (add, disable, enable, role, password):
        part.add_argument("--by", default=None, help="who says so; your login if not given")
    what.add_parser("list", help="everybody there ever was")


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "list":
            _list(store, console)
            return 0
        hashed = _hashed(chosen.login) if _asks(chosen) else None
        with store.transaction() as tx:
            told = _do(tx, chosen, hashed)
            details = {"by": str(chosen.by or getpass.getuser()), **told}
            audit.add(tx, operation=f"users.{chosen.what}", subject=chosen.login, details=details)
    console.print(_DONE[chosen.what].format(login=chosen.login), highlight=False)
    return 0


_DONE = {
    "add": "{login} may sign in: /desk of the hub.",
    "disable": "{login} is out at once and does not come in any more.",
    "enable": "{login} may sign in again.",
    "role": "{login} has that role from the next click on.",
    "password": "{login} has a new password; sessions with the old one are over.",
}


def _asks(chosen: argparse.Namespace) -> bool:
    return chosen.what == "password" or (chosen.what == "add" and not chosen.no_password)


def _do(tx: Tx, chosen: argparse.Namespace, hashed: str | None) -> dict[str, object]:
    """Do it; gives what the audit is told of it."""
    login = chosen.login
    match chosen.what:
        case "add":
            desk_users.add(
                tx,
                login=login,
                name=chosen.name or login,
                role=chosen.role,
                language=chosen.language,
                by=audit.AT_THE_COMMAND_LINE,
                password_hash=hashed,
            )
            return {"role": chosen.role}
        case "disable":
            desk_users.disable(tx, login)
            desk_sessions.end_all(tx, login)
        case "enable":
            desk_users.enable(tx, login)
        case "role":
            desk_users.set_role(tx, login, chosen.role)
            return {"role": chosen.role}
        case "password" if hashed is not None:
            desk_users.set_password(tx, login, hashed)
            desk_locks.forget(tx, login)
            desk_sessions.end_all(tx, login)
    return {}


def _hashed(login: str) -> str:
    """Errors: ConfigurationError for one that is easy to guess."""
    password = _password()
    problem = passwords.weakness(password, login, translations.texts("en"))
    if problem is not None:
        raise ConfigurationError(
            f"this password will not do: {problem[0].lower()}{problem[1:].rstrip('.')}",
            hint=f"Choose one of {passwords.SHORTEST} letters or more that nobody would guess.",
        )
    return passwords.hashed(password)


def _password() -> str:
    """Never an argument: those are seen by everybody on the machine."""
    if given := os.environ.get(VARIABLE):
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, again = getpass.getpass("Password: "), getpass.getpass("The same again: ")
    if first != again:
        raise ConfigurationError("the two are not the same", hint="Start the command again.")
    return first


def _list(store: Store, console: Console) -> None:
    with store.reading() as tx:
        found = desk_users.every(tx)
        open_now = {
            user.login: len(desk_sessions.of_user(tx, user.login, datetime.now(UTC))) for user in found
        }
    if not found:
        console.print("Nobody may sign in yet: `saldo users add --login anna --role admin` makes the first.")
        return
    table = Table(
        "login", "name", "role", "signs in by", "made", "sessions", "state", title="People at the desk"
    )
    for user in found:
        ways = ["password"] * user.has_password + ["provider"] * (user.oidc_subject is not None)
        table.add_row(
            user.login,
            user.name,
            user.role,
            ", ".join(ways) or "nothing yet",
            f"{user.created_at.isoformat(' ', 'minutes')} by {user.created_by}",
            str(open_now[user.login]),
            "active"
            if user.disabled_at is None
            else f"disabled {user.disabled_at.isoformat(' ', 'minutes')}",
        )
    console.print(table)

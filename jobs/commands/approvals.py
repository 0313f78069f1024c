"""Which orders of the portal need somebody's approval before they go to the books; no sync touches it."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

from rich.console import Console

from assets.source import Source
from jobs.commands import chosen as choosing
from jobs.commands import settings, signed
from schemas.approvals import ANY_AMOUNT
from schemas.errors import ConfigurationError
from schemas.money import Money, currencies, to_units
from schemas.settings import HubSettings
from store import approval_rules
from store.approval_rules import Rule
from store.engine import Store

NAME = "approvals"
HELP = "which orders of the portal need somebody's approval"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="add|list|end|history", required=True)
    adding = what.add_parser("add", help="let such orders wait for an approval")
    adding.add_argument("source")
    adding.add_argument("--counterparty", help="its key: of it and of those below it; everybody if not given")
    adding.add_argument("--branch", help="its key: of this branch and of those below it")
    adding.add_argument("--contact", help="key of the person who placed it, or for whom it was placed")
    adding.add_argument("--amount", help="of so much or more: 1000.00; every order if not given")
    adding.add_argument("--currency", help="ISO code: orders in this currency only; an amount needs it")
    ending = what.add_parser("end", help="let a rule no longer count")
    ending.add_argument("number", type=int, help="as `saldo approvals list` shows it")
    for part in (adding, ending):
        signed.arguments(part)
    signed.listings(what)


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what == "add":
            _add(known, store, chosen, console)
        elif chosen.what == "end":
            with store.transaction() as tx:
                approval_rules.end(tx, chosen.number, by=signed.by(chosen), reason=chosen.reason)
            console.print("Ended. Orders that wait for an approval go on waiting.")
        else:
            for source in choosing.of(known, chosen.source):
                _list(store, source, console, ended=chosen.what == "history")
    return 0


def _add(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    source = choosing.one(known, chosen.source)
    with store.transaction() as tx:
        number = approval_rules.add(
            tx,
            source.id,
            counterparty_id=chosen.counterparty,
            branch_id=chosen.branch,
            contact_id=chosen.contact,
            currency=chosen.currency,
            amount=_units(chosen.amount, chosen.currency),
            by=signed.by(chosen),
            reason=chosen.reason,
        )
    console.print(f"Rule {number}: it counts for orders that are placed from now on.")


def _units(text: str | None, currency: str | None) -> int:
    if text is None:
        return ANY_AMOUNT
    if currency not in currencies():
        raise ConfigurationError("an amount needs its currency", hint="Give --currency, such as RUB.")
    try:
        return to_units(Decimal(text), currencies()[currency].exponent)
    except (InvalidOperation, ValueError) as error:
        raise ConfigurationError(
            f"{text!r} is no amount of {currency}", hint="Write it with a point, as 1000.00."
        ) from error


def _list(store: Store, source: Source, console: Console, *, ended: bool) -> None:
    with store.reading() as tx:
        found = approval_rules.list_(tx, source.id, ended=ended)
    if not found:
        console.print(f"{source.id}: no order needs an approval.")
        return
    titles = ("counterparty", "branch", "contact", "orders of")
    table = signed.table(f"{source.id}: rules of approval", *titles, ended=ended)
    for one in found:
        whom = (one.counterparty_id or "all", one.branch_id or "any", one.contact_id or "any")
        table.add_row(*signed.row(one, *whom, _much(one), zone=source.settings.time_zone, ended=ended))
    console.print(table)


def _much(rule: Rule) -> str:
    if rule.currency is None:
        return "any amount"
    if rule.amount == ANY_AMOUNT:
        return f"any amount of {rule.currency}"
    return f"{Money(rule.amount, rule.currency)} {rule.currency} or more"

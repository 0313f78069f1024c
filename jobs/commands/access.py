"""Who may open the site: rules by overdue debts, and states set by hand; no sync touches them."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from rich.console import Console

from assets.source import Source
from jobs.commands import access_tables, settings, signed
from jobs.commands import chosen as choosing
from schemas.access import STATES
from schemas.errors import ConfigurationError
from schemas.money import currencies, to_units
from schemas.settings import HubSettings
from store import access_rules
from store.engine import Store, Tx

NAME = "access"
HELP = "who may open the site: rules by overdue debts, and states set by hand"


def arguments(command: argparse.ArgumentParser) -> None:
    what = command.add_subparsers(dest="what", metavar="show|rule|set|list|end|history", required=True)
    show = what.add_parser("show", help="what one counterparty may open now, and why")
    rule = what.add_parser("rule", help="restrict those whose debts are overdue")
    setting = what.add_parser("set", help="set the state of one counterparty by hand: it stands in for rules")
    for part in (show, rule, setting):
        part.add_argument("source")
    for part in (show, setting):
        part.add_argument("counterparty", help="its key")
    for part in (rule, setting):
        part.add_argument("state", choices=STATES)
    rule.add_argument("--days", type=int, required=True, help="debts overdue for so many days or more")
    rule.add_argument("--amount", help="such debts of so much or more: 1000.00; any if not given")
    rule.add_argument("--currency", help="ISO code; each by itself if not given")
    rule.add_argument("--segment", help="only these: 'Rank=A' by an extension field, or 'kind=person'")
    setting.add_argument("--until", help="it expires then: 2026-04-05T10:00 in the base's time zone")
    ending = what.add_parser("end", help="let a rule, or a state set by hand, no longer count")
    ending.add_argument("kind", choices=("rule", "state"))
    ending.add_argument("number", type=int, help="as `saldo access list` shows it")
    for part in (rule, setting, ending):
        signed.arguments(part)
    signed.listings(what)


def run(chosen: argparse.Namespace, console: Console) -> int:
    known = settings.load()
    with settings.opened(known) as store:
        if chosen.what in ("list", "history"):
            for source in choosing.of(known, chosen.source):
                access_tables.listed(store, source, console, ended=chosen.what == "history")
        elif chosen.what == "show":
            source = choosing.one(known, chosen.source)
            access_tables.show(store, known, source, chosen.counterparty, datetime.now(UTC), console)
        else:
            _change(known, store, chosen, console)
    return 0


def _change(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> None:
    with store.transaction() as tx:
        if chosen.what == "end":
            end = access_rules.end_rule if chosen.kind == "rule" else access_rules.end_override
            end(tx, chosen.number, by=signed.by(chosen), reason=chosen.reason)
            console.print("Ended.")
            return
        source = choosing.one(known, chosen.source)
        if chosen.what == "rule":
            console.print(f"Rule {_rule(tx, source, chosen)}: it counts at once, on fresh figures only.")
        else:
            console.print(f"State {_state(tx, source, chosen)}: it counts at once, whatever is owed.")


def _rule(tx: Tx, source: Source, chosen: argparse.Namespace) -> int:
    return access_rules.add_rule(
        tx,
        source.id,
        state=chosen.state,
        days=chosen.days,
        currency=chosen.currency,
        amount=_units(chosen.amount, chosen.currency),
        segment=_segment(chosen.segment),
        by=signed.by(chosen),
        reason=chosen.reason,
    )


def _state(tx: Tx, source: Source, chosen: argparse.Namespace) -> int:
    return access_rules.add_override(
        tx,
        source.id,
        chosen.counterparty,
        state=chosen.state,
        expires_at=choosing.instant(chosen.until, source) if chosen.until else None,
        by=signed.by(chosen),
        reason=chosen.reason,
    )


def _units(text: str | None, currency: str | None) -> int:
    """The amount in minor units; the smallest one where any debt counts."""
    if text is None:
        return access_rules.ANY_DEBT
    if currency not in currencies():
        raise ConfigurationError("an amount needs its currency", hint="Give --currency, such as RUB.")
    try:
        return to_units(Decimal(text), currencies()[currency].exponent)
    except (InvalidOperation, ValueError) as error:
        raise ConfigurationError(
            f"{text!r} is no amount of {currency}", hint="Write it with a point, as 1000.00."
        ) from error


def _segment(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    field, is_one, value = text.partition("=")
    if not (field and is_one and value):
        raise ConfigurationError(f"{text!r} is no segment", hint="Write it as 'Rank=A' or 'kind=person'.")
    return field, value

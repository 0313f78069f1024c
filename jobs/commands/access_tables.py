"""How `saldo access` shows rules, states and what they come to."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console

from assets.source import Source
from jobs.commands import signed
from schemas import TABLES
from schemas.errors import StoreError
from schemas.money import Money
from schemas.settings import HubSettings
from schemas.trading import Trading
from store import access, access_rules, records, trading
from store.access import AccessState
from store.access_rules import Override, Rule
from store.engine import Store


def listed(store: Store, source: Source, console: Console, *, ended: bool) -> None:
    with store.reading() as tx:
        rules = access_rules.rules(tx, source.id, ended=ended)
        states = access_rules.overrides(tx, source.id, ended=ended)
    if not rules and not states:
        console.print(f"{source.id}: nothing restricts anybody.")
    zone = source.settings.time_zone
    if rules:
        table = signed.table(f"{source.id}: rules", "state", "overdue", "for", ended=ended)
        for rule in rules:
            table.add_row(*signed.row(rule, rule.state, _debt(rule), _who(rule), zone=zone, ended=ended))
        console.print(table)
    if states:
        table = signed.table(f"{source.id}: set by hand", "counterparty", "state", "expires", ended=ended)
        for one in states:
            cells = (one.counterparty_id, one.state, _expiry(one, source))
            table.add_row(*signed.row(one, *cells, zone=zone, ended=ended))
        console.print(table)


def show(
    store: Store, known: HubSettings, source: Source, counterparty_id: str, now: datetime, console: Console
) -> None:
    zone = source.settings.time_zone
    with store.reading() as tx:
        found = access.evaluate(tx, known, source.settings, counterparty_id, now)
        counterparty = records.get(tx, TABLES["counterparty"], source.id, (counterparty_id,))
        if found is None or counterparty is None:
            hint = "Check the key; what is new in the accounting system comes with the next sync"
            raise StoreError("The store has no counterparty with this key", hint=hint, source=source.id)
        traded = trading.evaluate(tx, source.id, counterparty, now.astimezone(zone).date())
    for line in _told(found, traded, source):
        console.print(line, highlight=False)


def _told(found: AccessState, traded: Trading, source: Source) -> list[str]:
    zone, decision = source.settings.time_zone, found.decision
    why: str = decision.reason
    if decision.rule:
        why += f" {decision.rule.number}"
    elif decision.override:
        why += f", number {decision.override.number}"
    overdue = ", ".join(
        f"{Money(debt.units, debt.currency)} {debt.currency} since {debt.overdue_from}"
        for debt in found.overdue
    )
    return [
        f"access   {decision.state}",
        f"  why    {why}",
        f"  since  {signed.moment(decision.since, zone) if decision.since else '-'}",
        f"overdue  {overdue or 'nothing'}",
        f"  as of  {signed.moment(found.as_of, zone) if found.as_of else 'never read'}",
        f"  books  {found.agreement.state}",
        f"trading  {traded.status}, by {traded.decided_by.replace('_', ' ')}",
    ]


def _debt(rule: Rule) -> str:
    days = f"{rule.days} days or more"
    if rule.currency is None:
        return days
    return f"{days}, {Money(rule.amount, rule.currency)} {rule.currency} or more"


def _who(rule: Rule) -> str:
    return "all" if rule.segment is None else f"{rule.segment_name}={rule.segment_value}"


def _expiry(one: Override, source: Source) -> str:
    return signed.moment(one.expires_at, source.settings.time_zone) if one.expires_at else "never"

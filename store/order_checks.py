"""Everything that is wrong with an order by what the store knows now, told at once; before a push as for a draft.

Digits and lengths are not of it: what cannot be kept never becomes an `Order`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from schemas.order_limits import LARGEST_AMOUNT
from schemas.order_problems import Problem
from schemas.orders import HUNDRED_PERCENT, Order, OrderLine
from schemas.settings import HubSettings, SourceSettings
from store import access, order_facts, trading
from store.engine import Tx
from store.order_facts import Facts

NO_BRANCH = "The counterparty has no branch with this id, on any level below it."
_NEXT_SYNC = "a new one comes with the next sync"


@dataclass(frozen=True, slots=True)
class Standing:
    """What day it is by the books' clock, and which of the order's counterparties may not order."""

    today: date
    suspended: frozenset[str]
    blocked: frozenset[str]


def problems(
    tx: Tx, settings: HubSettings, source: SourceSettings, order: Order, now: datetime
) -> list[Problem]:
    """Of an order that is kept."""
    facts = order_facts.gather(tx, source.id, order_facts.named(order))
    return found(order, facts, standing(tx, settings, source, facts, now))


def standing(tx: Tx, settings: HubSettings, source: SourceSettings, facts: Facts, now: datetime) -> Standing:
    """Whether those who order may, now (CM-15, BS-14)."""
    today = now.astimezone(source.time_zone).date()
    parties = {one.id: one for one in (facts.counterparty, facts.branch) if one is not None}
    suspended = {
        key
        for key, one in parties.items()
        if trading.evaluate(tx, source.id, one, today).status == "suspended"
    }
    judged = {key: access.evaluate(tx, settings, source, key, now) for key in parties}
    blocked = {key for key, one in judged.items() if one is not None and one.decision.state == "blocked"}
    return Standing(today, frozenset(suspended), frozenset(blocked))


def found(order: Order, facts: Facts, standing: Standing) -> list[Problem]:
    """The same, from what was gathered: pure."""
    return [
        *_parties(order, facts, standing),
        *_contract(order, facts, standing.today),
        *_people(order, facts, standing.today),
        *_when(order, standing.today),
        *(one for place, line in enumerate(order.lines) for one in _line(f"lines/{place}", line, facts)),
        *too_large(order),
    ]


def _parties(order: Order, facts: Facts, standing: Standing) -> Iterator[Problem]:
    if facts.counterparty is None:
        yield Problem(
            "counterparty_id", "There is no counterparty with this id. Send an id as an answer gave it."
        )
    yield from _may_order("counterparty_id", order.counterparty_id, standing)
    if order.branch_id is None:
        return
    if facts.branch is None:
        yield Problem("branch_id", NO_BRANCH)
    elif order.branch_id != order.counterparty_id:
        yield from _may_order("branch_id", order.branch_id, standing)


def _may_order(place: str, key: str, standing: Standing) -> Iterator[Problem]:
    if key in standing.suspended:
        yield Problem(place, "Trading with it is suspended.", "trading_suspended")
    if key in standing.blocked:
        yield Problem(place, "Its access to the site is blocked.", "access_blocked")


def _contract(order: Order, facts: Facts, today: date) -> Iterator[Problem]:
    contract = facts.contract
    if order.organization_id and facts.organization != order.organization_id:
        yield Problem("organization_id", f"There is no own legal entity with this id; {_NEXT_SYNC}.")
    if contract is None or contract.counterparty_id != order.counterparty_id:
        yield Problem("contract_id", f"The counterparty has no contract with this id; {_NEXT_SYNC}.")
        return
    if contract.kind != "sale":
        yield Problem("contract_id", f"Nothing is sold under it: its kind is {contract.kind}.")
    if contract.status != "active":
        yield Problem("contract_id", f"It is {contract.status}: name one that is active.")
    if contract.valid_from is not None and today < date.fromisoformat(contract.valid_from):
        yield Problem("contract_id", f"It is in force from {contract.valid_from}.")
    if contract.valid_to is not None and today > date.fromisoformat(contract.valid_to):
        yield Problem("contract_id", f"It was in force until {contract.valid_to}.")
    if contract.organization_id not in (None, order.organization_id):
        yield Problem("organization_id", "The contract is with another own legal entity: leave it out.")
    if contract.currency != order.currency:
        yield Problem("currency", f"The contract settles in {contract.currency}: order in this currency.")


def _people(order: Order, facts: Facts, today: date) -> Iterator[Problem]:
    for place, key in (("contact_id", order.contact_id), ("on_behalf_of", order.on_behalf_of)):
        if key is None:
            continue
        contact = facts.contacts.get(key)
        if contact is None or contact.partner_id not in facts.partners:
            yield Problem(place, "The counterparty has no contact with this id.")
        elif contact.left_on is not None and date.fromisoformat(contact.left_on) <= today:
            yield Problem(place, f"This person left on {contact.left_on}.")


def _when(order: Order, today: date) -> Iterator[Problem]:
    if order.wished_on is not None and date.fromisoformat(order.wished_on) < today:
        yield Problem("wished_on", f"It is in the past: today is {today}.")


def _line(place: str, line: OrderLine, facts: Facts) -> Iterator[Problem]:
    if line.quantity <= 0:
        yield Problem(f"{place}/quantity", "Order more than nothing.")
    if line.price < 0:
        yield Problem(f"{place}/price", "A price is not below zero.")
    if not 0 <= line.discount <= HUNDRED_PERCENT:
        yield Problem(f"{place}/discount_percent", "A discount is from 0 to 100 per cent.")
    item = facts.items.get(line.item_id)
    if item is None:
        yield Problem(f"{place}/item_id", f"There is no item with this id; {_NEXT_SYNC}. A folder is none.")
        return
    if item.withdrawn:
        yield Problem(f"{place}/item_id", "It was withdrawn from the catalogue.")
    if line.unit_id is not None:
        known = {item.unit_id, *facts.priced_in(line.item_id)}
        if line.unit_id not in facts.units or line.unit_id not in known:
            yield Problem(f"{place}/unit_id", "Neither the item's own unit nor one that it has a price in.")
    if line.characteristic_id and line.characteristic_id not in facts.sorts:
        yield Problem(f"{place}/characteristic_id", f"There is no characteristic with this id; {_NEXT_SYNC}.")
    yield from _taxed(place, line, item)


def _taxed(place: str, line: OrderLine, item: object) -> Iterator[Problem]:
    """VAT of the line is that of the item as it is now."""
    rate, percent = getattr(item, "vat_rate_id", None), getattr(item, "vat_percent", None)
    if rate is not None and percent is None:
        yield Problem(f"{place}/item_id", f"Its rate of VAT is not known here; {_NEXT_SYNC}.")
    elif (line.vat_rate_id, line.vat_percent) != (rate, percent):
        yield Problem(
            f"{place}/item_id", "Its rate of VAT was changed since: send the order's content once more."
        )


def too_large(order: Order) -> Iterator[Problem]:
    """Sums that nothing can hold: such an order cannot even be kept."""
    for place, line in enumerate(order.lines):
        if abs(line.amount) > LARGEST_AMOUNT:
            yield Problem(f"lines/{place}", "Its amount is more than an accounting document holds.")
    if abs(order.amount) > LARGEST_AMOUNT:
        yield Problem("total", "It is more than an accounting document holds.")

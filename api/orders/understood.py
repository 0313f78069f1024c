"""What was sent, as an order of the store, with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from api.orders import figures
from api.orders.figures import Reading
from api.orders.wanted import NewOrderLine, OrderTerms
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from schemas.money import Money, currencies
from schemas.order_problems import Problem, ProblemKind
from schemas.orders import Order, OrderLine, priced, total
from schemas.settings import HubSettings, SourceSettings
from store import order_checks, order_facts
from store.engine import Tx
from store.order_facts import Facts

_OWN_CODES: tuple[ProblemKind, ...] = ("trading_suspended", "access_blocked")


@dataclass(frozen=True, slots=True)
class Understood:
    """`unkept` keeps it from being kept at all; with `found` it may be a draft."""

    order: Order
    unkept: list[Problem]
    found: list[Problem]


def read(
    tx: Tx,
    settings: HubSettings,
    source: SourceSettings,
    caller: Caller,
    counterparty_id: str,
    data: OrderTerms,
    now: datetime,
) -> Understood:
    """The order, as far as it can be understood: a place that is wrong in itself is not judged again."""
    reading = Reading(source.id)
    sent = _sent(reading, caller, counterparty_id, data)
    facts = order_facts.gather(tx, source.id, order_facts.named(sent))
    order = _completed(reading, sent, data, facts)
    unkept = [*reading.found, *order_checks.too_large(order)]
    judged = {one.place for one in unkept}
    found = order_checks.found(order, facts, order_checks.standing(tx, settings, source, facts, now))
    return Understood(order, unkept, [one for one in found if one.place not in judged])


def refuse(found: Iterable[Problem]) -> None:
    """Errors: ProblemError with all of it, of its own code where nothing else is wrong."""
    problems = list(found)
    if not problems:
        return
    kinds = {one.kind for one in problems}
    alone = kinds <= set(_OWN_CODES)
    code = next((kind for kind in _OWN_CODES if alone and kind in kinds), "invalid_value")
    raise ProblemError(
        code,
        "An order like this cannot be placed.",
        hint="Correct what `errors` points to. A `draft` may wait for what the hub does not know yet, not for sums.",
        errors=tuple(FieldError(detail=one.detail, pointer=f"#/{one.place}") for one in problems),
    )


def _sent(reading: Reading, caller: Caller, counterparty_id: str, data: OrderTerms) -> Order:
    """What it says by itself, without anything that the store would add."""
    return Order(
        counterparty_id=counterparty_id,
        organization_id=reading.key(data.organization_id, "organization_id") or "",
        contract_id=reading.key(data.contract_id, "contract_id") or "",
        branch_id=_branch(reading, caller, data),
        contact_id=_contact(reading, caller, data),
        on_behalf_of=reading.key(data.on_behalf_of, "on_behalf_of"),
        delivery_address=reading.text(data.delivery_address or "", "delivery_address"),
        wished_on=data.wished_on.isoformat() if data.wished_on else None,
        comment=reading.text(data.comment, "comment", lines=True),
        currency="",
        prices_include_vat=data.prices_include_vat,
        lines=tuple(_line(reading, one, f"lines/{place}") for place, one in enumerate(data.lines)),
        amount=0,
    )


def _completed(reading: Reading, sent: Order, data: OrderTerms, facts: Facts) -> Order:
    """With what its contract and delivery point say, and its sums."""
    order = replace(
        sent,
        organization_id=sent.organization_id or _of_contract(reading, data, facts),
        lines=tuple(_taxed(line, facts) for line in sent.lines),
        delivery_address=_where(reading, sent, data, facts),
    )
    currency = _currency(reading, data, facts)
    if currency is None:
        return order
    return _summed(reading, replace(order, currency=currency), data, facts)


def _line(reading: Reading, line: NewOrderLine, place: str) -> OrderLine:
    return OrderLine(
        item_id=reading.key(line.item_id, f"{place}/item_id") or "",
        characteristic_id=reading.key(line.characteristic_id, f"{place}/characteristic_id") or "",
        unit_id=reading.key(line.unit_id, f"{place}/unit_id"),
        quantity=figures.quantity(reading, line, place),
        price=figures.price(reading, line, place),
        discount=figures.discount(reading, line, place),
        amount=0,
    )


def _branch(reading: Reading, caller: Caller, data: OrderTerms) -> str | None:
    """One that the caller does not see is as if it did not exist."""
    key = reading.key(data.branch_id, "branch_id")
    if key is not None and not caller.tenancy.admits(reading.source, key):
        reading.wrong("branch_id", order_checks.NO_BRANCH)
    return key


def _contact(reading: Reading, caller: Caller, data: OrderTerms) -> str | None:
    """A key of one person orders as this person."""
    own = caller.tenancy.contact_id
    given = reading.key(data.contact_id, "contact_id")
    if own is not None and given not in (None, own):
        reading.wrong("contact_id", "This key orders as its own person: leave it out.")
    return own or given


def _currency(reading: Reading, data: OrderTerms, facts: Facts) -> str | None:
    if data.currency is not None:
        if data.currency in currencies():
            return data.currency
        reading.wrong("currency", "There is no such currency. Give its code by ISO 4217, like RUB.")
        return None
    if facts.contract is None:
        reading.wrong("currency", "Give it, for the contract that would tell it is not known.")
        return None
    return facts.contract.currency


def _of_contract(reading: Reading, data: OrderTerms, facts: Facts) -> str:
    contract = facts.contract
    if data.organization_id is None and contract is not None and contract.organization_id is None:
        reading.wrong("organization_id", "The contract names no own legal entity: say which one sells.")
    return (contract.organization_id if contract else None) or ""


def _where(reading: Reading, sent: Order, data: OrderTerms, facts: Facts) -> str:
    if data.delivery_point is None:
        return sent.delivery_address
    if data.delivery_address is not None:
        reading.wrong("delivery_address", "Give a delivery point or an address, not both.")
    if data.delivery_point not in facts.delivery:
        reading.wrong("delivery_point", "The counterparty has no delivery point of this number.")
    return facts.delivery.get(data.delivery_point, "")


def _taxed(line: OrderLine, facts: Facts) -> OrderLine:
    item = facts.items.get(line.item_id)
    if item is None:
        return line
    return replace(line, vat_rate_id=item.vat_rate_id, vat_percent=item.vat_percent)


def _summed(reading: Reading, order: Order, data: OrderTerms, facts: Facts) -> Order:
    """Amounts by the rule, held against what was sent; unknown items leave the sum open."""
    exponent, wrong = currencies()[order.currency].exponent, {one.place for one in reading.found}
    lines, is_sure = [], True
    for number, line in enumerate(order.lines):
        item, place = facts.items.get(line.item_id), f"lines/{number}"
        valued = priced(line, exponent, prices_include_vat=order.prices_include_vat)
        lines.append(valued)
        is_read = not any(f"{place}/{part}" in wrong for part in ("quantity", "price", "discount_percent"))
        is_sure = is_sure and is_read and (item is not None or order.prices_include_vat)
        given = data.lines[number].amount
        if given is not None and is_read:
            _same(reading, f"{place}/amount", given, valued.amount, order.currency)
    amount = total(tuple(lines), prices_include_vat=order.prices_include_vat)
    if is_sure:
        _same(reading, "total", data.total, amount, order.currency)
    return replace(order, lines=tuple(lines), amount=amount)


def _same(reading: Reading, place: str, given: str, units: int, currency: str) -> None:
    sent = reading.money(given, currencies()[currency].exponent, place)
    if sent is not None and sent != units:
        reading.wrong(place, f"{given} was sent; by the rule it is {Money(units, currency)}.")

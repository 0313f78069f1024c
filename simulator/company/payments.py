"""How customers pay: exactly, late, in parts, for several shipments, too much, or to the wrong contract."""

from __future__ import annotations

from simulator.company.amounts import rounded_up
from simulator.company.contracts import Contract
from simulator.company.days import working_second
from simulator.company.firm import Firm, Order
from simulator.company.ledger import OpenItem
from simulator.company.offsets import offset
from simulator.company.receipts import receive

Allocations = list[tuple[OpenItem, int]]


def payment_day(firm: Firm, contract: Contract, day: int) -> int:
    """When a shipment of `day` will be paid; lateness lies in the past, lately customers are punctual."""
    chance = firm.chance
    if contract.terms.deferral is None:
        return day + chance.between(1, 9)
    due = day + contract.terms.deferral
    late = chance.between(1, 40) if chance.often(0.25) else 0
    if late and due + late < firm.last - 40:
        return due + late
    return max(day + 1, due - chance.below(4)) if contract.terms.deferral else day


def pay_debt(firm: Firm, day: int, second: int, contract: Contract, item: OpenItem) -> None:
    """The customer remembers one shipment; what he does about it varies."""
    account = contract.account
    if day >= contract.character.stop_day or not account.debts:
        return
    if not item.rest:
        item = account.debts[0]
        if item.due >= firm.ground.days.midnight(day):
            return
    draw = firm.chance.random()
    if draw < 0.1 and contract.character.fate == "open" and contract.twin is not None:
        receive(firm, day, second, contract.twin, *_oldest_first(contract.twin, item.rest))
        later = day + firm.chance.between(3, 8)
        firm.agenda.plan(later, working_second(firm.chance), offset, contract, contract.twin)
    elif draw < 0.3:
        due = [debt for debt in account.debts if debt is item or debt.due <= item.due]
        receive(firm, day, second, contract, [(debt, debt.rest) for debt in due], 0)
    elif draw < 0.42 and item.rest > 100_000:
        part = max(100, item.rest * firm.chance.between(25, 75) // 100 // 10_000 * 10_000)
        receive(firm, day, second, contract, [(item, part)], 0)
        later = day + firm.chance.between(4, 15)
        firm.agenda.plan(later, working_second(firm.chance), pay_debt, contract, item)
    elif draw < 0.48 and contract.character.fate == "open":
        amount = rounded_up(account.debt(), 1_000_000)
        receive(firm, day, second, contract, *_oldest_first(contract, amount))
    elif draw < 0.6 and contract.terms.settled_by == "ПоДоговорамКонтрагентов":
        receive(firm, day, second, contract, *_oldest_first(contract, item.rest), named=False)
    else:
        receive(firm, day, second, contract, [(item, item.rest)], 0)


def _oldest_first(contract: Contract, amount: int) -> tuple[Allocations, int]:
    """Debts an amount covers, and what is left of it."""
    allocations = []
    for debt in contract.account.debts:
        part = min(debt.rest, amount)
        if part:
            allocations.append((debt, part))
            amount -= part
    return allocations, amount


def pay_order(firm: Firm, day: int, second: int, contract: Contract, order: Order, amount: int) -> None:
    """Payment before shipment; where settlements run by contract, it covers older debts first."""
    if day >= contract.character.stop_day or amount <= 0:
        return
    if contract.by_order:
        receive(firm, day, second, contract, [], amount, order=order)
        return
    receive(firm, day, second, contract, *_oldest_first(contract, amount), order=order)


def settle_up(firm: Firm, day: int, second: int, contract: Contract) -> None:
    """Pay everything to the kopeck."""
    if contract.account.debts:
        receive(firm, day, second, contract, [(debt, debt.rest) for debt in contract.account.debts], 0)


def pay_ahead(firm: Firm, day: int, second: int, contract: Contract) -> None:
    """Pay everything and a round sum besides."""
    extra = (
        contract.terms.currency.from_base(firm.chance.between(1, 50) * 1_000_000, day) // 1_000 * 1_000
        or 1_000
    )
    receive(firm, day, second, contract, [(debt, debt.rest) for debt in contract.account.debts], extra)

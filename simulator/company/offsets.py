"""Offsets: an advance under one contract covers the debt under another of the same counterparty."""

from __future__ import annotations

from simulator.company.amounts import money
from simulator.company.contracts import Contract
from simulator.company.firm import OFFSET, Firm
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS

_OPERATION = "ВзаимозачетЗадолженности"


def offset(firm: Firm, day: int, second: int, debtor: Contract, creditor: Contract) -> None:
    """Write the offset, unless meanwhile there is nothing to set off."""
    moment = firm.ground.days.moment(day, second)
    free = creditor.settlement_object
    advances = [one for one in creditor.account.advances if one.settlement_object == free]
    total = min(debtor.account.debt(), sum(one.rest for one in advances))
    if total == 0:
        return
    document = firm.papers.head(OFFSET, debtor, day, second)
    document |= {
        "СуммаДокумента": money(total),
        "ХозяйственнаяОперация": _OPERATION,
        "КонтрагентКредитор_Key": creditor.sides.counterparty.ref,
        "ДоговорКредитор_Key": creditor.ref,
    }
    firm.papers.issue(OFFSET, document)
    lowered = debtor.posting(moment, _OPERATION)
    rest = total
    for debt in debtor.account.debts:
        amount = min(debt.rest, rest)
        if amount:
            lowered.settle(debt, amount)
            rest -= amount
    given = creditor.posting(moment, _OPERATION)
    rest = total
    for advance in advances:
        amount = min(advance.rest, rest)
        if amount:
            given.give_advance(advance, amount)
            rest -= amount
    debtor.account.close_settled()
    creditor.account.close_settled()
    firm.papers.records(SETTLEMENTS, OFFSET, document, [*lowered.settlements, *given.settlements])
    firm.papers.records(BY_DUE_DATE, OFFSET, document, [*lowered.by_due_date, *given.by_due_date])

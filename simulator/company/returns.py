"""Goods that come back: a smaller debt, or an advance where the shipment was already paid."""

from __future__ import annotations

from simulator.company.amounts import money
from simulator.company.contracts import Contract
from simulator.company.days import EMPTY, working_second
from simulator.company.firm import RETURN, Firm
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS, OpenItem
from simulator.company.lines import Line
from simulator.company.stock import REGISTER as STOCK

_OPERATION = "ВозвратТоваровОтКлиента"


def plan_return(
    firm: Firm, day: int, contract: Contract, shipment: str, item: OpenItem, lines: list[Line], warehouse: str
) -> None:
    """Some lines of a shipment, whole, come back within three weeks."""
    goods = [line for line in lines if not line.item.is_service]
    if not goods:
        return
    count = firm.chance.between(1, min(2, len(goods)))
    when = day + firm.chance.between(1, 20)
    moment = working_second(firm.chance)
    firm.agenda.plan(when, moment, take_back, contract, shipment, item, goods[:count], warehouse)


def take_back(
    firm: Firm,
    day: int,
    second: int,
    contract: Contract,
    shipment: str,
    item: OpenItem,
    lines: list[Line],
    warehouse: str,
) -> None:
    total = sum(line.total for line in lines)
    document = firm.papers.head(RETURN, contract, day, second)
    document |= {
        "СуммаДокумента": money(total),
        "ВалютаВзаиморасчетов_Key": contract.terms.currency.ref,
        "СуммаВзаиморасчетов": money(total),
        "ДокументРеализации_Key": shipment,
        "Склад_Key": warehouse,
        "ХозяйственнаяОперация": _OPERATION,
        "Товары": [line.row for line in lines],
    }
    firm.papers.issue(RETURN, document)
    _settle(firm, contract, document["Ref_Key"], document["Date"], item, total, day)
    firm.stock.put_back(lines, warehouse)
    records = firm.stock.records(lines, warehouse, document["Date"], "Receipt")
    firm.papers.records(STOCK, RETURN, document, records)


def _settle(
    firm: Firm, contract: Contract, ref: str, period: str, item: OpenItem, total: int, day: int
) -> None:
    posting = contract.posting(period, _OPERATION)
    owed = min(total, item.rest)
    if owed == total and firm.chance.often(0.5):
        posting.reverse(item, owed)
    elif owed:
        posting.settle(item, owed)
    if total > owed:
        rest = total - owed
        base = contract.terms.currency.in_base(rest, day)
        posting.add_advance(OpenItem(ref, RETURN, contract.settlement_object, period, EMPTY, rest, base))
    contract.account.close_settled()
    firm.ground.book.put_records(SETTLEMENTS, ref, RETURN, posting.settlements)
    firm.ground.book.put_records(BY_DUE_DATE, ref, RETURN, posting.by_due_date)

"""Orders: placed, invoiced, then shipped whole, in parts, or never."""

from __future__ import annotations

from typing import Any

from simulator.company.amounts import money
from simulator.company.contracts import Contract
from simulator.company.days import working_second
from simulator.company.firm import INVOICE, ORDER, Firm, Order
from simulator.company.ledger import SETTLEMENTS
from simulator.company.lines import Line, some_lines
from simulator.company.payments import pay_order
from simulator.company.shipments import ORDERS, order_records, sell_from_shelf, ship


def trade(firm: Firm, day: int, second: int, contract: Contract) -> None:
    """One piece of business: mostly an order and what follows from it, at times a sale from the shelf."""
    chance = firm.chance
    if chance.often(0.1):
        sell_from_shelf(firm, day, second, contract)
        return
    lines = some_lines(chance, contract, firm.prices, firm.column(contract), day)
    draw = chance.random()
    fickle = not contract.steady
    parts = _parts(firm, lines) if 0.06 <= draw < 0.24 else [lines]
    days = _ship_days(firm, contract, day, len(parts), slow=fickle and draw > 0.94)
    if fickle and draw < 0.06:
        days = []
    order, total = _place(firm, day, second, contract, lines, days)
    if chance.often(0.4):
        moment = min(second + 60 * chance.between(1, 90), 86_399)
        firm.agenda.plan(day, moment, _invoice, contract, order, total)
    if days and contract.character.prepaid:
        paid = total * contract.character.prepaid // 100
        firm.agenda.plan(day + chance.below(2), working_second(chance), pay_order, contract, order, paid)
    for part, ship_day in zip(parts, days, strict=False):
        firm.agenda.plan(ship_day, working_second(chance), ship, contract, part, order)


def _parts(firm: Firm, lines: list[Line]) -> list[list[Line]]:
    if len(lines) < 2:
        return [lines]
    cut = firm.chance.between(1, len(lines) - 1)
    return [lines[:cut], lines[cut:]]


def _ship_days(firm: Firm, contract: Contract, day: int, parts: int, *, slow: bool) -> list[int]:
    least, most = (15, 45) if slow else (2, 5) if contract.character.prepaid else (0, 6)
    days = []
    for _ in range(parts):
        day += firm.chance.between(least, most)
        days.append(day)
    return days


def _status(firm: Firm, day: int, days: list[int]) -> str:
    """The state of the order as it is seen today."""
    if not days or days[-1] <= firm.last:
        return "Закрыт" if days or day < firm.last - 10 else "НеСогласован"
    return "КОтгрузке" if days[0] <= firm.last or firm.chance.often(0.6) else "КОбеспечению"


def _place(
    firm: Firm, day: int, second: int, contract: Contract, lines: list[Line], days: list[int]
) -> tuple[Order, int]:
    """Write an order that will be shipped on `days`; without them it has been refused or cancelled."""
    chance, ground = firm.chance, firm.ground
    total = sum(line.total for line in lines)
    document = firm.papers.head(ORDER, contract, day, second)
    warehouse = chance.pick(firm.reference.warehouses)
    ship_on = ground.days.midnight(days[-1] if days else day + 3)
    status = _status(firm, day, days)
    by_order = contract.by_order and bool(days)
    target = firm.write_object(contract, ORDER, document) if by_order else contract.settlement_object
    tail = {"ДатаОтгрузки": ship_on, "Отменено": not days and status == "Закрыт"}
    document |= {
        "СуммаДокумента": money(total),
        "Соглашение_Key": contract.agreement,
        "Склад_Key": warehouse,
        "ЦенаВключаетНДС": contract.price_kind.includes_vat,
        "Статус": status,
        "Согласован": status != "НеСогласован",
        "ДатаОтгрузки": ship_on,
        "АдресДоставки": chance.pick(contract.sides.counterparty.partner.deliveries),
        "КонтактноеЛицо_Key": contract.sides.counterparty.partner.contact,
        "ХозяйственнаяОперация": "РеализацияКлиенту",
        "МаксимальныйКодСтроки": len(lines),
        "ПорядокРасчетов": contract.terms.settled_by,
        "ОбъектРасчетов_Key": target,
        "Товары": [{**line.row, **tail} for line in lines],
        "ЭтапыГрафикаОплаты": _stages(firm, contract, total, day, days[-1] if days else day),
    }
    if status != "НеСогласован":
        document["ДатаСогласования"] = approved = ground.days.midnight(day)
        if chance.often(0.3):
            document |= {"НомерПоДаннымКлиента": chance.digits(4), "ДатаПоДаннымКлиента": approved}
    firm.papers.issue(ORDER, document)
    order = Order(document["Ref_Key"], document["Number"], document["Date"], day, target, warehouse)
    if days:
        _register(firm, contract, order, document, lines)
    return order, total


def _stages(firm: Firm, contract: Contract, total: int, day: int, ship_day: int) -> list[dict[str, Any]]:
    if not contract.character.prepaid:
        return firm.stages(contract, total, ship_day)
    ahead = total * contract.character.prepaid // 100
    first = {
        "ВариантОплаты": "ПредоплатаДоОтгрузки",
        "ДатаПлатежа": firm.ground.days.midnight(day),
        "ПроцентПлатежа": contract.character.prepaid,
        "СуммаПлатежа": money(ahead),
    }
    rest = firm.stages(contract, total - ahead, ship_day) if contract.character.prepaid < 100 else []
    return [first, *({**stage, "ПроцентПлатежа": 100 - contract.character.prepaid} for stage in rest)]


def _register(
    firm: Firm, contract: Contract, order: Order, document: dict[str, Any], lines: list[Line]
) -> None:
    records = order_records(lines, order, order.date, "Receipt")
    firm.papers.records(ORDERS, ORDER, document, records)
    if contract.by_order:
        record = {
            "Period": order.date,
            "RecordType": "Receipt",
            **contract.dimensions,
            "ОбъектРасчетов_Key": order.settlement_object,
            "КОплате": document["СуммаДокумента"],
            "КОтгрузке": document["СуммаДокумента"],
            "ХозяйственнаяОперация": "РеализацияКлиенту",
        }
        firm.papers.records(SETTLEMENTS, ORDER, document, [record])


def _invoice(firm: Firm, day: int, second: int, contract: Contract, order: Order, total: int) -> None:
    document = firm.papers.head(INVOICE, contract, day, second)
    document |= {
        "СуммаДокумента": money(total),
        "ДокументОснование": order.ref,
        "ДокументОснование_Type": ORDER,
        "НазначениеПлатежа": f"{firm.ground.words.payment_for} {order.number}",
        "Аннулирован": firm.chance.often(0.03),
        "ЭтапыГрафикаОплаты": firm.stages(contract, total, day),
    }
    firm.papers.issue(INVOICE, document)

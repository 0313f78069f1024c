"""Shipments, and the tax invoices, returns and payments they bring about."""

from __future__ import annotations

from typing import Any

from simulator.company.amounts import money
from simulator.company.contracts import Contract
from simulator.company.days import EMPTY, working_second
from simulator.company.firm import ORDER, SHIPMENT, Firm, Order
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS, OpenItem
from simulator.company.lines import Line, some_lines
from simulator.company.payments import pay_debt, payment_day
from simulator.company.returns import plan_return
from simulator.company.stock import REGISTER as STOCK
from simulator.company.stock import SLIP
from simulator.company.tax_invoices import issue_tax_invoice

ORDERS = "AccumulationRegister_ЗаказыКлиентов"
SALES = "AccumulationRegister_ВыручкаИСебестоимостьПродаж"
_OPERATION = "РеализацияКлиенту"


def sell_from_shelf(firm: Firm, day: int, second: int, contract: Contract) -> None:
    """A sale without an order."""
    lines = some_lines(firm.chance, contract, firm.prices, firm.column(contract), day)
    ship(firm, day, second, contract, lines, None)


def ship(
    firm: Firm, day: int, second: int, contract: Contract, lines: list[Line], order: Order | None
) -> None:
    """Hand the goods over: a debt, covered at once as far as there are advances."""
    chance = firm.chance
    dated = firm.backdated(day, _earliest(contract, day, order), contract)
    total = sum(line.total for line in lines)
    document = firm.papers.head(SHIPMENT, contract, dated, second)
    warehouse = order.warehouse if order else chance.pick(firm.reference.warehouses)
    _write(firm, contract, document, lines, order, warehouse, total, dated)
    item = _item(firm, contract, document, order, total, dated)
    _settle(firm, contract, document, item, order)
    _move_goods(firm, contract, document, lines, order, warehouse)
    if chance.often(0.55):
        later = day + (chance.below(6) if chance.often(0.3) else 0)
        moment = min(second + 60 * chance.between(2, 200), 86_399)
        basis, vat = document["Ref_Key"], sum(line.vat for line in lines)
        firm.agenda.plan(later, moment, issue_tax_invoice, contract, SHIPMENT, basis, total, vat)
    if not contract.steady and chance.often(0.06):
        plan_return(firm, day, contract, document["Ref_Key"], item, lines, warehouse)
    if item.rest:
        when = payment_day(firm, contract, day)
        firm.agenda.plan(when, working_second(chance), pay_debt, contract, item)


def _earliest(contract: Contract, day: int, order: Order | None) -> int:
    """How far back a shipment may be dated: not before its order, nor before a payment for it."""
    if order is None:
        return contract.character.first_day
    return day if contract.character.prepaid else order.day + 1


def _write(
    firm: Firm,
    contract: Contract,
    document: dict[str, Any],
    lines: list[Line],
    order: Order | None,
    warehouse: str,
    total: int,
    day: int,
) -> None:
    document |= {
        "СуммаДокумента": money(total),
        "ВалютаВзаиморасчетов_Key": contract.terms.currency.ref,
        "СуммаВзаиморасчетов": money(total),
        "Склад_Key": warehouse,
        "ЦенаВключаетНДС": contract.price_kind.includes_vat,
        "Статус": "Отгружено",
        "ХозяйственнаяОперация": _OPERATION,
        "ПорядокРасчетов": contract.terms.settled_by,
        "АдресДоставки": contract.sides.counterparty.partner.deliveries[0],
        "ДатаПереходаПраваСобственности": firm.ground.days.midnight(day),
        "ЭтапыГрафикаОплаты": firm.stages(contract, total, day),
    }
    basis = {"ЗаказКлиента": order.ref, "ЗаказКлиента_Type": ORDER} if order else {}
    document |= {**basis, "РеализацияПоЗаказам": order is not None}
    document["Товары"] = [{**line.row, **basis, "Серия_Key": line.item.series or None} for line in lines]
    if firm.chance.often(0.02):
        slip = _write_slip(firm, document, warehouse)
        document |= {"ДопоставкаПоРеализации": slip, "ДопоставкаПоРеализации_Type": SLIP}
    if firm.chance.often(0.2):
        document["ДоверенностьНомер"] = firm.chance.digits(6)
    firm.papers.issue(SHIPMENT, document)


def _write_slip(firm: Firm, document: dict[str, Any], warehouse: str) -> str:
    """The warehouse's own paper; the set is not published, so clients see its type as unavailable."""
    ref = firm.papers.ref()
    head = {"Ref_Key": ref, "Number": document["Number"], "Date": document["Date"], "Posted": True}
    firm.ground.book.put_document(SLIP, {**head, "Склад_Key": warehouse})
    return ref


def _item(
    firm: Firm, contract: Contract, document: dict[str, Any], order: Order | None, total: int, day: int
) -> OpenItem:
    settlement_object = contract.settlement_object
    if contract.by_order and order is not None:
        settlement_object = order.settlement_object
    elif contract.terms.settled_by != "ПоДоговорамКонтрагентов":
        settlement_object = firm.write_object(contract, SHIPMENT, document)
    return OpenItem(
        document=document["Ref_Key"],
        document_type=SHIPMENT,
        settlement_object=settlement_object,
        arose=document["Date"],
        due=EMPTY
        if contract.terms.deferral is None
        else firm.ground.days.midnight(day + contract.terms.deferral),
        rest=total,
        rest_base=contract.terms.currency.in_base(total, day),
    )


def _settle(
    firm: Firm, contract: Contract, document: dict[str, Any], item: OpenItem, order: Order | None
) -> None:
    posting = contract.posting(document["Date"], _OPERATION)
    billed = contract.by_order and order is not None
    posting.charge(item, billed_by_order=billed)
    if billed:
        posting.hand_over(item)
    posting.use_advances(item)
    firm.papers.records(SETTLEMENTS, SHIPMENT, document, posting.settlements)
    firm.papers.records(BY_DUE_DATE, SHIPMENT, document, posting.by_due_date)


def _move_goods(
    firm: Firm,
    contract: Contract,
    document: dict[str, Any],
    lines: list[Line],
    order: Order | None,
    warehouse: str,
) -> None:
    period, papers = document["Date"], firm.papers
    if order is not None:
        papers.records(ORDERS, SHIPMENT, document, order_records(lines, order, period, "Expense"))
    firm.stock.take(lines, warehouse)
    papers.records(STOCK, SHIPMENT, document, firm.stock.records(lines, warehouse, period, "Expense"))
    sales = [
        {
            "Period": period,
            "Номенклатура_Key": line.item.ref,
            "АналитикаУчетаПоПартнерам_Key": contract.key,
            "Количество": line.row["Количество"],
            "СуммаВыручки": line.row["СуммаСНДС"],
        }
        for line in lines
    ]
    papers.records(SALES, SHIPMENT, document, sales)


def order_records(lines: list[Line], order: Order, period: str, side: str) -> list[dict[str, Any]]:
    return [
        {
            "Period": period,
            "RecordType": side,
            "ЗаказКлиента": order.ref,
            "ЗаказКлиента_Type": ORDER,
            "Номенклатура_Key": line.item.ref,
            "КодСтроки": line.code,
            "Склад_Key": order.warehouse,
            "Заказано": line.row["Количество"],
            "КОформлению": line.row["Количество"],
            "Сумма": line.row["СуммаСНДС"],
        }
        for line in lines
    ]

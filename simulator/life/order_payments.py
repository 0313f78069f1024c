"""Money for an order."""

from __future__ import annotations

from decimal import Decimal

from simulator.company.firm import BANK, ORDER, SHIPMENT
from simulator.company.ledger import SETTLEMENTS
from simulator.edm import ZERO_GUID
from simulator.life import debts
from simulator.life.contracts import terms_of
from simulator.life.debts import Debt
from simulator.life.desk import Desk, Row
from simulator.life.documents import move
from simulator.life.event import Event
from simulator.life.orders import head, posted
from simulator.life.posting import Movements, Terms, advance, settle
from simulator.tables import name


def pay_order_of_portal(desk: Desk, ref: str = "", amount: str = "") -> Event:
    """Money that names the order: for what was shipped of it first, the rest in advance."""
    order = posted(desk, ref)
    row = {**head(desk, BANK, order), "ХозяйственнаяОперация": "ПоступлениеОплатыОтКлиента"}
    terms = terms_of(desk, row)
    sum_ = Decimal(amount) if amount else order["СуммаДокумента"]
    target = terms.own_object if order["ОбъектРасчетов_Key"] == ZERO_GUID else order["ОбъектРасчетов_Key"]
    day = row["Date"][:10] + "T00:00:00"
    row |= {
        "СуммаДокумента": sum_,
        "НазначениеПлатежа": f"Оплата по заказу {order['Number']}",
        "ПроведеноБанком": True,
        "ДатаПроведенияБанком": day,
        "ТипПлатежногоДокумента": "ПлатежноеПоручение",
        "НомерВходящегоДокумента": str(desk.number),
        "ДатаВходящегоДокумента": day,
        "РасшифровкаПлатежа": [_detail(order, sum_, target)],
    }
    desk.base.write(BANK, [row])
    move(desk, BANK, row["Ref_Key"], _paid(desk, row, order, terms, target))
    return desk.event(
        "pay_order_of_portal", BANK, row["Ref_Key"], f"{row['Number']}: {sum_} for {order['Number']}"
    )


def _detail(order: Row, amount: Decimal, target: str) -> Row:
    return {
        "ОснованиеПлатежа": order["Ref_Key"],
        "ОснованиеПлатежа_Type": ORDER,
        "Сумма": amount,
        "СуммаВзаиморасчетов": amount,
        "ВалютаВзаиморасчетов_Key": order["Валюта_Key"],
        "ОбъектРасчетов_Key": target,
    }


def _paid(desk: Desk, row: Row, order: Row, terms: Terms, target: str) -> Movements:
    movements: Movements = {}
    rest = row["СуммаДокумента"]
    for debt in _debts_of(desk, order["Ref_Key"]):
        if rest and debt.key == terms.key and debt.currency == terms.currency:
            part = min(rest, debt.rest)
            settle(movements, row, terms, debt, part)
            rest -= part
    if rest:
        advance(movements, row, BANK, terms, rest, target)
    for record in movements[SETTLEMENTS]:
        record["ХозяйственнаяОперация"] = row["ХозяйственнаяОперация"]
    return movements


def _debts_of(desk: Desk, order: str) -> list[Debt]:
    query = f"SELECT ref FROM {name(SHIPMENT)} WHERE instr(body, ?) ORDER BY moment, ref"
    line = f'"ЗаказКлиента": "{order}"'
    found = desk.base.database.connection.execute(query, (line,)).fetchall()
    open_ = (debts.open_debt(desk.base, ref, "") for (ref,) in found)
    return [debt for debt in open_ if debt is not None]

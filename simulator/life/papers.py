"""New shipments and payments: now, back in time, a little ahead, or seen only minutes after their date."""

from __future__ import annotations

from decimal import Decimal

from simulator.company.firm import BANK, CASH, SHIPMENT
from simulator.life.contracts import CONTRACT, KEY, sides, some_contract
from simulator.life.debts import Debt, open_debts
from simulator.life.desk import Desk, Row
from simulator.life.documents import put
from simulator.life.event import Event, NothingFitsError
from simulator.life.goods import goods_line, some_warehouse
from simulator.life.lines import payment_detail, service_line, some_price, stages

_CENT = Decimal("0.01")


def new_shipment(desk: Desk, contract: str = "", on: str = "") -> Event:
    row = _shipment(desk, some_contract(desk, contract), on or _moment(desk), _services(desk))
    return _written(desk, "new_shipment", SHIPMENT, row)


def ship_goods(desk: Desk, contract: str = "", item: str = "") -> Event:
    """One unit of goods leaves the warehouse."""
    line = goods_line(desk, some_warehouse(desk), item)
    row = _shipment(desk, some_contract(desk, contract), desk.moment(), [line])
    return _written(desk, "ship_goods", SHIPMENT, row)


def late_commit(desk: Desk, contract: str = "") -> Event:
    """A shipment whose date lies minutes before the moment anybody can see it."""
    on = desk.moment(minutes=-desk.chance.between(2, 20))
    row = _shipment(desk, some_contract(desk, contract), on, _services(desk))
    return _written(desk, "late_commit", SHIPMENT, row)


def new_payment(desk: Desk, contract: str = "", on: str = "") -> Event:
    """For an open debt, or in advance; now and then both."""
    kind = CASH if desk.chance.often(0.3) else BANK
    debt = None if desk.chance.often(0.3) else _some_debt(desk, contract)
    agreed = _contract_of(desk, debt) if debt else some_contract(desk, contract)
    row = _head(desk, kind, agreed, on or _moment(desk), "ПоступлениеОплатыОтКлиента")
    details = []
    if debt:
        part = (debt.rest * desk.chance.between(10, 90) / 100).quantize(_CENT)
        amount = part if part and desk.chance.often(0.4) else debt.rest
        details.append(
            payment_detail(desk, row, amount, (debt.document, debt.document_type, debt.settlement_object))
        )
    if not debt or desk.chance.often(0.2):
        details.append(payment_detail(desk, row, some_price(desk) * _CENT))
    row["РасшифровкаПлатежа"] = details
    row["СуммаДокумента"] = sum((one["Сумма"] for one in details), Decimal())
    row |= {"Основание": f"Договор № {agreed['Номер']}"} if kind == CASH else _bank_fields(desk, row, agreed)
    return _written(desk, "new_payment", kind, row)


def _moment(desk: Desk) -> str:
    """Mostly now; some documents are entered late, some are dated a little ahead."""
    draw = desk.chance.random()
    if draw < 0.15:
        return desk.moment(days=-desk.chance.between(1, 45))
    if draw < 0.25:
        return desk.moment(minutes=desk.chance.between(1, 30))
    return desk.moment()


def _head(desk: Desk, kind: str, contract: Row, on: str, operation: str) -> Row:
    prefix = desk.row("Catalog_Организации", contract["Организация_Key"])["Префикс"]
    return {
        "Ref_Key": desk.new_ref(kind),
        "Number": f"{prefix}-Ж{desk.number:06d}",
        "Date": on,
        "Posted": True,
        **sides(contract),
        "Менеджер_Key": contract["Менеджер_Key"],
        "ХозяйственнаяОперация": operation,
    }


def _services(desk: Desk) -> list[Row]:
    count = desk.chance.between(1, 4)
    return [service_line(desk, code, some_price(desk), includes_vat=True) for code in range(1, count + 1)]


def _shipment(desk: Desk, contract: Row, on: str, lines: list[Row]) -> Row:
    row = _head(desk, SHIPMENT, contract, on, "РеализацияКлиенту")
    total = sum((line["СуммаСНДС"] for line in lines), Decimal())
    row |= {
        "СуммаДокумента": total,
        "ВалютаВзаиморасчетов_Key": contract["ВалютаВзаиморасчетов_Key"],
        "СуммаВзаиморасчетов": total,
        "Склад_Key": some_warehouse(desk),
        "ЦенаВключаетНДС": True,
        "РеализацияПоЗаказам": False,
        "Статус": "Отгружено",
        "ПорядокРасчетов": contract["ПорядокРасчетов"],
        "ДатаПереходаПраваСобственности": on[:10] + "T00:00:00",
        "Товары": lines,
    }
    return {**row, "ЭтапыГрафикаОплаты": stages(desk, row)}


def _bank_fields(desk: Desk, row: Row, contract: Row) -> Row:
    day = row["Date"][:10] + "T00:00:00"
    return {
        "НазначениеПлатежа": f"Оплата по дог. {contract['Номер']}",
        "ПроведеноБанком": True,
        "ДатаПроведенияБанком": day,
        "ТипПлатежногоДокумента": "ПлатежноеПоручение",
        "НомерВходящегоДокумента": str(desk.number),
        "ДатаВходящегоДокумента": day,
    }


def _some_debt(desk: Desk, contract: str) -> Debt | None:
    found = [one for one in open_debts(desk.base) if one.document_type == SHIPMENT]
    if contract:
        key = desk.with_text(KEY, f'"Договор_Key": "{contract}"')
        found = [one for one in found if one.key == key]
    return desk.chance.pick(found) if found else None


def _contract_of(desk: Desk, debt: Debt) -> Row:
    contract = desk.row(CONTRACT, desk.row(KEY, debt.key)["Договор_Key"])
    if contract["ВалютаВзаиморасчетов_Key"] != debt.currency:
        raise NothingFitsError(f"the debt of {debt.document} is not in the currency of its contract")
    return contract


def _written(desk: Desk, event: str, kind: str, row: Row) -> Event:
    put(desk, kind, row)
    return desk.event(
        event, kind, row["Ref_Key"], f"{row['Number']} of {row['Date']}: {row['СуммаДокумента']}"
    )

"""Shipments of an order: whole, in parts, and what they move."""

from __future__ import annotations

from decimal import Decimal

from simulator.company.firm import ORDER, SHIPMENT
from simulator.company.ledger import SETTLEMENTS
from simulator.company.shipments import ORDERS
from simulator.company.stock import REGISTER as STOCK
from simulator.edm import ZERO_GUID
from simulator.life.contracts import object_of_shipment, terms_of
from simulator.life.desk import Desk, Row
from simulator.life.documents import is_service, move
from simulator.life.event import Event, NothingFitsError
from simulator.life.lines import stages
from simulator.life.orders import head, left, of_quantity, posted
from simulator.life.posting import Movements, of_shipment
from simulator.writing.orders import standing

_SAME = ("ЦенаВключаетНДС", "ПорядокРасчетов", "АдресДоставки", "Склад_Key")


def ship_order(desk: Desk, ref: str = "", lines: str = "", quantity: str = "") -> Event:
    """What is left of it, or `lines` lines of that, or at most `quantity` of each."""
    order = posted(desk, ref)
    rest = left(desk, order["Ref_Key"])
    shipped = []
    for line in standing(order):
        most = min(rest[line["КодСтроки"]], Decimal(quantity)) if quantity else rest[line["КодСтроки"]]
        if most > 0:
            shipped.append(of_quantity(desk, order, line, most))
    shipped = shipped[: int(lines) if lines else None]
    if not shipped:
        raise NothingFitsError(f"nothing is left of the order {order['Ref_Key']} to ship")
    row = _shipment(desk, order, shipped)
    desk.base.write(SHIPMENT, [row])
    move(desk, SHIPMENT, row["Ref_Key"], _shipped(desk, row, order))
    desk.base.write_records(ORDERS, row["Ref_Key"], SHIPMENT, _taken_off(row, order))
    return desk.event(
        "ship_order", SHIPMENT, row["Ref_Key"], f"{row['Number']} for the order {order['Number']}"
    )


def _shipment(desk: Desk, order: Row, lines: list[Row]) -> Row:
    total = sum((line["СуммаСНДС"] for line in lines), Decimal())
    basis = {"ЗаказКлиента": order["Ref_Key"], "ЗаказКлиента_Type": ORDER}
    row = {
        **head(desk, SHIPMENT, order),
        **{field: order[field] for field in _SAME},
        **basis,
        "ХозяйственнаяОперация": "РеализацияКлиенту",
        "РеализацияПоЗаказам": True,
        "Статус": "Отгружено",
        "СуммаДокумента": total,
        "СуммаВзаиморасчетов": total,
        "ВалютаВзаиморасчетов_Key": order["Валюта_Key"],
        "Товары": [{**line, **basis, "Серия_Key": ZERO_GUID} for line in lines],
    }
    row["ДатаПереходаПраваСобственности"] = row["Date"][:10] + "T00:00:00"
    return {**row, "ЭтапыГрафикаОплаты": stages(desk, row)}


def _shipped(desk: Desk, row: Row, order: Row) -> Movements:
    """Where the order is a settlement object, it was billed with it; what it kept is free again."""
    terms = terms_of(desk, row)
    items = {line["Номенклатура_Key"] for line in row["Товары"]}
    services = [ref for ref in items if is_service(desk.base.read("Catalog_Номенклатура", ref))]
    own = order["ОбъектРасчетов_Key"]
    billed = own not in (ZERO_GUID, terms.own_object)
    target = own if billed else object_of_shipment(desk, row, terms)
    moved = of_shipment(row, terms, target, services)
    settled = moved[SETTLEMENTS]
    if billed:
        settled[0].pop("КОплате")
        handed = {"КОтгрузке": row["СуммаДокумента"], "ХозяйственнаяОперация": row["ХозяйственнаяОперация"]}
        settled.append({**terms.record(row, "Expense", target), **handed})
    kinds = {line["КодСтроки"]: line["Характеристика_Key"] for line in order["Товары"]}
    goods = [line for line in row["Товары"] if line["Номенклатура_Key"] not in services]
    for line, record in zip(goods, moved[STOCK], strict=True):
        record["Характеристика_Key"] = kinds[line["КодСтроки"]]
    kept = {record["Номенклатура_Key"] for record in desk.base.records(STOCK, order["Ref_Key"])}
    freed = [dict(one) for one in moved[STOCK] if one["Номенклатура_Key"] in kept]
    for record in freed:
        record["КОтгрузке"] = record.pop("ВНаличии")
    moved[STOCK] += freed
    return moved


def _taken_off(row: Row, order: Row) -> list[Row]:
    return [
        {
            "Period": row["Date"],
            "RecordType": "Expense",
            "ЗаказКлиента": order["Ref_Key"],
            "ЗаказКлиента_Type": ORDER,
            "Номенклатура_Key": line["Номенклатура_Key"],
            "КодСтроки": line["КодСтроки"],
            "Склад_Key": order["Склад_Key"],
            "Заказано": line["Количество"],
            "КОформлению": line["Количество"],
            "Сумма": line["СуммаСНДС"],
        }
        for line in row["Товары"]
    ]

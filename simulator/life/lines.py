"""Lines of shipments, details of payments, stages of payment schedules."""

from __future__ import annotations

from decimal import Decimal

from simulator.company.goods import Item
from simulator.company.lines import priced_line
from simulator.life.contracts import terms_of
from simulator.life.desk import Desk, Row

_GOODS = "Catalog_Номенклатура"
_UNIT = 1_000  # thousandths


def service_line(desk: Desk, code: int, price: int, *, includes_vat: bool) -> Row:
    """One unit of some service: nothing leaves the warehouse. In a company without any: of goods without series."""
    ref = desk.with_text(_GOODS, '"ТипНоменклатуры": "Услуга"') or desk.with_text(_GOODS, '"IsFolder": false')
    return {**line_of(desk, ref, code, price, includes_vat=includes_vat), "Серия_Key": None}


def line_of(desk: Desk, ref: str, code: int, price: int, *, includes_vat: bool) -> Row:
    vat_ref = desk.row(_GOODS, ref)["СтавкаНДС_Key"]
    vat = int(desk.row("Catalog_СтавкиНДС", vat_ref)["Ставка"])
    item = Item(0, ref, vat, vat_ref, "", price, by_weight=False, is_service=True, series="")
    return priced_line(item, code, _UNIT, price, includes_vat=includes_vat).row


def some_price(desk: Desk) -> int:
    return 10_000 + int(9_000_000 * desk.chance.random() ** 3)


def add_line(desk: Desk, shipment: Row) -> list[Row]:
    lines = shipment["Товары"]
    price = some_price(desk)
    return [*lines, service_line(desk, len(lines) + 1, price, includes_vat=shipment["ЦенаВключаетНДС"])]


def cheaper_line(desk: Desk, shipment: Row) -> list[Row]:
    """The last line at a lower price, where it is one unit; else nothing."""
    *others, last = shipment["Товары"]
    price = int(last["Цена"] * desk.chance.between(10, 90))  # percent of units are hundredths
    if last["Количество"] != 1 or price < 100:
        return []
    new = line_of(
        desk, last["Номенклатура_Key"], last["КодСтроки"], price, includes_vat=shipment["ЦенаВключаетНДС"]
    )
    return [*others, {**last, **new}]


def payment_detail(
    desk: Desk, payment: Row, amount: Decimal, debt: tuple[str, str, str] | None = None
) -> Row:
    """For a debt (document, its type, settlement object), or in advance under the contract."""
    row: Row = {
        "Сумма": amount,
        "СуммаВзаиморасчетов": amount,
        "ВалютаВзаиморасчетов_Key": payment["Валюта_Key"],
        "ОбъектРасчетов_Key": debt[2] if debt else terms_of(desk, payment).own_object,
    }
    if debt:
        row |= {"ОснованиеПлатежа": debt[0], "ОснованиеПлатежа_Type": debt[1]}
    return row


def stages(desk: Desk, shipment: Row) -> list[Row]:
    """One stage at the end of the deferral, if the contract has one."""
    terms = terms_of(desk, shipment)
    if terms.deferral is None:
        return []
    return [
        {
            "ВариантОплаты": "КредитПослеОтгрузки",
            "ДатаПлатежа": terms.due(shipment["Date"]),
            "ПроцентПлатежа": 100,
            "СуммаПлатежа": shipment["СуммаДокумента"],
            "Сдвиг": terms.deferral,
        }
    ]

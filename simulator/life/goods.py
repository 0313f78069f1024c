"""Goods and their prices: what leaves the warehouse, and what it costs from now on."""

from __future__ import annotations

from decimal import Decimal

from simulator.company.stock import REGISTER as STOCK
from simulator.edm import ZERO_GUID
from simulator.life.desk import Desk, Row
from simulator.life.event import Event, NothingFitsError
from simulator.life.lines import line_of, some_price
from simulator.tables import SCALE, name

PRICES = "InformationRegister_ЦеныНоменклатуры"
_SETTING = "Document_УстановкаЦенНоменклатуры"
_WAREHOUSES = "Catalog_Склады"
_CENT = Decimal("0.01")


def some_warehouse(desk: Desk) -> str:
    return desk.with_text(_WAREHOUSES, '"IsFolder": false')


def goods_line(desk: Desk, warehouse: str, item: str = "") -> Row:
    """One unit of something of which more than that is there and free, or of the item named."""
    signed = "iif(\"RecordType\" = 'Receipt', 1, -1)"
    query = (
        f'SELECT "Номенклатура_Key", "Серия_Key" FROM {name(STOCK)}'
        ' WHERE "Склад_Key" = ? AND "Назначение_Key" = ? AND ? IN (\'\', "Номенклатура_Key")'
        ' GROUP BY "Номенклатура_Key", "Серия_Key"'
        f' HAVING sum({signed} * ("ВНаличии" - "КОтгрузке")) > ? ORDER BY 1, 2'
    )
    found = desk.base.database.connection.execute(query, (warehouse, ZERO_GUID, item, SCALE)).fetchall()
    if not found:
        raise NothingFitsError("there is nothing in the warehouse to ship")
    ref, series = desk.chance.pick(found)
    return {**line_of(desk, ref, 1, some_price(desk), includes_vat=True), "Серия_Key": series}


def change_price(desk: Desk, item: str = "", kind: str = "", price: str = "") -> Event:
    """Set the price of an item for a kind of price, from now on; zero withdraws it."""
    query = f'SELECT "Номенклатура_Key", "ВидЦены_Key", "Валюта_Key" FROM {name(PRICES)}'
    known = {(row[0], row[1]): row[2] for row in desk.base.database.connection.execute(query)}
    chosen = sorted(pair for pair in known if item in ("", pair[0]) and kind in ("", pair[1]))
    if not chosen:
        raise NothingFitsError("no such price was ever set")
    priced, of_kind = desk.chance.pick(chosen)
    amount = Decimal(price) if price else some_price(desk) * _CENT
    row = {"Номенклатура_Key": priced, "ВидЦены_Key": of_kind, "Цена": amount}
    ref, moment = desk.new_ref(_SETTING), desk.moment()
    head = {"Ref_Key": ref, "Number": f"ТД-Ж{desk.number:06d}", "Date": moment, "Posted": True}
    desk.base.write(_SETTING, [{**head, "Товары": [row]}])
    record = {**row, "Period": moment, "Валюта_Key": known[priced, of_kind]}
    desk.base.write_records(PRICES, ref, _SETTING, [record])
    return desk.event("change_price", _SETTING, ref, f"{priced}: {amount}")

"""The order's own module: what it refuses to keep, what it fills in, what posting it moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from simulator.base import Base
from simulator.company.firm import ORDER
from simulator.company.ledger import SETTLEMENTS
from simulator.company.shipments import ORDERS
from simulator.company.stock import REGISTER as STOCK
from simulator.edm import ZERO_GUID
from simulator.errors import ODataError
from simulator.settings import ServerOptions
from simulator.tables import name
from simulator.writing import controls
from simulator.writing.settlement_objects import object_of_order, settlement_key

Row = dict[str, Any]
Movements = dict[str, list[Row]]
REGISTERS = (ORDERS, SETTLEMENTS, STOCK)
_CONTRACT = "Catalog_ДоговорыКонтрагентов"
_MODULE = "{{Документ.ЗаказКлиента.МодульОбъекта({0})}}: "


def before_write(base: Base, _options: ServerOptions, row: Row) -> None:
    """Refuse what belongs to nobody; number the lines and sum them up."""
    if row.get("Контрагент_Key", ZERO_GUID) == ZERO_GUID:
        raise refusal('Поле "Контрагент" не заполнено', 112)
    contract = base.read(_CONTRACT, row.get("Договор_Key", ZERO_GUID))
    if contract and contract["Контрагент_Key"] != row["Контрагент_Key"]:
        raise refusal(f'Договор "{contract["Description"]}" заключен с другим контрагентом', 118)
    if contract and contract["Организация_Key"] != row.get("Организация_Key", ZERO_GUID):
        raise refusal(f'Договор "{contract["Description"]}" заключен другой организацией', 121)
    lines = row.get("Товары") or []
    last = max([row.get("МаксимальныйКодСтроки") or 0, *(line.get("КодСтроки") or 0 for line in lines)])
    for line in lines:
        if not line.get("КодСтроки"):
            last += 1
            line["КодСтроки"] = last
    row["МаксимальныйКодСтроки"] = last
    if lines:
        row["СуммаДокумента"] = sum((one.get("СуммаСНДС") or Decimal() for one in standing(row)), Decimal())


def refusal(text: str, line: int) -> ODataError:
    return ODataError(-1, _MODULE.format(line) + text)


def standing(row: Mapping[str, Any]) -> list[Row]:
    """Lines that are not cancelled."""
    return [line for line in row.get("Товары") or [] if not line.get("Отменено")]


def post(base: Base, options: ServerOptions, row: Row) -> Movements:
    """What the order moves; where stock or credit do not allow it, nothing."""
    if not standing(row):
        raise refusal('Не введено ни одной строки в список "Товары"', 240)
    row["ОбъектРасчетов_Key"] = object_of_order(base, row)
    if options.controls_stock:
        controls.stock(base, row, standing(row))
    if options.controls_limit:
        controls.limit(base, row)
    return {ORDERS: list(_ordered(row)), SETTLEMENTS: list(_billed(base, row)), STOCK: list(_kept(base, row))}


def before_unpost(base: Base, row: Row) -> None:
    """What was shipped cannot be unordered."""
    found = base.database.connection.execute(
        f'SELECT count(*) FROM {name(ORDERS)} WHERE "ЗаказКлиента" = ? AND "Recorder" <> ?',
        (row["Ref_Key"], row["Ref_Key"]),
    ).fetchone()
    if found[0]:
        raise refusal(f"По заказу клиента {row['Number']} оформлена отгрузка, отмена невозможна", 305)


def _ordered(row: Row) -> Iterator[Row]:
    for line in standing(row):
        yield {
            "Period": row["Date"],
            "RecordType": "Receipt",
            "ЗаказКлиента": row["Ref_Key"],
            "ЗаказКлиента_Type": ORDER,
            "Номенклатура_Key": line["Номенклатура_Key"],
            "КодСтроки": line["КодСтроки"],
            "Склад_Key": row["Склад_Key"],
            "Заказано": line["Количество"],
            "КОформлению": line["Количество"],
            "Сумма": line["СуммаСНДС"],
        }


def _billed(base: Base, row: Row) -> Iterator[Row]:
    """Only where the order is a settlement object of its own."""
    contract = base.read(_CONTRACT, row["Договор_Key"])
    key = settlement_key(base, row["Договор_Key"])
    if contract is None or not key or contract["ПорядокРасчетов"] not in ("ПоЗаказам", "ПоЗаказамНакладным"):
        return
    yield {
        "Period": row["Date"],
        "RecordType": "Receipt",
        "АналитикаУчетаПоПартнерам_Key": key,
        "Валюта_Key": row["Валюта_Key"],
        "ОбъектРасчетов_Key": row["ОбъектРасчетов_Key"],
        "КОплате": row["СуммаДокумента"],
        "КОтгрузке": row["СуммаДокумента"],
        "ХозяйственнаяОперация": "РеализацияКлиенту",
    }


def _kept(base: Base, row: Row) -> Iterator[Row]:
    """Goods set aside in the order's warehouse; without one there is nowhere to keep them."""
    if row["Склад_Key"] == ZERO_GUID:
        return
    for line in standing(row):
        if controls.is_goods(base, line["Номенклатура_Key"]):
            yield {
                "Period": row["Date"],
                "RecordType": "Receipt",
                "Номенклатура_Key": line["Номенклатура_Key"],
                "Характеристика_Key": line["Характеристика_Key"],
                "Склад_Key": row["Склад_Key"],
                "КОтгрузке": line["Количество"],
            }

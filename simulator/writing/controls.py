"""What the books look at before an order is posted: goods that are free, debt that is allowed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from simulator.base import Base
from simulator.codec import number_text
from simulator.company.ledger import SETTLEMENTS
from simulator.company.stock import REGISTER as STOCK
from simulator.edm import ZERO_GUID
from simulator.errors import ODataError
from simulator.tables import SCALE, name
from simulator.writing.settlement_objects import settlement_key

_GOODS = "Catalog_Номенклатура"
_CONTRACT = "Catalog_ДоговорыКонтрагентов"
_SIGN = "iif(\"RecordType\" = 'Receipt', 1, -1)"


def is_goods(base: Base, item: str) -> bool:
    found = base.read(_GOODS, item)
    return found is not None and found["ТипНоменклатуры"] != "Услуга"


def stock(base: Base, order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
    """Refuse what is not there and free in the order's warehouse; what it holds itself is free for it."""
    warehouse = order["Склад_Key"]
    if warehouse == ZERO_GUID:
        return
    wanted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[line["Номенклатура_Key"], line["Характеристика_Key"]] += line["Количество"]
    short = []
    for (item, kind), quantity in wanted.items():
        if is_goods(base, item) and (free := _free(base, item, kind, warehouse, order["Ref_Key"])) < quantity:
            title = base.read(_GOODS, item)
            short.append(
                f'Номенклатура: "{title["Description"] if title else item}".'
                f" Требуется {number_text(quantity)}, свободно {number_text(max(free, Decimal()))}"
            )
    if short:
        raise ODataError(-1, "Недостаточно товара на складе. " + "; ".join(short))


def _free(base: Base, item: str, kind: str, warehouse: str, apart_from: str) -> Decimal:
    query = (
        f'SELECT total({_SIGN} * "ВНаличии"), total({_SIGN} * "КОтгрузке") FROM {name(STOCK)}'
        ' WHERE "Номенклатура_Key" = ? AND "Характеристика_Key" = ? AND "Склад_Key" = ?'
        ' AND "Назначение_Key" = ? AND "Recorder" <> ?'
    )
    where = (item, kind, warehouse, ZERO_GUID, apart_from)
    found = base.database.connection.execute(query, where).fetchone()
    return Decimal(int(found[0]) - int(found[1])) / SCALE


def limit(base: Base, order: Mapping[str, Any]) -> None:
    """Refuse an order that lifts the contract's debt over what is allowed."""
    contract = base.read(_CONTRACT, order["Договор_Key"])
    if contract is None or not contract["ОграничиватьСуммуЗадолженности"]:
        return
    query = (
        f'SELECT sum({_SIGN} * "Сумма") FROM {name(SETTLEMENTS)} WHERE "АналитикаУчетаПоПартнерам_Key" = ?'
    )
    key = settlement_key(base, contract["Ref_Key"])
    debt = Decimal(base.database.connection.execute(query, (key,)).fetchone()[0] or 0) / SCALE
    over = debt + order["СуммаДокумента"] - contract["ДопустимаяСуммаЗадолженности"]
    if over > 0:
        raise ODataError(
            -1,
            f'Превышена допустимая сумма задолженности по договору "{contract["Description"]}":'
            f" допустимо {_money(contract['ДопустимаяСуммаЗадолженности'])}, задолженность {_money(debt)},"
            f" сумма заказа {_money(order['СуммаДокумента'])}, превышение {_money(over)}",
        )


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")

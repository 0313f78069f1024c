"""What a debt is kept by: the order's own object, or that of its contract."""

from __future__ import annotations

import uuid
from typing import Any

from simulator.base import Base
from simulator.company.firm import ORDER
from simulator.edm import ZERO_GUID
from simulator.tables import name

_OBJECT = "Catalog_ОбъектыРасчетов"
_KEY = "Catalog_КлючиАналитикиУчетаПоПартнерам"
_CONTRACT = "Catalog_ДоговорыКонтрагентов"
_BY_ORDER = ("ПоЗаказам", "ПоЗаказамНакладным")


def settlement_key(base: Base, contract: str) -> str:
    """Empty where nothing was ever settled under the contract."""
    return _with_line(base, _KEY, f'"Договор_Key": "{contract}"')


def object_of_order(base: Base, order: dict[str, Any]) -> str:
    contract = base.read(_CONTRACT, order["Договор_Key"])
    if contract is None:
        return ZERO_GUID
    by_order = contract["ПорядокРасчетов"] in _BY_ORDER
    basis = order["Ref_Key"] if by_order else contract["Ref_Key"]
    found = _with_line(base, _OBJECT, f'"Объект": "{basis}"')
    if found or not by_order:
        return found or ZERO_GUID
    ref, date = str(uuid.uuid5(uuid.UUID(basis), "settlement object")), order["Date"]
    row = {
        "Ref_Key": ref,
        "Description": f"Заказ клиента {order['Number']} от {date[8:10]}.{date[5:7]}.{date[:4]}",
        "ТипРасчетов": "РасчетыСКлиентом",
        "Объект": basis,
        "Объект_Type": ORDER,
        **{side: order[side] for side in ("Организация_Key", "Партнер_Key", "Контрагент_Key", "Договор_Key")},
        "Номер": order["Number"],
        "Дата": date,
    }
    base.write(_OBJECT, [row])
    return ref


def _with_line(base: Base, kind: str, line: str) -> str:
    query = f"SELECT ref FROM {name(kind)} WHERE instr(body, ?) ORDER BY id LIMIT 1"
    found = base.database.connection.execute(query, (line,)).fetchone()
    return str(found[0]) if found else ""

"""What people in the books do with an order: bill it, change it, cancel it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from simulator.company.amounts import vat_on_top, vat_within
from simulator.company.firm import INVOICE, ORDER
from simulator.company.shipments import ORDERS
from simulator.errors import ODataError
from simulator.life.desk import Desk, Row
from simulator.life.event import Event, NothingFitsError
from simulator.settings import ServerOptions
from simulator.tables import SCALE, name
from simulator.writing import posting
from simulator.writing.orders import standing

_SIDES = ("Организация_Key", "Партнер_Key", "Контрагент_Key", "Договор_Key", "Валюта_Key", "Менеджер_Key")
_GOODS = ("Номенклатура_Key", "Упаковка_Key", "Цена", "СтавкаНДС_Key", "КодСтроки")
_CENT = Decimal("0.01")
_FREE = ServerOptions()  # people are not held up by the controls of an installation


def posted(desk: Desk, ref: str) -> Row:
    return desk.some((ORDER,), lambda _, row: bool(row["Posted"]) and not row["DeletionMark"], ref)[1]


def left(desk: Desk, order: str) -> dict[int, Decimal]:
    """Quantities not shipped yet, by line codes."""
    query = (
        'SELECT "КодСтроки", sum(iif("RecordType" = \'Receipt\', 1, -1) * "Заказано")'
        f' FROM {name(ORDERS)} WHERE "ЗаказКлиента" = ? GROUP BY 1'
    )
    rows = desk.base.database.connection.execute(query, (order,)).fetchall()
    return defaultdict(Decimal, {code: Decimal(quantity) / SCALE for code, quantity in rows})


def of_quantity(desk: Desk, order: Row, line: Row, quantity: Decimal) -> Row:
    """The line for a part of its quantity; the whole of it keeps its sums."""
    row = {field: line[field] for field in _GOODS}
    row |= {"Количество": quantity, "КоличествоУпаковок": quantity}
    if quantity == line["Количество"]:
        return row | {
            field: line[field] for field in ("КоличествоУпаковок", "Сумма", "СуммаНДС", "СуммаСНДС")
        }
    amount = int(((line["Сумма"] * quantity / line["Количество"]).quantize(_CENT)) * 100)
    rate = desk.base.read("Catalog_СтавкиНДС", line["СтавкаНДС_Key"])
    percent = int(rate["Ставка"]) if rate and line["СуммаНДС"] else 0
    within = order["ЦенаВключаетНДС"]
    vat = vat_within(amount, percent) if within else vat_on_top(amount, percent)
    total = amount if within else amount + vat
    return row | {"Сумма": amount * _CENT, "СуммаНДС": vat * _CENT, "СуммаСНДС": total * _CENT}


def head(desk: Desk, kind: str, order: Row) -> Row:
    organization = desk.base.read("Catalog_Организации", order["Организация_Key"])
    prefix = organization["Префикс"] if organization else ""
    same = {field: order[field] for field in _SIDES}
    return {
        "Ref_Key": desk.new_ref(kind),
        "Number": f"{prefix}-Ж{desk.number:06d}",
        "Date": max(desk.moment(), order["Date"]),
        "Posted": True,
        **same,
    }


def invoice_order(desk: Desk, ref: str = "") -> Event:
    order = posted(desk, ref)
    row = {
        **head(desk, INVOICE, order),
        "СуммаДокумента": order["СуммаДокумента"],
        "ДокументОснование": order["Ref_Key"],
        "ДокументОснование_Type": ORDER,
        "НазначениеПлатежа": f"Оплата по заказу {order['Number']}",
    }
    desk.base.write(INVOICE, [row])
    return desk.event(
        "invoice_order", INVOICE, row["Ref_Key"], f"{row['Number']} for the order {order['Number']}"
    )


def edit_order(desk: Desk, ref: str = "", quantity: str = "", cancel: str = "") -> Event:
    """Another quantity of the first line that stands, or the line of that number cancelled."""
    order = desk.some((ORDER,), lambda _, row: bool(standing(row)) and not row["DeletionMark"], ref)[1]
    _refuse_shipped(desk, order)
    first = standing(order)[0]
    lines = []
    for number, line in enumerate(order["Товары"], 1):
        if cancel:
            lines.append({**line, "Отменено": True} if number == int(cancel) else line)
        elif line is first:
            wanted = Decimal(quantity) if quantity else line["Количество"] + 1
            changed = {**line, **of_quantity(desk, order, line, wanted)}
            if changed["СуммаРучнойСкидки"]:
                changed["СуммаРучнойСкидки"] = (line["Цена"] * wanted).quantize(_CENT) - changed["Сумма"]
            lines.append(changed)
        else:
            lines.append(line)
    _kept(desk, {**order, "Товары": lines})
    now = desk.row(ORDER, order["Ref_Key"])["СуммаДокумента"]
    what = f"{order['Number']}: {order['СуммаДокумента']} became {now}"
    return desk.event("edit_order", ORDER, order["Ref_Key"], what)


def _refuse_shipped(desk: Desk, order: Row) -> None:
    ordered = sum((line["Количество"] for line in standing(order)), Decimal())
    if order["Posted"] and sum(left(desk, order["Ref_Key"]).values(), Decimal()) != ordered:
        raise NothingFitsError(f"something of the order {order['Ref_Key']} is shipped already")


def _kept(desk: Desk, order: Row) -> None:
    keep = posting.post if order["Posted"] else posting.write
    try:
        keep(desk.base, _FREE, ORDER, order)
    except ODataError as error:
        raise NothingFitsError(error.message) from error


def cancel_order(desk: Desk, ref: str = "") -> Event:
    """Taken back and marked for deletion."""
    order = desk.some((ORDER,), lambda _, row: not row["DeletionMark"], ref)[1]
    try:
        posting.unpost(desk.base, _FREE, ORDER, order)
        posting.write(desk.base, _FREE, ORDER, {**order, "Posted": False, "DeletionMark": True})
    except ODataError as error:
        raise NothingFitsError(error.message) from error
    return desk.event("cancel_order", ORDER, order["Ref_Key"], f"{order['Number']} cancelled")

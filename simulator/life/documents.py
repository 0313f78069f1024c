"""Shipments and payments: written, posted, unposted, marked and removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.company.firm import BANK, CASH, ORDER, SHIPMENT
from simulator.life import debts
from simulator.life.contracts import object_of_shipment, terms_of
from simulator.life.debts import Debt
from simulator.life.desk import Desk, Row
from simulator.life.event import Event
from simulator.life.posting import REGISTERS, Movements, of_payment, of_shipment

KINDS = (SHIPMENT, BANK, CASH)
_GOODS = "Catalog_Номенклатура"


def simple(_kind: str, row: Row) -> bool:
    """Told whole by itself: what belongs to an order has movements only the order explains."""
    if "РеализацияПоЗаказам" in row:
        return not row["РеализацияПоЗаказам"]
    return not any(one["ОснованиеПлатежа_Type"].endswith(ORDER) for one in row["РасшифровкаПлатежа"])


def free(desk: Desk, kind: str, row: Row) -> bool:
    """Whether it may go without leaving another document's movements hanging in the air."""
    return simple(kind, row) and not debts.relied_on(desk.base, row["Ref_Key"])


def put(desk: Desk, kind: str, row: Row) -> None:
    """Write a document and the movements that follow from it; one that is not posted has none."""
    movements: Movements = {}
    if row["Posted"]:
        movements = _shipped(desk, row) if kind == SHIPMENT else _paid(desk, kind, row)
    desk.base.write(kind, [row])
    move(desk, kind, row["Ref_Key"], movements)


def move(desk: Desk, kind: str, ref: str, movements: Movements) -> None:
    for register in REGISTERS:
        records = movements.get(register, [])
        if records or desk.base.records(register, ref):
            desk.base.write_records(register, ref, kind, records)


def _shipped(desk: Desk, row: Row) -> Movements:
    terms = terms_of(desk, row)
    goods = {line["Номенклатура_Key"] for line in row["Товары"]}
    services = [ref for ref in goods if is_service(desk.base.read(_GOODS, ref))]
    return of_shipment(row, terms, object_of_shipment(desk, row, terms), services)


def is_service(item: Mapping[str, Any] | None) -> bool:
    return item is None or item["ТипНоменклатуры"] == "Услуга"


def _paid(desk: Desk, kind: str, row: Row) -> Movements:
    terms = terms_of(desk, row)
    named = (detail.get("ОснованиеПлатежа") for detail in row["РасшифровкаПлатежа"])
    found = {ref: debts.open_debt(desk.base, ref, row["Ref_Key"]) for ref in named if ref}

    def settles(debt: Debt) -> bool:
        same = debt.key == terms.key and debt.currency == terms.currency
        return same and debt.arose <= row["Date"]

    return of_payment(row, kind, terms, {ref: debt for ref, debt in found.items() if debt and settles(debt)})


def post(desk: Desk, ref: str = "") -> Event:
    def fits(kind: str, row: Row) -> bool:
        return not row["Posted"] and not row["DeletionMark"] and simple(kind, row)

    kind, row = desk.some(KINDS, fits, ref)
    put(desk, kind, {**row, "Posted": True})
    return desk.event("post", kind, row["Ref_Key"], f"{row['Number']} posted")


def unpost(desk: Desk, ref: str = "") -> Event:
    kind, row = desk.some(KINDS, lambda k, one: bool(one["Posted"]) and free(desk, k, one), ref)
    put(desk, kind, {**row, "Posted": False})
    return desk.event("unpost", kind, row["Ref_Key"], f"{row['Number']} unposted")


def mark(desk: Desk, ref: str = "") -> Event:
    """For deletion; a posted document is unposted by it."""
    kind, row = desk.some(KINDS, lambda k, one: not one["DeletionMark"] and free(desk, k, one), ref)
    put(desk, kind, {**row, "DeletionMark": True, "Posted": False})
    return desk.event("mark", kind, row["Ref_Key"], f"{row['Number']} marked for deletion")


def unmark(desk: Desk, ref: str = "") -> Event:
    kind, row = desk.some(KINDS, lambda _, one: bool(one["DeletionMark"]), ref)
    desk.base.write(kind, [{**row, "DeletionMark": False}])
    return desk.event("unmark", kind, row["Ref_Key"], f"{row['Number']} no longer marked")


def delete(desk: Desk, ref: str = "", *, posted: bool = False) -> Event:
    """Physically, as processing that bypasses reference control does; `posted` leaves drafts alone."""
    kind, row = desk.some(
        KINDS, lambda k, one: (bool(one["Posted"]) or not posted) and free(desk, k, one), ref
    )
    desk.base.delete(kind, row["Ref_Key"])
    return Event("delete", kind, row["Ref_Key"], registered=False, what=f"{row['Number']} deleted")

"""What happens behind everybody's back: a database edited by hand, a subsystem that registers nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from simulator.company.days import EMPTY
from simulator.company.firm import SHIPMENT
from simulator.company.ledger import BY_DUE_DATE
from simulator.life.contracts import terms_of
from simulator.life.desk import Desk, Row
from simulator.life.documents import KINDS, delete, free, move
from simulator.life.edits import edit_amount
from simulator.life.event import Event
from simulator.life.posting import of_payment


def silent_edit(desk: Desk, ref: str = "") -> Event:
    """Another amount, in the document and in its movements, under the same date."""
    with desk.base.unregistered():
        return replace(edit_amount(desk, ref, posted=True), kind="silent_edit")


def silent_delete(desk: Desk, ref: str = "") -> Event:
    with desk.base.unregistered():
        return replace(delete(desk, ref, posted=True), kind="silent_delete")


def silent_movement_edit(desk: Desk, ref: str = "") -> Event:
    """Offsets done anew: what was settled is an advance now, or a debt is due later.

    The document stays as it is and so do the sums of both registers; open items do not.
    """
    kind, row = desk.some(KINDS, lambda k, one: _adjustable(desk, k, one), ref)
    with desk.base.unregistered():
        if kind == SHIPMENT:
            what = _postpone(desk, row)
        else:
            move(desk, kind, row["Ref_Key"], of_payment(row, kind, terms_of(desk, row), {}))
            what = f"{row['Number']} settles nothing any more"
        return desk.event("silent_movement_edit", kind, row["Ref_Key"], what)


def _adjustable(desk: Desk, kind: str, row: Row) -> bool:
    if not row["Posted"] or not free(desk, kind, row):
        return False
    records = desk.base.records(BY_DUE_DATE, row["Ref_Key"])
    return any(
        one["Долг"] and (kind != SHIPMENT or one["ДатаПлановогоПогашения"] != EMPTY) for one in records
    )


def _postpone(desk: Desk, row: Row) -> str:
    days = desk.chance.between(3, 40)
    records = desk.base.records(BY_DUE_DATE, row["Ref_Key"])
    for one in records:
        if one["РасчетныйДокумент"] == row["Ref_Key"]:
            due = datetime.fromisoformat(one["ДатаПлановогоПогашения"]) + timedelta(days)
            one["ДатаПлановогоПогашения"] = due.isoformat()
    desk.base.write_records(BY_DUE_DATE, row["Ref_Key"], SHIPMENT, records)
    return f"{row['Number']} is due {days} days later"

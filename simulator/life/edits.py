"""What people change in documents that are there: amounts, dates, contracts, comments."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from simulator.company.firm import INVOICE, ORDER, RETURN, SHIPMENT
from simulator.life.contracts import CONTRACT, sides, trades
from simulator.life.desk import Desk, Row
from simulator.life.documents import KINDS, free, put, simple
from simulator.life.event import Event, NothingFitsError
from simulator.life.lines import add_line, cheaper_line, payment_detail, stages

_WRITTEN = (*KINDS, RETURN, ORDER, INVOICE)
_CENT = Decimal("0.01")


def edit_amount(desk: Desk, ref: str = "", *, posted: bool = False) -> Event:
    """More, or less where nothing relies on the document; `posted` leaves drafts alone."""
    kind, row = desk.some(KINDS, lambda k, one: simple(k, one) and (bool(one["Posted"]) or not posted), ref)
    before = row["СуммаДокумента"]
    changed = _shipment(desk, row) if kind == SHIPMENT else _payment(desk, kind, row)
    put(desk, kind, changed)
    what = f"{row['Number']}: {before} became {changed['СуммаДокумента']}"
    return desk.event("edit_amount", kind, row["Ref_Key"], what)


def _shipment(desk: Desk, row: Row) -> Row:
    less = desk.chance.often(0.5) and free(desk, SHIPMENT, row)
    lines = (less and cheaper_line(desk, row)) or add_line(desk, row)
    total = sum((line["СуммаСНДС"] for line in lines), Decimal())
    changed = {**row, "Товары": lines, "СуммаДокумента": total, "СуммаВзаиморасчетов": total}
    return {**changed, "ЭтапыГрафикаОплаты": stages(desk, changed)}


def _payment(desk: Desk, kind: str, row: Row) -> Row:
    """More money is one more advance; less of it lowers the last detail."""
    details = list(row["РасшифровкаПлатежа"])
    last = details[-1]["Сумма"] if details else Decimal()
    if last > 1 and desk.chance.often(0.5) and free(desk, kind, row):
        rest = (last * desk.chance.between(10, 90) / 100).quantize(_CENT)
        details[-1] = {**details[-1], "Сумма": rest, "СуммаВзаиморасчетов": rest}
    else:
        amount = Decimal(desk.chance.between(10_000, 9_000_000)) * _CENT
        details.append(payment_detail(desk, row, amount))
    total = sum((one["Сумма"] for one in details), Decimal())
    return {**row, "РасшифровкаПлатежа": details, "СуммаДокумента": total}


def move_date(desk: Desk, ref: str = "", to: str = "") -> Event:
    """To another moment, up to two months away, not beyond today's evening."""
    kind, row = desk.some(KINDS, lambda k, one: free(desk, k, one), ref)
    return _dated(desk, "move_date", kind, row, to or _shifted(desk, row, desk.chance.between(-60, 60)))


def backdate(desk: Desk, ref: str = "", to: str = "") -> Event:
    kind, row = desk.some(KINDS, lambda k, one: free(desk, k, one), ref)
    moment = to or _shifted(desk, row, -desk.chance.between(1, 45))
    if moment >= row["Date"]:
        raise NothingFitsError(f"{moment} is not before {row['Date']}")
    return _dated(desk, "backdate", kind, row, moment)


def _shifted(desk: Desk, row: Row, days: int) -> str:
    moment = datetime.fromisoformat(row["Date"]) + timedelta(days, seconds=desk.chance.below(7_200))
    return min(moment.isoformat(), desk.moment())


def _dated(desk: Desk, event: str, kind: str, row: Row, moment: str) -> Event:
    changed = {**row, "Date": datetime.fromisoformat(moment).isoformat()}
    if kind == SHIPMENT:
        changed["ЭтапыГрафикаОплаты"] = stages(desk, changed)
    put(desk, kind, changed)
    return desk.event(event, kind, row["Ref_Key"], f"{row['Number']}: {row['Date']} became {changed['Date']}")


def move_contract(desk: Desk, ref: str = "", to: str = "") -> Event:
    """To another contract in the same currency, of this counterparty or of another one."""
    kind, row = desk.some(KINDS, lambda k, one: free(desk, k, one), ref)

    def fits(_kind: str, one: Row) -> bool:
        same = one["Ref_Key"] == row["Договор_Key"]
        return not same and one["ВалютаВзаиморасчетов_Key"] == row["Валюта_Key"]

    contract = desk.some((CONTRACT,), lambda k, one: fits(k, one) and trades(desk, one), to)[1]
    changed = {**row, **sides(contract)}
    if kind == SHIPMENT:
        changed |= {"ПорядокРасчетов": contract["ПорядокРасчетов"]}
        changed["ЭтапыГрафикаОплаты"] = stages(desk, changed)
    else:
        changed["РасшифровкаПлатежа"] = [payment_detail(desk, changed, row["СуммаДокумента"])]
    put(desk, kind, changed)
    return desk.event("move_contract", kind, row["Ref_Key"], f"{row['Number']} to {contract['Description']}")


def edit_text(desk: Desk, ref: str = "") -> Event:
    kind, row = desk.some(_WRITTEN, lambda *_: True, ref)
    comment = f"уточнено, запись {desk.number}"
    desk.base.write(kind, [{**row, "Комментарий": comment}])
    return desk.event("edit_text", kind, row["Ref_Key"], f"{row['Number']}: {comment}")


def resave(desk: Desk, ref: str = "") -> Event:
    """Written again as it is: a new DataVersion and nothing else."""
    kind, row = desk.some(_WRITTEN, lambda *_: True, ref)
    desk.base.write(kind, [row])
    return desk.event("resave", kind, row["Ref_Key"], f"{row['Number']} written again")

"""The statement as the extension's own module draws it: from the movements of РасчетыСКлиентами."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from simulator.base import Base
from simulator.edm import NAMESPACE as ODATA
from simulator.edm import ZERO_GUID
from simulator.soap.contract import PACKAGE
from simulator.soap.envelope import SoapFault
from simulator.soap.structures import NIL, XSI
from simulator.tables import SCALE, name

REGISTER = "AccumulationRegister_РасчетыСКлиентами"
KEYS, CONTRACTS = "Catalog_КлючиАналитикиУчетаПоПартнерам", "Catalog_ДоговорыКонтрагентов"
MODULE = "WebСервис.SaldoExchange.Модуль"
Asked = Mapping[str, str | None]
Moved = tuple[str, str, str, str, int]  # contract, recorder, its type, period, signed amount


@dataclass(slots=True)
class Account:
    """One contract, or all of them together."""

    opening: int = 0
    debit: int = 0
    credit: int = 0

    def put(self, net: int) -> None:
        self.debit += max(net, 0)
        self.credit += max(-net, 0)


def refuse(code: str, text: str, line: int) -> SoapFault:
    """What `ВызватьИсключение` of the module becomes: the position, then the text."""
    return SoapFault(f"{{{MODULE}({line})}}: [SALDO:{code}] {text}")


def statement(base: Base, asked: Asked, into: Any) -> None:
    """Write the answer's elements into `into`. Errors: SoapFault where a reference leads nowhere."""
    start, end = str(asked["PeriodStart"]), str(asked["PeriodEnd"])
    if end < start:
        raise refuse("bad_period", "Конец периода раньше начала", 31)
    by_contract = asked["ByContract"] == "true"
    whole, parts = Account(), defaultdict[str, Account](Account)
    lines: dict[tuple[str, str], list[Moved]] = defaultdict(list)
    for moved in _moved(base, asked, end):
        contract, recorder, *_, period, amount = moved
        if period < start:
            whole.opening += amount
            parts[contract].opening += amount
        else:
            lines[recorder, contract if by_contract else ""].append(moved)
    rows = [row for key in lines if (row := _row(base, lines[key]))["net"]]
    rows.sort(key=lambda row: (row["Period"], row["Number"]))
    for row in rows:
        whole.put(row["net"])
        parts[row["Contract"] or ""].put(row["net"])
    _write(base, asked, into, whole, rows)
    for contract in sorted(parts) if by_contract else ():
        _write_part(into, contract, parts[contract])


def _moved(base: Base, asked: Asked, end: str) -> Iterator[Moved]:
    keys = _keys(base, asked)
    if not keys:
        return
    table = base.registers[REGISTER]
    base.settle(table)
    marks = ", ".join("?" * len(keys))
    key = name("АналитикаУчетаПоПартнерам_Key")
    columns = f'"Recorder", "Recorder_Type", "Period", "RecordType", {key}, {name("Сумма")}'
    query = (
        f'SELECT {columns} FROM {table.table} WHERE "Active" AND {key} IN ({marks})'
        f' AND {name("Валюта_Key")} = ? AND "Period" <= ? ORDER BY "Period", "Recorder", "LineNumber"'
    )
    given = (*keys, _currency(base, str(asked["Currency"])), end)
    for recorder, kind, period, side, owner, amount in base.database.connection.execute(query, given):
        yield keys[owner], recorder, kind, period, amount if side == "Receipt" else -amount


def _keys(base: Base, asked: Asked) -> dict[str, str]:
    """Settlement key -> contract ("" for none)."""
    counterparty, contract, kind = asked["Counterparty"], asked["Contract"], asked["ContractKind"]
    if base.read("Catalog_Контрагенты", str(counterparty)) is None:
        raise refuse("unknown_counterparty", "Контрагент не найден", 40)
    found = {}
    for row in base.iterate(KEYS):
        own = row["Договор_Key"]
        if row["Контрагент_Key"] != counterparty or row["Организация_Key"] != (
            asked["Organization"] or ZERO_GUID
        ):
            continue
        if contract not in (None, own) or (kind is not None and _kind(base, own) != kind):
            continue
        found[row["Ref_Key"]] = "" if own == ZERO_GUID else own
    return found


def _kind(base: Base, contract: str) -> str:
    row = base.read(CONTRACTS, contract)
    return row["ТипДоговора"] if row else ""


def _currency(base: Base, code: str) -> str:
    for row in base.iterate("Catalog_Валюты"):
        if row["Code"].strip() == code:
            return str(row["Ref_Key"])
    raise refuse("unknown_currency", "Валюта не найдена", 47)


def _row(base: Base, moved: list[Moved]) -> dict[str, Any]:
    _, recorder, kind, period, _ = moved[0]
    entity_set = kind.removeprefix(f"{ODATA}.")
    document = base.read(entity_set, recorder) or {}
    contracts = {contract for contract, *_ in moved}
    return {
        "Period": period,
        "Type": entity_set.replace("Document_", "Документ.", 1),
        "Id": recorder,
        "Number": document.get("Number", "").rstrip(),
        "DocumentDate": document.get("Date", "0001-01-01T00:00:00"),
        "Presentation": base.objects[entity_set].shown(document) if document else None,
        "net": sum(amount for *_, amount in moved),
        "Contract": (contracts.pop() or None) if len(contracts) == 1 else None,
    }


def _write(base: Base, asked: Asked, into: Any, whole: Account, rows: list[dict[str, Any]]) -> None:
    for field in ("Organization", "Counterparty", "Currency", "PeriodStart", "PeriodEnd"):
        put(into, field, asked[field])
    put(into, "AsOf", base.now())
    _write_account(into, whole)
    for row in rows:
        line = put(into, "Line", "")
        put(line, "Period", row["Period"])
        document = put(line, "Document", "")
        put(document, "Type", row["Type"])
        put(document, "Id", row["Id"])
        for field in ("Number", "DocumentDate", "Presentation"):
            put(line, field, row[field])
        put(line, "Debit", _decimal(max(row["net"], 0)))
        put(line, "Credit", _decimal(max(-row["net"], 0)))
        put(line, "Contract", row["Contract"])


def _write_part(into: Any, contract: str, account: Account) -> None:
    if account.opening or account.debit or account.credit:
        part = put(into, "Part", "")
        put(part, "Contract", contract or None)
        _write_account(part, account)


def _write_account(into: Any, account: Account) -> None:
    put(into, "OpeningBalance", _decimal(account.opening))
    put(into, "Debit", _decimal(account.debit))
    put(into, "Credit", _decimal(account.credit))
    put(into, "ClosingBalance", _decimal(account.opening + account.debit - account.credit))


def put(parent: Any, tag: str, value: str | datetime | None) -> Any:
    """One element of the package; nothing is `xsi:nil`, for an element is never left out."""
    child = etree.SubElement(parent, f"{{{PACKAGE}}}{tag}", nsmap={"xsi": XSI})
    if value is None:
        child.set(NIL, "true")
    else:
        child.text = value.isoformat() if isinstance(value, datetime) else value
    return child


def _decimal(scaled: int) -> str:
    """As 1C writes a number: no exponent, no zeros behind."""
    text = f"{Decimal(scaled) / SCALE:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

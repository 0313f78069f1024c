"""The movements a shipment or a payment makes, told from the document alone and the debts it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from simulator.company.days import EMPTY
from simulator.company.firm import SHIPMENT
from simulator.company.ledger import BY_DUE_DATE, SETTLEMENTS
from simulator.company.shipments import SALES
from simulator.company.stock import REGISTER as STOCK
from simulator.life.debts import Debt
from simulator.life.desk import Row

REGISTERS = (SETTLEMENTS, BY_DUE_DATE, SALES, STOCK)
Movements = dict[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What movements need to know of a contract."""

    key: str  # of the settlement analytics
    currency: str
    own_object: str  # the contract as a settlement object
    deferral: int | None
    by_shipment: bool  # a shipment is its own settlement object
    in_base: Callable[[Decimal], Decimal]

    def due(self, day: str) -> str:
        if self.deferral is None:
            return EMPTY
        return f"{date.fromisoformat(day[:10]) + timedelta(self.deferral)}T00:00:00"

    def record(self, document: Row, side: str, settlement_object: str) -> Row:
        return {
            "Period": document["Date"],
            "RecordType": side,
            "АналитикаУчетаПоПартнерам_Key": self.key,
            "Валюта_Key": self.currency,
            "ОбъектРасчетов_Key": settlement_object,
        }


def of_shipment(document: Row, terms: Terms, settlement_object: str, services: Iterable[str]) -> Movements:
    amount = document["СуммаДокумента"]
    record = terms.record(document, "Receipt", settlement_object)
    operation = document["ХозяйственнаяОперация"]
    debt = {
        **record,
        "РасчетныйДокумент": document["Ref_Key"],
        "РасчетныйДокумент_Type": SHIPMENT,
        "ДатаВозникновения": document["Date"],
        "ДатаПлановогоПогашения": terms.due(document["Date"]),
        "Долг": amount,
        "ДолгРегл": terms.in_base(amount),
    }
    return {
        SETTLEMENTS: [{**record, "Сумма": amount, "КОплате": amount, "ХозяйственнаяОперация": operation}],
        BY_DUE_DATE: [debt],
        SALES: [_sale(document, terms, line) for line in document["Товары"]],
        STOCK: [
            _taken(document, line) for line in document["Товары"] if line["Номенклатура_Key"] not in services
        ],
    }


def _sale(document: Row, terms: Terms, line: Row) -> Row:
    return {
        "Period": document["Date"],
        "Номенклатура_Key": line["Номенклатура_Key"],
        "АналитикаУчетаПоПартнерам_Key": terms.key,
        "Количество": line["Количество"],
        "СуммаВыручки": line["СуммаСНДС"],
    }


def _taken(document: Row, line: Row) -> Row:
    return {
        "Period": document["Date"],
        "RecordType": "Expense",
        "Номенклатура_Key": line["Номенклатура_Key"],
        "Склад_Key": document["Склад_Key"],
        "Серия_Key": line["Серия_Key"],
        "ВНаличии": line["Количество"],
    }


def of_payment(document: Row, kind: str, terms: Terms, debts: dict[str, Debt]) -> Movements:
    """Details that name an open debt settle it; everything else is an advance under the contract."""
    settled: list[tuple[Debt, Decimal]] = []
    rest = document["СуммаДокумента"]
    for detail in document["РасшифровкаПлатежа"]:
        debt = debts.pop(detail.get("ОснованиеПлатежа") or "", None)
        if debt is not None:
            amount = min(debt.rest, detail["Сумма"])
            settled.append((debt, amount))
            rest -= amount
    movements: Movements = {SETTLEMENTS: [], BY_DUE_DATE: []}
    for debt, amount in settled:
        settle(movements, document, terms, debt, amount)
    if rest:
        advance(movements, document, kind, terms, rest, terms.own_object)
    for record in movements[SETTLEMENTS]:
        record["ХозяйственнаяОперация"] = document["ХозяйственнаяОперация"]
    return movements


def settle(movements: Movements, document: Row, terms: Terms, debt: Debt, amount: Decimal) -> None:
    record = terms.record(document, "Expense", debt.settlement_object)
    movements.setdefault(SETTLEMENTS, []).append({**record, "Сумма": amount, "КОплате": amount})
    movements.setdefault(BY_DUE_DATE, []).append(
        {
            **record,
            "РасчетныйДокумент": debt.document,
            "РасчетныйДокумент_Type": debt.document_type,
            "ДатаВозникновения": debt.arose,
            "ДатаПлановогоПогашения": debt.due,
            "Долг": amount,
            "ДолгРегл": debt.share(amount),
        }
    )


def advance(
    movements: Movements, document: Row, kind: str, terms: Terms, amount: Decimal, target: str
) -> None:
    """Under the contract, or for an order, whose bill it lowers."""
    record = {**terms.record(document, "Expense", target), "Сумма": amount}
    if target != terms.own_object:
        record["КОплате"] = amount
    movements.setdefault(SETTLEMENTS, []).append(record)
    movements.setdefault(BY_DUE_DATE, []).append(
        {
            **terms.record(document, "Receipt", target),
            "РасчетныйДокумент": document["Ref_Key"],
            "РасчетныйДокумент_Type": kind,
            "ДатаВозникновения": document["Date"],
            "Предоплата": amount,
            "ПредоплатаРегл": terms.in_base(amount),
        }
    )

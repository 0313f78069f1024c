"""The settlement account of one contract, and the movements a document makes in it."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import Any

from simulator.company.amounts import money
from simulator.company.days import EMPTY

SETTLEMENTS = "AccumulationRegister_РасчетыСКлиентами"
BY_DUE_DATE = "AccumulationRegister_РасчетыСКлиентамиПоСрокам"

Record = dict[str, Any]


@dataclass(slots=True)
class OpenItem:
    """An unpaid rest of a shipment, or an unused rest of a payment; `*_base` in the base currency."""

    document: str
    document_type: str
    settlement_object: str
    arose: str
    due: str
    rest: int
    rest_base: int

    def take(self, amount: int) -> int:
        """Lower the rest; give the base currency's share, so that the last taking leaves both at zero."""
        share = self.rest_base if amount == self.rest else self.rest_base * amount // self.rest
        self.rest -= amount
        self.rest_base -= share
        return share


@dataclass(slots=True)
class Account:
    debts: list[OpenItem] = field(default_factory=list)
    advances: list[OpenItem] = field(default_factory=list)

    def debt(self) -> int:
        return sum(item.rest for item in self.debts)

    def advance(self) -> int:
        return sum(item.rest for item in self.advances)

    def close_settled(self) -> None:
        self.debts = [item for item in self.debts if item.rest]
        self.advances = [item for item in self.advances if item.rest]


class Posting:
    """Movements of one document under one contract, in both settlement registers."""

    __slots__ = ("_account", "_common", "_operation", "_own", "by_due_date", "settlements")

    def __init__(self, account: Account, dimensions: Record, own: str, period: str, operation: str) -> None:
        self._account = account
        self._own = own  # the contract's own settlement object
        self._common = {"Period": period, **dimensions}
        self._operation = operation
        self.settlements: list[Record] = []
        self.by_due_date: list[Record] = []

    def charge(self, item: OpenItem, *, billed_by_order: bool) -> None:
        """A new debt; an order billed before it already stands in КОплате."""
        self._sum("Receipt", item.settlement_object, item.rest, 0 if billed_by_order else item.rest)
        self._term("Receipt", item, "Долг", item.rest, item.rest_base)
        insort(self._account.debts, item, key=lambda debt: debt.arose)

    def hand_over(self, item: OpenItem) -> None:
        """What was ordered is no longer to be shipped."""
        record = {**self._common, "RecordType": "Expense", "ОбъектРасчетов_Key": item.settlement_object}
        record["КОтгрузке"] = money(item.rest)
        record["ХозяйственнаяОперация"] = self._operation
        self.settlements.append(record)

    def use_advances(self, item: OpenItem) -> None:
        """Cover a new debt from advances that may serve it: its own order's first, then the oldest."""
        target = item.settlement_object
        for advance in sorted(self._account.advances, key=lambda one: one.settlement_object != target):
            free = advance.settlement_object == self._own
            same = advance.settlement_object == target
            if not item.rest or advance.arose > item.arose or not (free or same):
                continue
            amount = min(item.rest, advance.rest)
            self._term("Expense", advance, "Предоплата", amount, advance.take(amount))
            self._term("Expense", item, "Долг", amount, item.take(amount))
            if not same:
                self._sum("Receipt", advance.settlement_object, amount)
                self._sum("Expense", item.settlement_object, amount, amount)
            elif free:
                self._sum("Expense", item.settlement_object, 0, amount)
        self._account.close_settled()

    def settle(self, item: OpenItem, amount: int) -> None:
        self._sum("Expense", item.settlement_object, amount, amount)
        self._term("Expense", item, "Долг", amount, item.take(amount))

    def reverse(self, item: OpenItem, amount: int) -> None:
        """Storno: the debt's own movement with a minus."""
        self._sum("Receipt", item.settlement_object, -amount, -amount)
        self.settlements[-1]["Сторно"] = True
        self._term("Receipt", item, "Долг", -amount, -item.take(amount))

    def add_advance(self, item: OpenItem, *, for_order: bool = False) -> None:
        self._sum("Expense", item.settlement_object, item.rest, item.rest if for_order else 0)
        self._term("Receipt", item, "Предоплата", item.rest, item.rest_base)
        insort(self._account.advances, item, key=lambda advance: advance.arose)

    def give_advance(self, item: OpenItem, amount: int) -> None:
        """Let an advance go to another contract."""
        self._sum("Receipt", item.settlement_object, amount)
        self._term("Expense", item, "Предоплата", amount, item.take(amount))

    def _sum(self, side: str, settlement_object: str, amount: int, to_pay: int = 0) -> None:
        record = {**self._common, "RecordType": side, "ОбъектРасчетов_Key": settlement_object}
        record["Сумма"] = money(amount)
        if to_pay:
            record["КОплате"] = money(to_pay)
        record["ХозяйственнаяОперация"] = self._operation
        self.settlements.append(record)

    def _term(self, side: str, item: OpenItem, resource: str, amount: int, base: int) -> None:
        record = {
            **self._common,
            "RecordType": side,
            "ОбъектРасчетов_Key": item.settlement_object,
            "РасчетныйДокумент": item.document,
            "РасчетныйДокумент_Type": item.document_type,
            "ДатаВозникновения": item.arose,
            resource: money(amount),
            resource + "Регл": money(base),
        }
        if item.due != EMPTY:
            record["ДатаПлановогоПогашения"] = item.due
        self.by_due_date.append(record)

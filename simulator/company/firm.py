"""The running company: what its desks share while the days go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.company.agenda import Agenda
from simulator.company.amounts import money
from simulator.company.chance import Chance
from simulator.company.contract_papers import write_settlement_object
from simulator.company.contracts import Contract
from simulator.company.goods import PriceList
from simulator.company.ground import Ground
from simulator.company.papers import Papers
from simulator.company.reference import Reference
from simulator.company.stock import Stock

ORDER = "Document_ЗаказКлиента"
INVOICE = "Document_СчетНаОплатуКлиенту"
SHIPMENT = "Document_РеализацияТоваровУслуг"
RETURN = "Document_ВозвратТоваровОтКлиента"
TAX_INVOICE = "Document_СчетФактураВыданный"
BANK = "Document_ПоступлениеБезналичныхДенежныхСредств"
CASH = "Document_ПриходныйКассовыйОрдер"
OFFSET = "Document_ВзаимозачетЗадолженности"


class Order(NamedTuple):
    ref: str
    number: str
    date: str
    day: int
    settlement_object: str
    warehouse: str


@dataclass(slots=True)
class Firm:
    ground: Ground
    reference: Reference
    prices: PriceList
    agenda: Agenda
    papers: Papers
    stock: Stock
    chance: Chance

    @property
    def last(self) -> int:
        return self.ground.days.last

    def column(self, contract: Contract) -> list[int]:
        """Current prices of the contract's price kind, by item."""
        return self.prices.prices[self.reference.price_kinds.index(contract.price_kind)]

    def backdated(self, day: int, earliest: int, contract: Contract) -> int:
        """The day a document is dated: rarely, one long before it was entered."""
        steady = contract.steady or day == self.last
        if steady or day <= earliest or not self.chance.often(0.05):
            return day
        return day - self.chance.between(1, min(45, day - earliest))

    def stages(self, contract: Contract, amount: int, day: int) -> list[dict[str, Any]]:
        """The payment schedule: one stage at the end of the deferral, if there is one."""
        if contract.terms.deferral is None:
            return []
        return [
            {
                "ВариантОплаты": "КредитПослеОтгрузки",
                "ДатаПлатежа": self.ground.days.midnight(day + contract.terms.deferral),
                "ПроцентПлатежа": 100,
                "СуммаПлатежа": money(amount),
                "Сдвиг": contract.terms.deferral,
            }
        ]

    def write_object(self, contract: Contract, kind: str, document: dict[str, Any]) -> str:
        """A settlement object for one order or one shipment."""
        ref, number, date = document["Ref_Key"], document["Number"], document["Date"]
        return write_settlement_object(self.ground, contract.sides, contract.ref, kind, ref, number, date)

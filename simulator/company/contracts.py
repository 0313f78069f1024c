"""A contract: its terms, its account, and the character that makes the customer pay the way he does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.company.customers import Counterparty
from simulator.company.ledger import Account, Posting
from simulator.company.own_side import Organization
from simulator.company.reference import Currency, PriceKind

Fate = Literal["open", "overdue", "exact", "advance"]  # how the customer stands today


@dataclass(slots=True)
class Contract:
    place: int
    ref: str
    key: str  # КлючиАналитикиУчетаПоПартнерам
    settlement_object: str
    agreement: str
    organization: Organization
    counterparty: Counterparty
    number: str
    currency: Currency
    price_kind: PriceKind
    settled_by: str
    deferral: int | None
    prepaid: int  # percent of an order paid before shipment
    fate: Fate
    first_day: int
    last_day: int  # no new business after it
    stop_day: int  # from this day the customer does not pay
    weight: float
    parties: dict[str, Any]
    dimensions: dict[str, Any]
    account: Account = field(default_factory=Account)
    twin: Contract | None = None  # of the same counterparty, organisation and currency

    @property
    def by_order(self) -> bool:
        return self.settled_by in ("ПоЗаказам", "ПоЗаказамНакладным")

    def posting(self, period: str, operation: str) -> Posting:
        return Posting(self.account, self.dimensions, self.settlement_object, period, operation)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract says, apart from between whom."""

    kind: str
    status: str
    currency: Currency
    settled_by: str = "ПоДоговорамКонтрагентов"
    deferral: int | None = None
    limit: int = 0
    first_day: int = 0
    last_day: int = 0
    end: str = ""

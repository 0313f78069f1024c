"""A contract: its terms, its account, and the character that makes the customer pay the way he does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.company.customers import Counterparty
from simulator.company.ledger import Account, Posting
from simulator.company.own_side import Organization
from simulator.company.reference import Currency, PriceKind

Fate = Literal["open", "overdue", "exact", "advance"]  # how the customer stands today


@dataclass(frozen=True, slots=True)
class Sides:
    """Between whom a contract is."""

    organization: Organization
    counterparty: Counterparty

    @property
    def keys(self) -> dict[str, Any]:
        return {
            "Организация_Key": self.organization.ref,
            "Партнер_Key": self.counterparty.partner.ref,
            "Контрагент_Key": self.counterparty.ref,
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract says."""

    kind: str
    status: str
    currency: Currency
    concluded: str
    end: str = ""
    settled_by: str = "ПоДоговорамКонтрагентов"
    deferral: int | None = None
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Character:
    """What it does not say."""

    fate: Fate
    prepaid: int  # percent of an order paid before shipment
    first_day: int
    last_day: int  # no new business after it
    stop_day: int  # from this day the customer does not pay
    weight: float  # share of the business


@dataclass(slots=True)
class Contract:
    ref: str
    number: str
    sides: Sides
    terms: Terms
    character: Character
    key: str  # КлючиАналитикиУчетаПоПартнерам
    settlement_object: str
    agreement: str
    price_kind: PriceKind
    parties: dict[str, Any]  # fields every document begins with
    dimensions: dict[str, Any]  # of the settlement registers
    account: Account = field(default_factory=Account)
    twin: Contract | None = None  # of the same counterparty, organisation and currency

    @property
    def by_order(self) -> bool:
        return self.terms.settled_by in ("ПоЗаказам", "ПоЗаказамНакладным")

    @property
    def steady(self) -> bool:
        """Whether today's standing was settled beforehand, so that nothing may disturb it."""
        return self.character.fate in ("exact", "advance")

    def posting(self, period: str, operation: str) -> Posting:
        return Posting(self.account, self.dimensions, self.settlement_object, period, operation)

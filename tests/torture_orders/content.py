"""What an order says, as the storefront counts it: an arithmetic of its own, which shares nothing with the hub's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from tests.torture_orders.books import SOURCE, Buyer, Goods

KOPECK = Decimal("0.01")
HUNDRED = Decimal(100)
ADDRESSES = ("", "109012, г. Москва, ул. Ильинка, д. 4", "Склад № 2, ворота «Б»; с 9 до 17")
COMMENTS = ("", "Позвонить за час", 'Оставить у "Петровича"; спасибо!', "[срочно] до обеда")


def kopecks(amount: Decimal) -> Decimal:
    return amount.quantize(KOPECK, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Line:
    goods: Goods
    quantity: Decimal
    price: Decimal
    discount: Decimal

    @property
    def amount(self) -> Decimal:
        return kopecks(self.price * self.quantity * (HUNDRED - self.discount) / HUNDRED)

    def vat(self, *, within: bool) -> Decimal:
        rate = self.goods.vat_percent
        return kopecks(self.amount * rate / (HUNDRED + rate if within else HUNDRED))

    def paid(self, *, includes_vat: bool) -> Decimal:
        return self.amount if includes_vat else self.amount + self.vat(within=False)


@dataclass(frozen=True, slots=True)
class Content:
    """One version of an order."""

    lines: tuple[Line, ...]
    includes_vat: bool
    comment: str
    address: str
    wished_on: date

    @property
    def total(self) -> Decimal:
        return sum((line.paid(includes_vat=self.includes_vat) for line in self.lines), Decimal(0))

    def terms(self, buyer: Buyer) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "contract_id": f"{SOURCE}:{buyer.contract}",
            "organization_id": f"{SOURCE}:{buyer.organization}",
            "comment": self.comment,
            "delivery_address": self.address or None,
            "wished_on": self.wished_on.isoformat(),
            "prices_include_vat": self.includes_vat,
            "lines": [
                {
                    "item_id": f"{SOURCE}:{line.goods.ref}",
                    "quantity": str(line.quantity),
                    "price": str(line.price),
                    "discount_percent": str(line.discount),
                }
                for line in self.lines
            ],
            "total": str(self.total),
        }


def some(chance: Random, shelf: list[Goods], today: date) -> Content:
    lines = tuple(
        _line(chance, goods) for goods in chance.sample(shelf, min(len(shelf), chance.randint(1, 4)))
    )
    return Content(
        lines,
        includes_vat=chance.random() < 0.8,
        comment=chance.choice(COMMENTS),
        address=chance.choice(ADDRESSES),
        wished_on=today + timedelta(days=chance.randint(1, 20)),
    )


def _line(chance: Random, goods: Goods) -> Line:
    quantity = (
        Decimal(chance.randint(1, 9)) if chance.random() < 0.7 else Decimal(chance.randint(1, 9999)) / 1000
    )
    price = Decimal(chance.randint(1, 500_000)) / 100
    discount = Decimal(chance.choice(("0", "0", "0", "5", "7.5", "33.33")))
    return Line(goods, quantity, price, discount)

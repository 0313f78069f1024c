"""An order and its facts, to be written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from schemas.orders import Order, OrderLine, priced, total
from schemas.outgoing import OrderFacts
from schemas.settings import OrderSettings, Secret, SourceSettings
from schemas.types import Day

ID = "5a1d0c0d-0a2e-5b5e-9c7e-6f1b1c1d0e0f"
PARTY, CONTRACT, ORGANIZATION, PARTNER, RUBLE, ITEM, BOX, RATE, PIECE, BRANCH, CONTACT, OTHER = (
    f"00000000-0000-4000-8000-00000000000{digit}" for digit in "123456789abc"
)


def facts(**changed: Any) -> OrderFacts:
    known: dict[str, Any] = {
        "id": ID, "reference": "П-1", "placed_on": Day("2026-11-22"), "partner_id": PARTNER,
        "currency_id": RUBLE, "exponent": 2, "settlement_order": "by_order", "manager_id": None,
        "own_units": {ITEM: PIECE}, "factors": {PIECE: 1_000_000, BOX: 12_000_000},
    }  # fmt: skip
    return OrderFacts(**(known | changed))


def line(**changed: Any) -> OrderLine:
    known: dict[str, Any] = {
        "item_id": ITEM, "quantity": 3_000_000, "price": 100_500_000, "amount": 0, "vat_rate_id": RATE,
        "vat_percent": 20_000_000,
    }  # fmt: skip
    return OrderLine(**(known | changed))


def order(*lines: OrderLine, prices_include_vat: bool = True, **changed: Any) -> Order:
    rounded = tuple(priced(one, 2, prices_include_vat=prices_include_vat) for one in lines or (line(),))
    known: dict[str, Any] = {
        "counterparty_id": PARTY, "organization_id": ORGANIZATION, "contract_id": CONTRACT, "currency": "RUB",
        "prices_include_vat": prices_include_vat, "lines": rounded,
        "amount": total(rounded, prices_include_vat=prices_include_vat),
    }  # fmt: skip
    return Order(**(known | changed))


def settings(fields: dict[str, str] | None = None, **orders: Any) -> SourceSettings:
    source = SourceSettings(
        "ut11", "УТ 11", "http://127.0.0.1:1/odata/standard.odata", "x", Secret("x"),
        ZoneInfo("Europe/Moscow"), date(2026, 1, 1), orders=OrderSettings(accept=True, **orders),
    )  # fmt: skip
    return replace(source, fields=fields or {})

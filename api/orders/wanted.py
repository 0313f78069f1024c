"""What an order is placed with, changed to, and decided by."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from api.money.answers import CurrencyCode, Id
from schemas.order_limits import LONGEST_ADDRESS, LONGEST_COMMENT, LONGEST_REFERENCE, MOST_LINES

_NO_NUL = r"^[^\u0000]*$"
LONGEST_NOTE = 1_000
LONGEST_NUMBER = 25
MAX_BODY = 256 * 1024

_Key = Annotated[Id, Meta(max_length=200, pattern=_NO_NUL)]
Number = Annotated[
    str,
    Meta(max_length=LONGEST_NUMBER, pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["12.5"]),
    Meta(description="Decimal text, exact: nothing is rounded that was sent."),
]
Note = Annotated[
    str,
    Meta(max_length=LONGEST_NOTE, pattern=_NO_NUL, description="For whoever asks later; no buyer reads it."),
]
Version = Annotated[
    int,
    Meta(ge=1, le=2**31 - 1, description="The `version` that was read: nobody decides what he did not see."),
]


class NewOrderLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`quantity` in `unit_id`, else in the item's own unit; `price` for one of these, before the discount.

    `amount`, where it is given, must be what the rule makes of them: price x quantity less the discount, rounded
    once, half away from zero, to the currency's minor unit.
    """

    item_id: _Key
    characteristic_id: _Key | None = None
    unit_id: _Key | None = None
    quantity: Number
    price: Number
    discount_percent: Number = "0"
    amount: Number | None = None


class OrderTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an order says.

    `organization_id` and `currency` are the contract's where they are left out. `contact_id` is the person who
    orders, `on_behalf_of` the one who wants the goods where that is another. `delivery_point` is the number of one
    of the counterparty's delivery points; or `delivery_address` says where. `total` must be the sum of the lines'
    amounts, with their VAT added where prices come without it; nothing is rounded a second time. A `draft` is kept
    with whatever is wrong with it, and goes nowhere before it is submitted.
    """

    branch_id: _Key | None = None
    organization_id: _Key | None = None
    contract_id: _Key
    contact_id: _Key | None = None
    on_behalf_of: _Key | None = None
    delivery_point: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    delivery_address: Annotated[str, Meta(max_length=LONGEST_ADDRESS, pattern=_NO_NUL)] | None = None
    wished_on: date | None = None
    comment: Annotated[str, Meta(max_length=LONGEST_COMMENT, pattern=_NO_NUL)] = ""
    currency: CurrencyCode | None = None
    prices_include_vat: bool = True
    lines: Annotated[list[NewOrderLine], Meta(min_length=1, max_length=MOST_LINES)]
    total: Number
    draft: bool = False


class NewOrder(OrderTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reference` is your own number of the order: one counterparty has one order of each, for ever."""

    reference: Annotated[
        str, Meta(min_length=1, max_length=LONGEST_REFERENCE, pattern=_NO_NUL, examples=["WEB-1024"])
    ]
    counterparty_id: _Key


class ChangedOrder(OrderTerms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it again, whose and of which reference it is stays; `version` is the one that this replaces."""

    version: Version


class OrderNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, where there is something to say."""

    note: Note = ""


class OrderDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`contact_id` is the person who decides: an order is not decided by who placed it.

    A key that is bound to a person decides as that person.
    """

    version: Version
    note: Note = ""
    contact_id: _Key | None = None

"""What a new legal entity and a delivery point are asked for with."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.money.answers import Id
from schemas.order_limits import LONGEST_ADDRESS, LONGEST_COMMENT, LONGEST_REFERENCE
from schemas.parties import (
    LONGEST_CITY,
    LONGEST_LEGAL_NAME,
    LONGEST_NAME,
    LONGEST_REGISTRATION,
    MOST_CONTACTS,
    PartyKind,
    Purpose,
)

_NO_NUL = r"^[^\u0000]*$"
_Key = Annotated[Id, Meta(max_length=200, pattern=_NO_NUL)]
_City = Annotated[str, Meta(max_length=LONGEST_CITY, pattern=_NO_NUL)]
Reference = Annotated[
    str,
    Meta(min_length=1, max_length=LONGEST_REFERENCE, pattern=_NO_NUL, examples=["WEB-1024"]),
    Meta(description="Your own id of the request: one of each, for ever."),
]


class NewContact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address, a phone or an e-mail, and what it is for."""

    purpose: Purpose
    text: Annotated[str, Meta(min_length=1, max_length=LONGEST_ADDRESS, pattern=_NO_NUL)]


class NewParty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A legal entity. `tax_id` is an ИНН; without it `registry_code` is an ЄДРПОУ, of a person the РНОКПП.

    `head_id` is whose company it belongs to; a key that is bound to a company must give one of its own.
    `source` is the accounting base, needed only where nothing else tells which.
    """

    reference: Reference
    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, pattern=_NO_NUL)]
    legal_name: Annotated[str, Meta(min_length=1, max_length=LONGEST_LEGAL_NAME, pattern=_NO_NUL)]
    kind: PartyKind
    tax_id: Annotated[str, Meta(max_length=12, pattern=r"^[0-9]*$", examples=["7707083893"])] = ""
    tax_reason_code: Annotated[str, Meta(max_length=9, pattern=r"^[0-9A-Z]*$", examples=["770701001"])] = ""
    registry_code: Annotated[str, Meta(max_length=10, pattern=r"^[0-9]*$", examples=["00032537"])] = ""
    registration_number: Annotated[str, Meta(max_length=LONGEST_REGISTRATION, pattern=_NO_NUL)] = ""
    head_id: _Key | None = None
    source: Annotated[str, Meta(max_length=50, pattern=_NO_NUL, examples=["ut11"])] | None = None
    contacts: Annotated[list[NewContact], Meta(max_length=MOST_CONTACTS)] = []


class NewPoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place goods are delivered to."""

    reference: Reference
    address: Annotated[str, Meta(min_length=1, max_length=LONGEST_ADDRESS, pattern=_NO_NUL)]
    city: _City = ""
    region: _City = ""
    comment: Annotated[str, Meta(max_length=LONGEST_COMMENT, pattern=_NO_NUL)] = ""


class RequestNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, where there is something to say."""

    note: Annotated[str, Meta(max_length=LONGEST_COMMENT, pattern=_NO_NUL)] = ""

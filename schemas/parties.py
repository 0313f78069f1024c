"""New legal entities and delivery points of the portal: what they say, and by what one entity is known again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

PartyKind = Literal["company", "foreign_company", "sole_proprietor", "person"]
Purpose = Literal["legal_address", "actual_address", "postal_address", "phone", "email"]

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
# 1C cuts what is longer without a word.
LONGEST_NAME = 100
LONGEST_LEGAL_NAME = 300
LONGEST_REGISTRATION = 30
LONGEST_CITY = 50
MOST_CONTACTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address, a phone or an e-mail, and what it is for."""

    purpose: Purpose
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCounterparty:
    """A legal entity. `tax_id` is the ИНН, `registry_code` the ОКПО or ЄДРПОУ; one of them is always there.

    `head_id` is whose company it belongs to: a counterparty that the books have.
    """

    reference: str
    name: str
    legal_name: str
    kind: PartyKind
    tax_id: str = ""
    tax_reason_code: str = ""
    registry_code: str = ""
    registration_number: str = ""
    head_id: str | None = None
    contacts: tuple[Contact, ...] = ()

    @property
    def lane(self) -> str:
        """By what it is known again: two requests for one entity go to the books one after the other."""
        return self.tax_id or self.registry_code

    def body(self) -> dict[str, Any]:
        return asdict(self) | {"contacts": [asdict(one) for one in self.contacts]}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeliveryPoint:
    reference: str
    counterparty_id: str
    address: str
    city: str = ""
    region: str = ""
    comment: str = ""

    def body(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """What the books need beside it: all of it is in the store.

    `kinds` are the keys of kinds of contact information by the configuration's own name; `partner_id` is whose
    delivery point it is, or the head's, under whom an entity of his company is kept. `is_branch`: the head is the
    same legal entity.
    """

    id: str
    kinds: Mapping[str, str]
    partner_id: str | None
    is_branch: bool = False


def counterparty(body: dict[str, Any]) -> NewCounterparty:
    """What `NewCounterparty.body` made."""
    return NewCounterparty(**{**body, "contacts": tuple(Contact(**one) for one in body["contacts"])})


def delivery_point(body: dict[str, Any]) -> NewDeliveryPoint:
    return NewDeliveryPoint(**body)


def partner_key(id: str) -> str:
    """The key of the partner that is made for a counterparty, always the same."""
    return str(uuid.uuid5(uuid.UUID(id), "partner"))


def qualified(reference: str, owner: str | None) -> str:
    """References are each company's own: two may say the same of one entity, and neither learns of the other."""
    return f"{owner}:{reference}" if owner else reference


def plain(reference: str, owner: str | None) -> str:
    """As the storefront gave it."""
    return reference.removeprefix(f"{owner}:") if owner else reference


def is_same(wanted: NewCounterparty, tax_id: str, tax_reason_code: str, registry_code: str) -> bool:
    """Whether an entity of the books is the wanted one. A КПП tells branches apart where both have one."""
    if wanted.tax_id:
        reasons = {one for one in (wanted.tax_reason_code, tax_reason_code) if one}
        return wanted.tax_id == tax_id and len(reasons) <= 1
    return wanted.registry_code == registry_code

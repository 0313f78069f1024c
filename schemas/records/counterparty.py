"""Who the company trades with, and how to reach them."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from schemas.types import INTERNAL, Day, Guid, Json


class Partner(NamedTuple):
    """The trading relationship behind one or more counterparties (УТ keeps it apart)."""

    id: Guid
    version: str
    code: str
    name: str
    full_name: str
    parent_id: Guid | None
    manager_id: Guid | None
    is_customer: bool
    registered_on: Day | None
    extension: Annotated[Json, INTERNAL]
    internal_memo: Annotated[str, INTERNAL]
    deletion_mark: bool


class Counterparty(NamedTuple):
    """A legal party: head office or branch (`head_id`), with its tax ids (CM-01, CM-03, BC-03).

    `kind` is company | foreign_company | sole_proprietor | person; `status` is active | closed.
    """

    id: Guid
    version: str
    name: str
    legal_name: str
    kind: str
    status: str
    head_id: Guid | None  # None for a head office
    is_branch: bool
    partner_id: Guid | None
    tax_id: str
    tax_reason_code: str
    registry_code: str
    registration_number: str
    foreign_tax_number: str
    extension: Annotated[Json, INTERNAL]
    internal_memo: Annotated[str, INTERNAL]
    deletion_mark: bool


class Contact(NamedTuple):
    """A person of a partner (BC-02)."""

    id: Guid
    version: str
    partner_id: Guid | None
    name: str
    position: str
    left_on: Day | None
    deletion_mark: bool


class DeliveryPoint(NamedTuple):
    """A place goods are delivered to (CM-08)."""

    partner_id: Guid
    line_no: int
    kind_id: Guid | None
    address: str
    city: str
    region: str


class ContactPoint(NamedTuple):
    """A phone, e-mail or address of a partner, counterparty or contact (CM-05, CM-06).

    `type` is address | phone | email | other; `kind_id` tells what it is for.
    """

    owner_id: Guid
    line_no: int
    type: str
    kind_id: Guid | None
    text: str

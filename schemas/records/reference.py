"""Small lists that other records refer to."""

from __future__ import annotations

from typing import NamedTuple

from schemas.types import CurrencyCode, Guid


class CurrencyEntry(NamedTuple):
    """A currency as the accounting system lists it; `code` is the ISO one."""

    id: Guid
    version: str
    code: CurrencyCode
    name: str
    deletion_mark: bool


class Organization(NamedTuple):
    """One of the company's own legal entities."""

    id: Guid
    version: str
    name: str
    legal_name: str
    tax_id: str
    tax_reason_code: str
    registry_code: str
    deletion_mark: bool


class Manager(NamedTuple):
    """A person of the company who looks after customers (BS-19, CM-04)."""

    id: Guid
    version: str
    name: str
    active: bool
    deletion_mark: bool


class ContactKind(NamedTuple):
    """What a contact point is for: legal address, delivery address, phone of the billing desk (CM-06).

    `code` is the configuration's own name of the kind, "" for kinds that users added.
    """

    id: Guid
    version: str
    code: str
    name: str
    deletion_mark: bool


class Property(NamedTuple):
    """The name of an extension field (CM-23)."""

    id: Guid
    version: str
    name: str
    title: str
    deletion_mark: bool

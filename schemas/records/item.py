"""What is traded."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from schemas.types import INTERNAL, Guid, Micro


class Unit(NamedTuple):
    """A unit of measure or a package; `factor` is how many base units it holds."""

    id: Guid
    version: str
    code: str
    name: str
    factor: Micro
    deletion_mark: bool


class VatRate(NamedTuple):
    """A rate of value-added tax; `percent` in millionths of a per cent."""

    id: Guid
    version: str
    name: str
    percent: Micro
    deletion_mark: bool


class Characteristic(NamedTuple):
    """What tells two of one item apart: a size, a colour."""

    id: Guid
    version: str
    name: str
    deletion_mark: bool


class Item(NamedTuple):
    """A product or a service; folders of the catalogue are not items.

    `search` is what people look for it by, with small letters only: databases differ in how they make those.
    """

    id: Guid
    version: str
    code: str
    article: str
    name: str
    full_name: str
    kind: str  # goods | service | work | returnable_container
    folder_id: Guid | None
    unit_id: Guid | None
    vat_rate_id: Guid | None
    search: Annotated[str, INTERNAL]
    deletion_mark: bool

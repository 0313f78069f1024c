"""What is traded."""

from __future__ import annotations

from typing import NamedTuple

from schemas.types import Guid, Micro


class Unit(NamedTuple):
    """A unit of measure or a package; `factor` is how many base units it holds."""

    id: Guid
    version: str
    code: str
    name: str
    factor: Micro
    deletion_mark: bool


class Item(NamedTuple):
    """A product or a service; folders of the catalogue are not items."""

    id: Guid
    version: str
    code: str
    article: str
    name: str
    full_name: str
    kind: str  # goods | service | work | returnable_container
    folder_id: Guid | None
    unit_id: Guid | None
    deletion_mark: bool

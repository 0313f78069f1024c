"""What is in the warehouses (FX-18)."""

from __future__ import annotations

from typing import NamedTuple

from schemas.types import Guid, Micro


class Warehouse(NamedTuple):
    """A warehouse or a shop; folders of the catalogue are none."""

    id: Guid
    version: str
    name: str
    deletion_mark: bool


class Stock(NamedTuple):
    """What stands in a warehouse now, in the item's own unit, and how much of it waits to be shipped.

    `characteristic_id` is "" for the item itself; with `purpose_id` it is set apart for somebody's order.
    """

    item_id: Guid
    warehouse_id: Guid
    characteristic_id: str
    purpose_id: str
    on_hand: Micro
    to_ship: Micro

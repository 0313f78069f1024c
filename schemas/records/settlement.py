"""Movements of the running account. A debt is positive, an advance negative (requirements, decision 6)."""

from __future__ import annotations

from typing import NamedTuple

from schemas.types import CurrencyCode, Day, Guid, Units, WallClock


class SettlementEntry(NamedTuple):
    """One movement of the settlement register; `amount` is signed: what it adds to the debt."""

    recorder_id: Guid
    line_no: int
    recorder_kind: str
    at: WallClock
    active: bool
    settlement_key_id: Guid
    settlement_object_id: Guid | None
    currency: CurrencyCode
    amount: Units


class DueEntry(NamedTuple):
    """One movement of the register by due dates; `debt` and `advance` are signed changes of each.

    `due_on` is None where the accounting system keeps no deferral for it.
    """

    recorder_id: Guid
    line_no: int
    recorder_kind: str
    at: WallClock
    active: bool
    settlement_key_id: Guid
    settlement_object_id: Guid | None
    settled_id: Guid | None  # the document the debt or the advance came from
    settled_kind: str
    arose_on: Day | None
    due_on: Day | None
    currency: CurrencyCode
    debt: Units
    advance: Units

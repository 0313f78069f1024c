"""The terms under which settlements run."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from schemas.types import INTERNAL, CurrencyCode, Day, Guid, Json, Units, WallClock


class Contract(NamedTuple):
    """A contract with a counterparty (BS-09).

    `kind` is sale | purchase | commission | other; `status` is draft | active | closed.
    `payment_terms_days` is None where the accounting system keeps no deferral: then the site's own
    terms apply (BS-13). `credit_limit` is None where debt is not limited.
    """

    id: Guid
    version: str
    organization_id: Guid | None
    partner_id: Guid | None
    counterparty_id: Guid | None
    number: str
    signed_on: Day | None
    name: str
    kind: str
    status: str
    currency: CurrencyCode
    valid_from: Day | None
    valid_to: Day | None
    settlement_order: str  # by_contract | by_order | by_shipping_note | by_order_and_shipping_note
    payment_terms_days: int | None
    credit_limit: Units | None
    blocks_when_overdue: bool
    manager_id: Guid | None
    extension: Annotated[Json, INTERNAL]
    internal_memo: Annotated[str, INTERNAL]
    deletion_mark: bool


class SettlementKey(NamedTuple):
    """What the settlement registers point to instead of organisation, counterparty and contract."""

    id: Guid
    version: str
    organization_id: Guid | None
    partner_id: Guid | None
    counterparty_id: Guid | None
    contract_id: Guid | None


class SettlementObject(NamedTuple):
    """What a settlement is about: a contract, an order or a shipping note."""

    id: Guid
    version: str
    object_id: Guid | None
    object_kind: str
    organization_id: Guid | None
    counterparty_id: Guid | None
    contract_id: Guid | None
    number: str
    dated_at: WallClock | None
